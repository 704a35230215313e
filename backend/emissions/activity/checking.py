"""A row by itself: every cell read, looked up and doubted. What rows say about each other is `staging`'s.

`RowChecker.check` runs a hundred thousand times a file, so what repeats in a column (codes, months, units,
parameter sets) is decided once and remembered; only successes are remembered, their number is bounded by the
account itself.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import ParamSpec, TypeVar
from uuid import UUID

from backend.emissions.activity import cells, columns
from backend.emissions.activity.cells import Cell, Refused
from backend.emissions.activity.directory import Directory, Meter, Source
from backend.emissions.activity.problems import Problem
from backend.emissions.activity.values import EntryLimits, StagedRow
from backend.emissions.errors import (
    ImpossibleParameter,
    InvalidParameter,
    MissingParameter,
    MissingText,
    UnknownParameter,
)
from backend.emissions.methods.arithmetic import multiply
from backend.emissions.rules import (
    check_possible,
    coefficients,
    complete,
    merged,
    parameter_unit,
    read_parameters,
    reported_consistent,
)
from backend.emissions.values import Outcome, Tier
from backend.kit.quantities import UnknownUnit, canonical, conversion, display

P = ParamSpec("P")
T = TypeVar("T")

REMEMBERED = 10_000
"""Parameter sets kept in memory."""

TIERS: dict[str, str] = {
    **{tier.value: tier.value for tier in Tier},
    "计量": "metered", "表计": "metered", "票据": "invoiced", "发票": "invoiced", "结算": "invoiced", "估算": "estimated",
}  # fmt: skip

POSITION = {column.key: index for index, column in enumerate(columns.CORE)}
PREFILLED = frozenset({"site", "source", "source_name", "meter", "month", "unit"})
"""Columns a template fills in; a row with nothing else is not filled in yet, and is passed over."""

_FILLED = tuple(index for key, index in POSITION.items() if key not in PREFILLED)
(SITE, SOURCE, _NAME, METER, MONTH, QUANTITY, UNIT, TIER, REPORTED, EVIDENCE, NOTE, REASON, RECORD) = range(
    len(columns.CORE)
)

SPECIAL = (REPORTED, EVIDENCE, REASON, RECORD)
METERED, INVOICED = Tier.METERED.value, Tier.INVOICED.value


def collect(problems: list[Problem], read: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T | None:
    """Read a cell; a refusal goes to the row's problems and gives None, so that the next cell is still read."""
    try:
        return read(*arguments, **named)
    except Refused as refused:
        problems.append(refused.problem)
        return None


class RowChecker:
    """Checks rows of one account. `core` cells come in the order of `columns.CORE`, parameters by code."""

    def __init__(self, directory: Directory, today: date, limits: EntryLimits) -> None:
        self.directory = directory
        self.limits = limits
        self._this_month = today.replace(day=1)
        self._months: dict[Cell, date] = {}
        self._open: set[date | None] = set()
        self._plain: dict[Cell, tuple[Source, Decimal | None]] = {}
        """Sources, by the cell that names them, whose rows need to state nothing."""
        self._units: dict[tuple[str, Cell], tuple[str, Decimal]] = {}
        self._parameters: dict[tuple[str, tuple[tuple[str, Cell], ...]], dict[str, str]] = {}

    @staticmethod
    def is_blank(core: Sequence[Cell], parameters: Mapping[str, Cell]) -> bool:
        """Say whether the row was not filled in: nothing beyond what a template writes itself."""
        return all(cells.is_blank(core[index]) for index in _FILLED) and not parameters

    def check(self, row: int, core: Sequence[Cell], parameters: Mapping[str, Cell]) -> StagedRow:
        """Read one row; `parameters` holds only filled cells."""
        return self._straight(row, core, parameters) or self._collected(row, core, parameters)

    def _straight(self, row: int, core: Sequence[Cell], parameters: Mapping[str, Cell]) -> StagedRow | None:
        """Read a row in which nothing is special: known cells, a good number, no words but a note. Else None."""
        plain, month = self._plain.get(core[SOURCE]), self._months.get(core[MONTH])
        if plain is None or month not in self._open or parameters or any(map(core.__getitem__, SPECIAL)):
            return None
        (source, limit), note, site = plain, core[NOTE] or "", core[SITE]
        meter = source.meters.get(core[METER]) if core[METER] else None  # type: ignore[arg-type]
        unit = self._units.get((source.code, core[UNIT]))
        tier = TIERS.get(core[TIER]) if core[TIER] else (METERED if meter else INVOICED)  # type: ignore[arg-type]
        if unit is None or tier is None or (meter is None and core[METER]) or (site and site != source.site.code):
            return None
        if not isinstance(note, str) or not note.isprintable() or len(note) > cells.TEXT_LIMIT:
            return None
        try:
            quantity = self._quantity(core[QUANTITY])
        except Refused:
            return None
        if (source.ended_on and month > source.ended_on) or (limit is not None and quantity * unit[1] > limit):  # type: ignore[operator]
            return None
        return StagedRow(
            row, source.text_id, meter.text_id if meter else None, month, quantity, unit[0], unit[1], tier, {}, None,
            note.strip(), None, "", (),
        )  # fmt: skip

    def _collected(self, row: int, core: Sequence[Cell], parameters: Mapping[str, Cell]) -> StagedRow:
        """Read one row with every problem it has."""
        problems: list[Problem] = []
        source = collect(problems, self._source, core)
        month = collect(problems, self._month, core[MONTH])
        quantity = collect(problems, self._quantity, core[QUANTITY])
        note = collect(problems, cells.prose, core[NOTE], "note") if core[NOTE] else ""
        reason = (collect(problems, cells.prose, core[REASON], "correction_reason") or "") if core[REASON] else ""
        record = collect(problems, self._record, core[RECORD]) if core[RECORD] else None
        evidence = collect(problems, self._evidence, core[EVIDENCE]) if core[EVIDENCE] else None
        if month is not None and month not in self._open:
            collect(problems, self._year, month)
        meter = unit = factor = stated = None
        if source is not None:
            meter = collect(problems, self._meter, source, core[METER]) if core[METER] else None
            unit, factor = collect(problems, self._unit, source, core[UNIT]) or (None, None)
            if parameters or source.method.texts:
                stated = collect(problems, self._stated, source, parameters)
            if month is not None and source.ended_on is not None and month > source.ended_on:
                details = {"value": source.code, "ended_on": source.ended_on, "month": f"{month:%Y-%m}"}
                problems.append(Problem("source_ended", "month", details))
            if quantity is not None and unit is not None and factor is not None:
                problems.extend(self._sector(source, quantity, unit, factor, reason))
                if core[REPORTED] is not None:
                    arguments = (source, stated or {}, quantity, factor, core[REPORTED])
                    problems.extend(collect(problems, self._reported, *arguments) or ())
        tier = collect(problems, self._tier, core[TIER], meter) or Tier.ESTIMATED.value
        if not problems and not stated and source is not None:
            most = self.limits.ceilings.get(source.base_unit)
            self._plain[core[SOURCE]] = (source, most.value if most else None)
        return StagedRow(
            row, source.text_id if source else None, meter.text_id if meter else None, month, quantity, unit, factor,
            tier, stated or {}, evidence, note or "", record, reason, tuple(problems),
        )  # fmt: skip

    def _source(self, core: Sequence[Cell]) -> Source:
        code = cells.word(core[SOURCE])
        if not code:
            raise Refused("source_missing", "source")
        source = self.directory.sources.get(code)
        if source is None:
            raise Refused("source_unknown", "source", value=code[:60])
        site = cells.word(core[SITE])
        if site and site != source.site.code:
            raise Refused("site_mismatch", "site", source=code, expected=source.site.code, value=site[:60])
        return source

    def _month(self, cell: Cell) -> date:
        found = self._months.get(cell)
        if found is not None:
            return found
        month = cells.month(cell, "month")
        if month > self._this_month:
            raise Refused("month_future", "month", value=f"{month:%Y-%m}")
        self._months[cell] = month
        return month

    def _year(self, month: date) -> None:
        is_closed = self.directory.years.get(month.year)
        if is_closed is None:
            raise Refused("year_not_open", "month", year=month.year)
        if is_closed:
            raise Refused("year_closed", "month", year=month.year)
        self._open.add(month)

    @staticmethod
    def _quantity(cell: Cell) -> Decimal:
        if cells.is_blank(cell):
            raise Refused("quantity_missing", "quantity")
        quantity = cells.number(cell, "quantity")
        if quantity < 0:
            raise Refused("quantity_negative", "quantity", value=cells.plain(quantity))
        return quantity

    @staticmethod
    def _meter(source: Source, cell: Cell) -> Meter | None:
        code = cells.word(cell)
        if not code:
            return None
        meter = source.meters.get(code)
        if meter is None:
            raise Refused("meter_unknown", "meter", source=source.code, value=code[:60])
        return meter

    def _unit(self, source: Source, cell: Cell) -> tuple[str, Decimal]:
        known = self._units.get((source.code, cell))
        if known is not None:
            return known
        spelling = cells.word(cell)
        if not spelling:
            raise Refused("unit_missing", "unit", accepted=source.accepted)
        try:
            unit = canonical(spelling)
        except UnknownUnit:
            raise Refused("unit_unknown", "unit", value=spelling[:60], accepted=source.accepted) from None
        if unit not in {each.code for each in source.units}:
            raise Refused("unit_incompatible", "unit", value=unit, accepted=source.accepted)
        found = (unit, conversion(unit, source.base_unit))
        self._units[source.code, cell] = found
        return found

    @staticmethod
    def _tier(cell: Cell, meter: Meter | None) -> str:
        text = cells.word(cell)
        if not text:
            return (Tier.METERED if meter else Tier.INVOICED).value
        tier = TIERS.get(text.casefold())
        if tier is None:
            raise Refused("tier_unknown", "tier", value=text[:60])
        return tier

    @staticmethod
    def _record(cell: Cell) -> str | None:
        text = cells.word(cell)
        if not text:
            return None
        try:
            return str(UUID(text))
        except ValueError:
            raise Refused("record_malformed", "record", value=text[:60]) from None

    def _evidence(self, cell: Cell) -> str | None:
        text = cells.word(cell)
        if not text:
            return None
        spellings = self.directory.evidence_spellings
        if text not in spellings:
            raise Refused("evidence_unknown", "evidence", value=text[:120])
        found = spellings[text]
        if found is None:
            raise Refused("evidence_ambiguous", "evidence", value=text[:120])
        return str(found)

    def _stated(self, source: Source, parameters: Mapping[str, Cell]) -> dict[str, str]:
        key = (source.code, tuple(sorted(parameters.items(), key=lambda item: item[0])))
        known = self._parameters.get(key)
        if known is not None:
            return known
        stated = read_stated(source, parameters)
        if len(self._parameters) < REMEMBERED:
            self._parameters[key] = stated
        return stated

    def _reported(
        self, source: Source, stated: Mapping[str, str], quantity: Decimal, factor: Decimal, cell: Cell
    ) -> list[Problem]:
        """Compare a reported emission with quantity times the factor the row and its source state themselves."""
        if cells.is_blank(cell):
            return []
        reported = cells.number(cell, "reported_t")
        numbers = read_parameters(source.method, merged(source.parameters, stated)).numbers
        try:
            basis = source.method.bases[0]
            found = coefficients(source.method, complete(source.method, numbers, {}, basis), basis)
        except MissingParameter:
            return [Problem("reported_unchecked", "reported_t", {"reported": cells.plain(reported)})]
        if len(found) != 1:
            return [Problem("reported_unchecked", "reported_t", {"reported": cells.plain(reported)})]
        recomputed = multiply(multiply(quantity, factor), next(iter(found.values())))
        outcome = reported_consistent(reported, recomputed, self.limits.report_tolerance)
        if outcome.outcome is Outcome.PASS:
            return []
        details = {
            "reported": cells.plain(reported),
            "recomputed": display(recomputed, 2),
            "exact": cells.plain(recomputed),
        }
        return [Problem("reported_inconsistent", "reported_t", details)]

    def _sector(self, source: Source, quantity: Decimal, unit: str, factor: Decimal, reason: str) -> list[Problem]:
        limit = self.limits.ceilings.get(source.base_unit)
        if limit is None or quantity * factor <= limit.value:
            return []
        details = {
            "value": cells.plain(quantity), "unit": unit, "limit": cells.plain(limit.value),
            "limit_unit": source.base_unit, **limit.facts,
        }  # fmt: skip
        return [Problem("quantity_explained" if reason else "quantity_above_sector", "quantity", details)]


def read_stated(source: Source, parameters: Mapping[str, Cell]) -> dict[str, str]:
    """Return a row's own parameters in the form they are stored: codes, decimals as plain digits, words.

    Raises:
        Refused: one of them is not the method's, not a number, impossible, or lacks its source in words.
    """
    method = source.method
    raw: dict[str, object] = {}
    texts = {each.code for each in method.texts}
    for name, cell in parameters.items():
        parameter = method.parameter(name)
        if parameter is not None:
            raw[parameter.code] = cells.number(cell, name)
        elif name in texts:
            raw[name] = cells.prose(cell, name)
        else:
            raise Refused("parameter_not_of_method", name, source=source.code, parameter=name)
    try:
        read_parameters(method, merged(source.parameters, raw))
        for name, value in raw.items():
            parameter = method.parameter(name)
            if parameter is not None and isinstance(value, Decimal):
                check_possible(parameter, value)
    except ImpossibleParameter as error:
        name = error.path[-1]
        parameter = method.parameter(name)
        unit = parameter_unit(parameter, source.base_unit) if parameter else str(error.details["unit"])
        raise Refused("parameter_impossible", name, **{**error.details, "unit": "" if unit == "1" else unit}) from None
    except InvalidParameter as error:
        raise Refused("not_a_number", error.path[-1], value=error.details["value"]) from None
    except MissingText as error:
        details = error.details
        goes_with = next((text.goes_with for text in method.texts if text.code == details["text"]), None)
        raise Refused(
            "text_missing", str(details["text"]), parameter=goes_with or method.label.zh,
            label_zh=details["label_zh"], label_en=details["label_en"],
        ) from None  # fmt: skip
    except UnknownParameter as error:  # the source's own parameters, set before its method changed
        raise Refused(
            "parameter_not_of_method", "source", source=source.code, parameter=error.details["parameter"]
        ) from None
    return {name: cells.plain(value) if isinstance(value, Decimal) else str(value) for name, value in raw.items()}
