"""The emissions of a statement's bundle, computed again from records and parameters; used by check_bundle.py.

Each check yields (what, as stated, as found). Found None is "cannot tell"; TAKEN is counted, and nothing more.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, ROUND_UP, Context, Decimal, Inexact
from fractions import Fraction
from typing import Any

D = Decimal
EXACT = Context(prec=400, traps=[Inexact])  # adds and multiplies without losing a digit, or says that it would
WORKING = Context(
    prec=100, rounding=ROUND_HALF_UP
)  # a coefficient, then rounded to 20 places: the one rounding of a line
QUOTIENT = Context(prec=34, rounding=ROUND_HALF_UP)  # quotients of a statement keep 34 digits
SIZES = {  # the units of one text measure the same thing
    unit: (kind, Fraction(size))
    for kind, units in enumerate((
        "kJ .001 MJ 1 GJ 1000 TJ 1e6 kWh 3.6 MWh 3600 万kWh 36000 GWh 3.6e6", "kgce 1 tce 1000 万tce 1e7",
        "kg 1 t 1000 万t 1e7", "kgC 1 tC 1000", "L .001 Nm3 1 万Nm3 10000", "CNY 1 万CNY 10000 亿CNY 1e8", "tkm 1 万tkm 10000",
        "kgCO2 1 tCO2 1000 kgCO2e 1 tCO2e 1000 万tCO2e 1e7"))
    for unit, size in zip(units.split()[::2], units.split()[1::2], strict=True)
}  # fmt: skip
SUMS = ("scope1", "scope2_location", "scope2_market", "scope3", "energy_tce")
TAKEN = "taken as stated"
Checks = Iterator[tuple[str, Any, Any]]


def add(numbers: Iterable[Any]) -> Decimal:
    """Return the exact sum."""
    total = D(0)
    for each in numbers:
        total = EXACT.add(total, D(each))
    return total


def multiply(*numbers: Any) -> Decimal:  # noqa: ANN401 - numbers of JSON
    """Return the exact product."""
    product = D(1)
    for each in numbers:
        product = EXACT.multiply(product, D(each))
    return product


def conversion(one: str, other: str) -> Decimal | None:
    """Return how many of the other unit one unit is; None for units that are not in the table above."""
    if one == other or (one, other) == ("%", "1"):
        return D(1) if one == other else D("0.01")
    pairs = list(zip(one.split("/"), other.split("/"), strict=True))
    if any(unit not in SIZES for pair in pairs for unit in pair):
        return None
    if any(SIZES[a][0] != SIZES[b][0] for a, b in pairs):
        raise ValueError(f"{one} does not measure what {other} does")
    ratios = [SIZES[a][1] / SIZES[b][1] for a, b in pairs]
    ratio = ratios[0] / ratios[1] if len(ratios) > 1 else ratios[0]
    return EXACT.divide(D(ratio.numerator), D(ratio.denominator))


def operation(name: str, values: list) -> Decimal | None:
    """Return what an operation of a statement gives; None where its denominator is not above zero."""
    first, rest = values[0], values[1:]
    if name in ("sum", "difference"):
        return add(values) if name == "sum" else EXACT.subtract(first, add(rest))
    if name == "remainder":  # in whole units, never below nothing
        return max(EXACT.subtract(first.to_integral_value(ROUND_UP), add(rest)), D(0))
    above = {"ratio": first, "percent": multiply(100, first), "change": multiply(100, EXACT.subtract(first, rest[0]))}
    return QUOTIENT.divide(above[name], rest[0]) if rest[0] > 0 else None


def value_of(tree: Any, numbers: Mapping[str, Any]) -> Decimal:  # noqa: ANN401 - a text or a list
    """Return the value of a formula: a number, the code of a parameter, or [operation, left, right]."""
    if isinstance(tree, str):
        return D(tree) if tree[0] in "-0123456789" else D(numbers[tree])
    does = {"+": WORKING.add, "-": WORKING.subtract, "*": WORKING.multiply, "/": WORKING.divide}[tree[0]]
    return does(*(value_of(each, numbers) for each in tree[1:]))


def written(tree: Any) -> str:  # noqa: ANN401 - a text or a list
    """Return a formula as a person reads it."""
    return tree if isinstance(tree, str) else f"({written(tree[1])} {tree[0]} {written(tree[2])})"


def parameters(bundle: Any) -> Checks:  # noqa: ANN401 - a Bundle of check_bundle.py
    """参数 Parameters: each is its version's value, in the unit the formula wants."""
    for line in bundle.lines:
        coal = line["coal"]["values"] if line["coal"] else {}
        for each in [*line["parameters"], line["gwp"], *(one for one in coal.values() if "version" in one)]:
            if each["version"] is None:
                yield "measured, declared or neutral", each["value"], TAKEN
                continue
            version = bundle.json(f"factors/{each['version']}.json")
            rate = conversion(version["unit"], each.get("unit", version["unit"]))
            found = None if rate is None else multiply(version["value"], rate)
            yield f"line {line['id']}, {version['name']} {version['key']}", each["value"], found
        if "rate" in coal:
            found = conversion(coal["rate"]["from"], coal["rate"]["to"])
            yield f"line {line['id']}, unit of standard coal", coal["rate"]["value"], found


def quantities(bundle: Any) -> Checks:  # noqa: ANN401 - a Bundle of check_bundle.py
    """活动数据 Records: each line sums those of its source, months and parameters; none is left out."""
    for one in bundle.inventories:
        by_source, market, left = defaultdict(list), defaultdict(list), set()
        records = bundle.json("inputs/records.json")[one["id"]]
        for each in records:
            by_source[each["source_id"]].append(each)
            left.add(each["id"])
        yield f"{one['year']}, number of records", one["record_count"], len(records)
        yield f"{one['year']}, records told once", len(records), len(left)
        for line in one["lines"]:
            name, rates = f"line {line['id']}", {}
            for each in line["quantities"]:
                rates[each["unit"]] = rate = conversion(each["unit"], line["base_unit"])
                yield f"{name}, {each['unit']} in {line['base_unit']}", each["conversion"], rate
                found = multiply(each["quantity"], each["conversion"])
                yield f"{name}, {each['quantity']} {each['unit']}", each["base_quantity"], found
            found = add(each["base_quantity"] for each in line["quantities"])
            yield f"{name}, quantities", line["base_quantity"], found
            alike = [(each["unit"], each["parameters"]) for each in line["quantities"]]
            own = [
                each
                for each in by_source[line["source_id"]]
                if each["month"] in line["months"] and (each["unit"], each["parameters"]) in alike
            ]
            held = {
                each["id"]: multiply(each["quantity"], each["multiplier"], rates[each["unit"]] or 0) for each in own
            }
            left -= held.keys()
            if line["method"] != "claimed_electricity":
                yield f"{name}, number of records", line["record_count"], len(own)
            if line["basis"] == "market":
                market[line["source_id"], line["gas"]].append((line["base_quantity"], held))
            else:
                yield f"{name}, records", line["base_quantity"], add(held.values())
        for (source, _), parts in market.items():  # what certificates cover stands in a line of its own
            every = {own: amount for _, held in parts for own, amount in held.items()}
            yield f"source {source}, market side, records", add(amount for amount, _ in parts), add(every.values())
        yield f"{one['year']}, records in no line", [], sorted(left)


def coefficients(bundle: Any) -> Checks:  # noqa: ANN401 - a Bundle of check_bundle.py
    """排放系数 Coefficients: each follows from its parameters by its formula."""
    formulas = {each["id"]: each for each in bundle.json("formulas/formulas.json")["formulas"]}
    for line in bundle.lines:
        numbers, coal = {each["code"]: each["value"] for each in line["parameters"]}, line["coal"]
        more = {name: each["value"] for name, each in coal["values"].items()} if coal else {}
        for kept, known in [(line, numbers), (coal, {**numbers, **more})][: 2 if coal else 1]:
            formula = formulas[kept["formula"]]
            if formula["tree"] is None:
                yield f"line {line['id']}, {formula['id']}", kept["coefficient"], TAKEN
                continue
            bundle.used[(formula["text"], formula["source"], formula["confidence"], written(formula["tree"]))] += 1
            found = value_of(formula["tree"], known).quantize(D("1e-20"), ROUND_HALF_UP, WORKING)
            yield f"line {line['id']}, {formula['id']}", kept["coefficient"], found


def totals(bundle: Any) -> Checks:  # noqa: ANN401 - a Bundle of check_bundle.py
    """排放清单 Inventories: quantity x coefficient x GWP; lines and months add up to the totals by scope and basis."""
    for one in bundle.inventories:
        found = dict.fromkeys(SUMS, D(0))
        for line in one["lines"]:
            coal = line["coal"]["coefficient"] if line["coal"] else 0
            yield f"line {line['id']}, tonnes", line["result_t"], multiply(line["base_quantity"], line["coefficient"])
            yield f"line {line['id']}, CO2e", line["co2e_t"], multiply(line["result_t"], line["gwp"]["value"])
            yield f"line {line['id']}, tce", line["energy_tce"], multiply(line["base_quantity"], coal)
            sides = ("location", "market") if line["basis"] == "both" else (line["basis"],)
            names = [f"scope2_{side}" for side in sides] if line["scope"] == 2 else [f"scope{line['scope']}"]  # noqa: PLR2004 - scope 2
            for name in names:
                found[name] = add((found[name], line["co2e_t"]))
            found["energy_tce"] = add((found["energy_tce"], line["energy_tce"]))
        for name in SUMS:
            yield f"{one['year']}, {name}", one["totals"][name], found[name]
            yield f"{one['year']}, {name} by month", one["totals"][name], add(each[name] for each in one["months"])
