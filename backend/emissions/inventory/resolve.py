"""From a parameter set to its coefficients: pure, once for each distinct set of a whole run.

What the account measured or declared wins; the rest is asked of the reference parameters, level by level, and
every answer leaves a trace: which rule level won, what was passed over and why. What cannot be resolved is not
guessed: the set carries its problem, its lines are missing, and a check of the inventory says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from backend.emissions import rules
from backend.emissions.errors import NoFactor
from backend.emissions.inventory.values import Item, ParameterSet, Resolved
from backend.emissions.methods import method
from backend.emissions.methods.energy import CLAIMED_ELECTRICITY, steam_heat
from backend.emissions.values import (
    Basis,
    EnergyKind,
    FactorRequest,
    Gas,
    Lookup,
    LookupContext,
    Method,
    Parameter,
    QualityWeights,
    Stated,
    Tier,
)
from backend.factors.values import Choice, Confidence, Missing
from backend.kit.errors import CarbonError
from backend.kit.quantities import conversion

STATED = "stated"


class Book(Protocol):
    """The reference parameters as they were known at one instant, as `backend.factors.service` gives them."""

    def first(self, asked: Sequence[FactorRequest], on: date, policy: str = ...) -> Choice | Missing:
        """Return the answer of the first level that has one, or what was tried."""
        ...


@dataclass(frozen=True, slots=True)
class Fact:
    """One resolved parameter: its value as the method wants it, and its explanation as JSON."""

    value: Decimal
    document: dict[str, Any]
    version: str
    uncertainty: Decimal


@dataclass(slots=True)
class Resolver:
    """Resolves sets against one book, which remembers its answers for the run."""

    book: Book
    policy: str
    _uncertainty: rules.UncertaintyTable | None = None

    def find(self, requests: Sequence[FactorRequest]) -> Choice | Missing:
        """Ask level by level."""
        return self.book.first(requests, requests[0].on, self.policy)

    def number(self, name: str, key: str, on: date) -> Decimal:
        """Return a parameter that must exist.

        Raises:
            NoFactor: it does not.
        """
        found = self.find((FactorRequest(name, key, "", on, "product model"),))
        if not isinstance(found, Choice) or found.value is None:
            raise NoFactor(parameter=f"{name} {key}", levels=f"{name}/{key}")
        return found.value

    def uncertainty_table(self, on: date) -> rules.UncertaintyTable:
        """Return the relative uncertainties by tier and confidence."""
        if self._uncertainty is None:
            name = "uncertainty"
            rows = {(f"{name}.activity", tier.value): self.number(f"{name}.activity", tier.value, on) for tier in Tier}
            for key in (*(each.value for each in Confidence), STATED):
                rows[f"{name}.factor", key] = self.number(f"{name}.factor", key, on)
            self._uncertainty = rules.uncertainty_table(rows)
        return self._uncertainty

    def quality_weights(self, on: date) -> QualityWeights:
        """Return the weights of the data quality score."""
        keys = {
            "quality.tier": [tier.value for tier in Tier],
            "quality.calibration": ["valid", "expired", "unknown", "not_needed"],
            "quality.evidence": ["present", "missing"],
        }
        return rules.quality_weights(
            {(name, key): self.number(name, key, on) for name, members in keys.items() for key in members}
        )

    def report_tolerance(self, on: date) -> Decimal:
        """Return the accepted distance, in t, of a reported and a recomputed number."""
        return self.number("check.limit", "report_tolerance", on)

    def resolve(self, one: ParameterSet) -> Resolved:
        """Return the set's items, or its problem. Never raises an error of the business."""
        try:
            return self._resolve(one)
        except CarbonError as error:
            return Resolved(one.set_id, Decimal(0), (), error)

    def _resolve(self, one: ParameterSet) -> Resolved:
        used = method(one.method)
        base_unit = rules.base_unit_of(used, one.unit)
        stated = rules.read_parameters(used, rules.merged(one.source_parameters, one.record_parameters))
        context = LookupContext(
            key=rules.key_of(used, one.key),
            fuel_table=one.fuel_table,
            province_code=one.province_code,
            grid_region=one.grid_region,
            on=one.on,
            is_certificate_claimed=one.is_certificate_claimed,
        )
        origin = {each.code: "record" for each in used.parameters if _states(each, one.record_parameters)}
        items: list[Item] = []
        is_coal_unknown = False
        for basis in used.bases:
            # What certificates cover counts zero on the market side; its location side is that of any purchase.
            acting = CLAIMED_ELECTRICITY if one.is_covered and basis is Basis.MARKET else used
            facts = self._facts(acting, stated, context, basis, base_unit, origin)
            numbers = {code: fact.value for code, fact in facts.items()}
            for gas, coefficient in rules.coefficients(acting, numbers, basis).items():
                coal, coal_fact = Decimal(0), None
                # Energy is counted once for a quantity: on its first gas and never on the market side.
                if gas is used.gases[0] and basis is not Basis.MARKET:
                    coal, coal_fact = self._coal(used, stated, context, numbers, base_unit)
                    is_coal_unknown = used.energy is not EnergyKind.NONE and coal_fact is None
                items.append(
                    self._item(one, acting, context, basis, base_unit, gas, coefficient, facts, numbers, stated,
                               coal, coal_fact)
                )  # fmt: skip
        return Resolved(one.set_id, conversion(one.unit, base_unit), tuple(items), is_coal_unknown=is_coal_unknown)

    def _facts(
        self, used: Method, stated: Stated, context: LookupContext, basis: Basis, base_unit: str,
        origin: Mapping[str, str],
    ) -> dict[str, Fact]:  # fmt: skip
        """Return every parameter the coefficient needs, each with its explanation."""
        found: dict[str, Fact] = {}
        for lookup in rules.lookups_needed(used, stated.numbers, context, basis):
            parameter = used.parameter(lookup.parameter)
            if parameter is not None:
                found[lookup.parameter] = self._looked_up(parameter, lookup, base_unit)
        whole = rules.complete(used, stated.numbers, {code: fact.value for code, fact in found.items()}, basis)
        facts: dict[str, Fact] = {}
        for code, value in whole.items():
            parameter = used.parameter(code)
            if parameter is None:
                continue
            if code in found:
                facts[code] = found[code]
            else:
                facts[code] = self._given(parameter, value, stated, basis, base_unit, origin, context.on)
        return facts

    def _looked_up(self, parameter: Parameter, lookup: Lookup, base_unit: str) -> Fact:
        choice = self.find(lookup.requests)
        if not isinstance(choice, Choice) or choice.value is None:
            tried = choice.tried if isinstance(choice, Missing) else (f"{choice.name}/{choice.key}: a range only",)
            raise NoFactor(parameter=parameter.code, levels="; ".join(str(each) for each in tried))
        value = rules.in_parameter_unit(parameter, choice.value, choice.unit, base_unit)
        document = {
            **_head(parameter, value, base_unit),
            "origin": "reference",
            "level_name": lookup.requests[choice.level - 1].level if choice.level else "",
            **_copy(choice),
        }
        width = self.uncertainty_table(lookup.requests[0].on).factor.get(choice.confidence, Decimal(0))
        return Fact(value, document, str(choice.version_id), width)

    def _given(
        self, parameter: Parameter, value: Decimal, stated: Stated, basis: Basis, base_unit: str,
        origin: Mapping[str, str], on: date,
    ) -> Fact:  # fmt: skip
        """Explain a value that was measured or declared, or that stands in neutrally."""
        code = parameter.code
        if code == "factor" and basis is Basis.MARKET and "market_factor" in stated.numbers:
            code = "market_factor"
        if code not in stated.numbers:
            document = {**_head(parameter, value, base_unit), "origin": "default"}
            return Fact(value, document, "", Decimal(0))
        own = {"stated_as": code} if code != parameter.code else {}
        words = stated.texts.get(f"{code}_source", "")
        document = {
            **_head(parameter, value, base_unit),
            **own,
            "origin": origin.get(code, "source"),
            "source": words,
            "rule_zh": "企业实测或申报值优先于缺省值。",
            "rule_en": "A value measured or declared by the account goes before any default.",
        }
        return Fact(value, document, f"{STATED}:{code}:{value}", self.uncertainty_table(on).factor[STATED])

    def _coal(
        self, used: Method, stated: Stated, context: LookupContext, numbers: Mapping[str, Decimal], base_unit: str
    ) -> tuple[Decimal, dict[str, Any] | None]:
        """Return tce per base unit and its explanation; None explains that it cannot be told or is no energy."""
        if used.energy is EnergyKind.NONE:
            return Decimal(0), None
        heat = self.find((rules.heat_value_request(context.on),))
        if not isinstance(heat, Choice) or heat.value is None:
            return Decimal(0), None
        request = rules.coal_request(used, context.key, context.on)
        found = self.find((request,)) if request else None
        printed = found if isinstance(found, Choice) and found.value is not None else None
        table = self._table_ncv(used, context, base_unit) if used.energy is EnergyKind.FUEL else None
        steam = steam_heat(numbers) if used.energy is EnergyKind.STEAM and "enthalpy" in numbers else None
        coal = rules.standard_coal(
            used, base_unit, heat.value,
            printed=printed.value if printed else None, printed_unit=printed.unit if printed else "",
            measured_ncv=stated.numbers.get("ncv"), table_ncv=table.value if table else None, steam_gj_per_t=steam,
        )  # fmt: skip
        if coal.coefficient is None:
            return Decimal(0), None
        measured = stated.numbers.get("ncv")
        ncv_of = {
            "measured": None if measured is None else format(measured, "f"),
            "table": table.document["used_value"] if table else None,
            "printed": None,
        }
        basis_of = {"measured": _copy(heat), "table": table.document if table else _copy(heat)}
        document = {
            "code": "standard_coal", "symbol": "tce", "zh": "折标准煤系数", "en": "standard coal coefficient",
            "origin": "reference", **(_copy(printed) if coal.rule == "printed" and printed else basis_of[coal.rule]),
        }  # fmt: skip
        document |= {
            "code": "standard_coal", "value": format(coal.coefficient, "f"), "unit": f"tce/{base_unit}",
            "coal_rule": coal.rule, "heat_value_version_id": str(heat.version_id), "ncv": ncv_of[coal.rule],
        }  # fmt: skip
        return coal.coefficient, document

    def _table_ncv(self, used: Method, context: LookupContext, base_unit: str) -> Fact | None:
        """Return the fuel table's heat value, if the table has one for this kind of quantity."""
        parameter = used.parameter("ncv")
        lookup = next((each for each in used.lookups(context, Basis.BOTH) if each.parameter == "ncv"), None)
        if parameter is None or lookup is None:
            return None
        try:
            return self._looked_up(parameter, lookup, base_unit)
        except CarbonError:
            return None

    def _item(
        self, one: ParameterSet, used: Method, context: LookupContext, basis: Basis, base_unit: str, gas: Gas,
        coefficient: Decimal, facts: Mapping[str, Fact], numbers: Mapping[str, Decimal], stated: Stated,
        coal: Decimal, coal_fact: dict[str, Any] | None,
    ) -> Item:  # fmt: skip
        request = rules.gwp_request(gas, context.on)
        warming = self.find((request,))
        if not isinstance(warming, Choice) or warming.value is None:
            raise NoFactor(parameter=f"gwp {gas.value}", levels=f"gwp/{gas.value}")
        documents = [fact.document for fact in facts.values()]
        documents.append({
            "code": "gwp", "symbol": "GWP", "zh": "全球增温潜势", "en": "global warming potential",
            "origin": "reference", "used_value": format(warming.value, "f"), "used_unit": warming.unit,
            **_copy(warming),
        })  # fmt: skip
        if coal_fact is not None:
            documents.append(coal_fact)
        spoken = {f"{code}_source" for code in facts}
        documents.extend(
            {"code": text.code, "zh": text.label.zh, "en": text.label.en, "origin": "stated",
             "text_value": stated.texts[text.code]}
            for text in used.texts
            if text.code in stated.texts and text.code not in spoken
        )  # fmt: skip
        category = one.category or rules.category_of(used, one.scope, context.key, one.category)
        return Item(
            scope=one.scope, category=category, method=used.code, key=context.key, gas=gas.value, basis=basis.value,
            base_unit=base_unit, coefficient=coefficient, coefficient_unit=rules.coefficient_unit(gas, base_unit),
            gwp=warming.value, coal=coal, formula=rules.explanation(used, numbers, base_unit, basis),
            formula_source=used.formula_source, parameters=documents,
            factor_version="+".join(sorted(fact.version for fact in facts.values() if fact.version)) or used.code,
            factor_uncertainty=max((fact.uncertainty for fact in facts.values()), default=Decimal(0)),
        )  # fmt: skip


def _states(parameter: Parameter, raw: Mapping[str, Any]) -> bool:
    return any(raw.get(name) not in (None, "") for name in (parameter.code, *parameter.aliases))


def _head(parameter: Parameter, value: Decimal, base_unit: str) -> dict[str, Any]:
    return {
        "code": parameter.code,
        "symbol": parameter.symbol,
        "zh": parameter.label.zh,
        "en": parameter.label.en,
        "used_value": format(value, "f"),
        "used_unit": rules.parameter_unit(parameter, base_unit),
    }


def _copy(choice: Choice) -> dict[str, Any]:
    """Return the copy of a reference value a line keeps: the version, its words, and the trace of the choice."""
    return {**choice.as_json(), "passed_over": choice.passed_over}
