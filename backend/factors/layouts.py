"""The layouts of parameter files: the columns each must have, and what one of its rows says. Pure.

`parameters` is the general one, for the product's own figures and for what an authority adds; the others are
those of the shipped reference files.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from backend.factors.values import LIMITS, NAME, Confidence, Entry, Fault, Validity, is_written_down

_MONTH_ONLY = re.compile(r"(\d{4})-(\d{2})")
_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")
_DIVISION = re.compile(r"\d{6}")
FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Data years outside these are slips."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a whole file says once and no row repeats: the manifest's facts of a shipped file."""

    dataset: str
    document: str = ""
    published_on: date | None = None
    valid_from: date | None = None
    source: str = ""


@dataclass(slots=True)
class Row:
    """One row being read; every accessor notes a fault instead of raising."""

    line: int
    cells: Mapping[str, str]
    defaults: Defaults
    faults: list[Fault] = field(default_factory=list[Fault])

    def text(self, column: str) -> str:
        """Return a cell, empty when the format lets the column be absent."""
        return self.cells.get(column, "").strip()

    def wrong(self, column: str, en: str, zh: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(self.line, column, en, zh))

    def required(self, column: str) -> str:
        """Return a cell that must not be empty."""
        found = self.text(column)
        if not found:
            self.wrong(column, "is empty; fill it in.", "为空，请填写。")
        return found

    def number(self, column: str, low: Decimal | None = None, high: Decimal | None = None) -> Decimal | None:
        """Return a decimal or None for an empty cell; outside `low`..`high` it is impossible."""
        text = self.text(column)
        if not text:
            return None
        try:
            found = Decimal(text)
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or not is_written_down(found) or "_" in text:
            self.wrong(
                column,
                f"'{text}' is not a number; write it like 0.5827.",
                f"“{text}”不是数字，请按 0.5827 的形式填写。",
            )
            return None
        if (low is not None and found < low) or (high is not None and found > high):
            self.wrong(
                column,
                f"{text} is impossible here; it lies between {low} and {high}.",
                f"{text} 不可能，应在 {low} 与 {high} 之间。",
            )
            return None
        return found

    def day(self, column: str) -> date | None:
        """Return a full date or None for an empty cell."""
        text = self.text(column)
        if not text:
            return None
        try:
            return date.fromisoformat(text) if len(text) == len("2025-12-31") else self._first_of(text)
        except ValueError:
            self.wrong(
                column, f"'{text}' is not a date; write YYYY-MM-DD.", f"“{text}”不是日期，请按 YYYY-MM-DD 填写。"
            )
            return None

    def is_month_only(self, column: str) -> bool:
        """Tell whether only the month of a date is known."""
        return _MONTH_ONLY.fullmatch(self.text(column)) is not None

    def years(self, column: str) -> Validity:
        """Return the calendar years of `2023` or `2021-2022`."""
        text = self.required(column)
        match = _YEARS.fullmatch(text)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not FIRST_YEAR <= first <= last <= LAST_YEAR:
            if text:
                self.wrong(
                    column,
                    f"'{text}' is not a year; write 2023 or 2021-2022.",
                    f"“{text}”不是年份，请填写 2023 或 2021-2022。",
                )
            return Validity()
        return Validity.year(first, last)

    def confidence(self) -> str:
        """Return the source's confidence, unchanged."""
        text = self.required("confidence")
        if text and text not in set(Confidence):
            known = ", ".join(Confidence)
            self.wrong("confidence", f"'{text}' is not one of: {known}.", f"“{text}”无效，应为：{known}。")
        return text

    def noted(self, column: str) -> str:
        """Return the note, telling when only the month of the date in `column` is known."""
        parts = [self.text("note")]
        if self.is_month_only(column):
            parts.append(f"only the month of {column} is known ({self.text(column)}); its first day is used")
        return "; ".join(part for part in parts if part)

    def rest(self, *used: str) -> dict[str, Any]:
        """Return the cells that no field of a version holds, by column, empty ones left out."""
        return {column: text for column in self.cells if column not in used and (text := self.text(column))}

    def _first_of(self, text: str) -> date:
        match = _MONTH_ONLY.fullmatch(text)
        if match is None:
            raise ValueError(text)
        return date(int(match[1]), int(match[2]), 1)


Reader = Callable[[Row], Iterator[Entry]]
COMMON = ("source", "confidence", "note")


@dataclass(frozen=True, slots=True)
class Format:
    """A file layout: the columns it must have, those it may have, and how a row is read."""

    name: str
    columns: tuple[str, ...]
    read: Reader
    optional: tuple[str, ...] = ()


def _base(row: Row, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of an entry
    """Return the fields every format shares."""
    return {
        "source": row.text("source") or row.defaults.source,
        "confidence": row.confidence(),
        "note": row.text("note"),
        "document": row.text("document") or row.defaults.document,
        "published_on": row.defaults.published_on,
        "valid": Validity(start=row.defaults.valid_from),
        "dataset": row.defaults.dataset,
        **changes,
    }


_GRID = {
    "national_average": ("grid.electricity", "全国平均", "national average"),
    "regional_average": ("grid.electricity", "区域平均", "regional average"),
    "provincial_average": ("grid.electricity", "省级平均", "provincial average"),
    "national_fossil_only": ("grid.electricity", "全国化石能源电力", "national, fossil electricity only"),
    "national_excl_market_nonfossil": (
        "grid.residual", "全国（不含市场化交易的非化石电力）", "national, excluding market-traded non-fossil electricity"
    ),
    "ets_notice_national": ("grid.electricity", "碳市场报告通知所用全国值", "national value of the ETS reporting notices"),
    "legacy_regional_2012": ("grid.electricity", "2012年区域平均（历史）", "regional average of 2012 (legacy)"),
    "legacy_regional_om": ("grid.electricity", "减排项目区域基准线 OM", "regional baseline OM for reduction projects"),
}  # fmt: skip


def _grid(row: Row) -> Iterator[Entry]:
    kind = row.required("factor_type")
    name, zh, en = _GRID.get(
        kind, ("grid.footprint", f"电力碳足迹因子 {kind[4:]}", f"electricity footprint {kind[4:]}")
    )
    if kind and kind not in _GRID and not kind.startswith("pcf_"):
        known = ", ".join((*_GRID, "pcf_..."))
        row.wrong("factor_type", f"'{kind}' is not one of: {known}.", f"“{kind}”无效，应为：{known}。")
    region = row.required("geo_code")
    if row.text("geo_level") == "province" and not _DIVISION.fullmatch(region):
        row.wrong("geo_code", f"'{region}' is not a six-digit code.", f"“{region}”不是六位行政区划代码。")
    value = row.number("value", *LIMITS["grid.electricity"])
    if value is None and not row.faults:
        row.required("value")
    place = row.text("geo_name")
    yield Entry(
        name=name, key=kind, region=region, value=value, unit=row.required("unit"),
        label_zh=f"{place}：{zh}", label_en=f"{region}: {en}",
        attributes=row.rest("factor_type", "geo_code", "value", "unit", "document", *COMMON),
        **_base(row, valid=row.years("data_year"), published_on=row.day("document_date"), note=row.noted("document_date")),
    )  # fmt: skip


_FUEL = (
    ("fuel.ncv", "ncv_gj_per_unit", "GJ/{unit}", "低位发热量", "net calorific value"),
    ("fuel.carbon_content", "carbon_content_tc_per_gj", "tC/GJ", "单位热值含碳量", "carbon content per heat"),
    ("fuel.oxidation", "oxidation_factor", "1", "碳氧化率", "oxidation factor"),
)  # fmt: skip


def _fuel(row: Row) -> Iterator[Entry]:
    table, fuel, unit = row.required("table_id"), row.required("fuel_cn"), row.required("unit")
    base = _base(row, document=row.text("source").split(", as read")[0])
    attributes = row.rest("ncv_gj_per_unit", "carbon_content_tc_per_gj", "oxidation_factor", *COMMON)
    for name, column, of, zh, en in _FUEL:
        value = row.number(column, *LIMITS[name])
        if value is None and not row.text(column):
            row.required(column)
        yield Entry(
            name=name, key=f"{table}/{fuel}", value=value, unit=of.format(unit=unit), attributes=attributes,
            label_zh=f"{fuel}：{zh}", label_en=f"{row.text('fuel_en')}: {en}", **base,
        )  # fmt: skip


def _standard_coal(row: Row) -> Iterator[Entry]:
    energy = row.required("energy_cn")
    value = row.number("coefficient", Decimal(0))
    low, high = row.number("coefficient_low", Decimal(0)), row.number("coefficient_high", Decimal(0))
    words = None if value is not None or low is not None else row.text("note")
    if words == "" and not row.faults:
        row.wrong("coefficient", "give a coefficient, a range, or a note that says where it comes from.",
                  "请填写系数、范围，或在 note 中说明其来源。")  # fmt: skip
    yield Entry(
        name="standard_coal", key=energy, value=value, low=low, high=high, text_value=words,
        unit=row.required("coefficient_unit"), label_zh=energy, label_en=row.text("energy_en"),
        attributes=row.rest("coefficient", "coefficient_low", "coefficient_high", "coefficient_unit", *COMMON),
        **_base(row),
    )  # fmt: skip


_BENCHMARKS = (
    ("ets.electricity_benchmark", "electricity_benchmark", "electricity_unit", "供电/发电基准值", "electricity benchmark"),
    ("ets.heat_benchmark", "heat_benchmark", "heat_unit", "供热基准值", "heat benchmark"),
    ("ets.electricity_balance", "balance_value_electricity", "electricity_unit", "电力盈亏平衡值", "electricity balance value"),
    ("ets.heat_balance", "balance_value_heat", "heat_unit", "供热盈亏平衡值", "heat balance value"),
)  # fmt: skip


def _ets_benchmark(row: Row) -> Iterator[Entry]:
    unit_class = row.required("unit_class")
    base = _base(row, valid=row.years("year"), published_on=row.day("document_date"), note=row.noted("document_date"))
    attributes = row.rest(*(column for _, column, *_ in _BENCHMARKS), "document", *COMMON)
    for name, column, unit_column, zh, en in _BENCHMARKS:
        value = row.number(column, *LIMITS[name])
        if value is None and not row.text(column):
            if not column.startswith("balance"):
                row.required(column)
            continue
        yield Entry(
            name=name, key=unit_class, value=value, unit=row.required(unit_column), attributes=attributes,
            label_zh=f"{row.text('unit_class_cn')}：{zh}", label_en=f"{unit_class}: {en}", **base,
        )  # fmt: skip


def _ets_correction(row: Row) -> Iterator[Entry]:
    parameter, applies_to = row.required("parameter"), row.required("applies_to")
    yield Entry(
        name="ets.correction", key=f"{parameter}/{applies_to}", text_value=row.required("rule"),
        label_zh=parameter, label_en=parameter,
        attributes=row.rest("rule", "document", *COMMON), **_base(row, valid=row.years("period")),
    )  # fmt: skip


def _gec(row: Row) -> Iterator[Entry]:
    name = row.required("field")
    yield Entry(
        name="gec.fields", key=name, text_value=row.required("meaning"), label_zh=row.text("name_cn"), label_en=name,
        attributes=row.rest("meaning", *COMMON), **_base(row, document=row.text("source")),
    )  # fmt: skip


def _esg(row: Row) -> Iterator[Entry]:
    yield Entry(
        name="esg.topics", key=row.required("topic_no"), text_value=row.required("topic_cn"),
        label_zh=row.text("topic_cn"), label_en=row.text("topic_en"),
        attributes=row.rest(*COMMON), **_base(row),
    )  # fmt: skip


def _ccer(row: Row) -> Iterator[Entry]:
    published = row.day("publish_date")
    yield Entry(
        name="ccer.methodologies", key=row.required("code"), text_value=row.required("name_cn"),
        label_zh=row.text("name_cn"), label_en=row.text("field"),
        attributes=row.rest("document", *COMMON),
        **_base(row, published_on=published, valid=Validity(start=published), note=row.noted("publish_date")),
    )  # fmt: skip


def _park(row: Row) -> Iterator[Entry]:
    """Two parameters a row, one for each horizon; a row's condition is part of its key."""
    number, condition = row.required("id"), row.text("applies_when")
    is_number = row.text("value_type").startswith("numeric")
    for horizon, zh, en in (("near", "近期", "near term"), ("long", "远期", "long term")):
        column = f"{horizon}_value"
        value = row.number(column) if is_number else None
        words = None if is_number else row.required(column)
        if is_number and value is None and not row.text(column):
            row.required(column)
        yield Entry(
            name="park.indicators", key="/".join(part for part in (number, horizon, condition) if part),
            value=value, text_value=words, unit=row.text("unit"),
            label_zh=f"{row.text('indicator_cn')}（{zh}）", label_en=f"indicator {number}, {en}",
            attributes={**row.rest(*COMMON), "horizon": horizon, "comparator": row.required(f"{horizon}_comparator")},
            **_base(row),
        )  # fmt: skip


def _parameter(row: Row) -> Iterator[Entry]:
    name, key = row.required("name"), row.required("key")
    if name and NAME.fullmatch(name) is None:
        row.wrong(
            "name", f"'{name}' is not a name; write it like grid.electricity.", f"“{name}”应形如 grid.electricity。"
        )
    limits = LIMITS.get(name, (None, None))
    value, low, high = row.number("value", *limits), row.number("low", *limits), row.number("high", *limits)
    words = row.text("text_value") or None
    if value is None and low is None and words is None and not row.faults:
        row.wrong("value", "give value, low and high, or text_value.", "请填写 value、low 与 high，或 text_value。")
    if (low is None) != (high is None):
        row.wrong("low", "a range needs both low and high.", "范围须同时填写 low 与 high。")
    if low is not None and high is not None and low > high:
        row.wrong("low", f"{low} is above high = {high}.", f"下限 {low} 大于上限 {high}。")
    start, end = row.day("valid_from"), row.day("valid_to")
    if start is not None and end is not None and end <= start:
        row.wrong("valid_to", f"{end} is not after valid_from = {start}.", f"{end} 不晚于 valid_from（{start}）。")
        end = None
    yield Entry(
        name=name, key=key, region=row.text("region"), value=value, low=low, high=high, text_value=words,
        unit=row.text("unit"), label_zh=row.text("label_zh"), label_en=row.text("label_en"),
        **_base(
            row, valid=Validity(start or row.defaults.valid_from, end), note=row.noted("published_on"),
            published_on=row.day("published_on") or row.defaults.published_on,
        ),
    )  # fmt: skip


FORMATS = (
    Format("grid", ("factor_type", "geo_level", "geo_code", "geo_name", "data_year", "value", "unit", "document",
                    "document_date", *COMMON), _grid),
    Format("fuel", ("table_id", "fuel_cn", "fuel_en", "state", "unit", "ncv_gj_per_unit", "carbon_content_tc_per_gj",
                    "oxidation_factor", "derived_tco2_per_gj", "derived_tco2_per_unit", *COMMON), _fuel),
    Format("standard_coal", ("energy_cn", "energy_en", "unit", "ncv", "ncv_unit", "coefficient", "coefficient_low",
                             "coefficient_high", "coefficient_unit", "value_kind", *COMMON), _standard_coal),
    Format("ets_benchmark", ("year", "unit_class", "unit_class_cn", "electricity_basis", "electricity_benchmark",
                             "electricity_unit", "heat_benchmark", "heat_unit", "balance_value_electricity",
                             "balance_value_heat", "document", "document_date", "document_url", *COMMON),
           _ets_benchmark),
    Format("ets_correction", ("period", "parameter", "applies_to", "rule", "document", "source", "confidence"),
           _ets_correction, ("note",)),
    Format("gec", ("field", "name_cn", "type", "required", "meaning", "source", "confidence"), _gec, ("note",)),
    Format("esg", ("topic_no", "pillar", "topic_cn", "topic_en", "article", "gri_ifrs_mapping", "note", "source",
                   "confidence", "confidence_note"), _esg),
    Format("ccer", ("code", "name_cn", "field", "version", "document", "publish_date", "crediting_period",
                    "key_conditions", "source", "confidence"), _ccer, ("note",)),
    Format("park", ("id", "category_cn", "category", "indicator_cn", "unit", "value_type", "near_comparator",
                    "near_value", "long_comparator", "long_value", "applies_when", "basis", *COMMON), _park),
    Format("parameters", ("name", "key", "region", "value", "low", "high", "unit", "valid_from", "document",
                          *COMMON), _parameter, ("text_value", "label_zh", "label_en", "valid_to", "published_on")),
)  # fmt: skip
