"""The figures of a statement, from its bundle's inputs or by the operation each names; used by check_bundle.py.

Each check yields (what, as stated, as found), as in bundle_emissions.py.
"""

import re
from decimal import Decimal
from typing import Any

from bundle_emissions import EXACT, SUMS, TAKEN, Checks, add, conversion, multiply, operation

D = Decimal
BOUGHT = ("purchased_electricity", "purchased_green_electricity")
PARTS = {"energy": ("energy_tce",), "location": ("scope1", "scope2_location"), "market": ("scope1", "scope2_market")}
"""What the totals that are no column of an inventory are made of."""
TOTAL = re.compile(r"(?:emissions\.)?(?P<name>\w+)\.(?P<year>\d{4})(?:\.(?P<first>\d\d)-(?P<last>\d\d))?")


def _from_inputs(bundle: Any) -> dict[str, Decimal]:  # noqa: ANN401 - a Bundle of check_bundle.py
    """Return what the inputs say of the figures that are taken from them in one place of the statement or another."""
    document, known = bundle.json("statement.json"), {}
    by_id = {each["id"]: each for each in bundle.inventories}
    for year in (each for each in document["emissions"] if each["inventory"]):
        lines = by_id[year["inventory"]["id"]]["lines"]
        for each in year["sources"]:
            own = [one for one in lines if all(one[name] == each[name] for name in ("source_id", "scope", "category"))]
            for side in ("location", "market"):
                known[each[side]["id"]] = add(one["co2e_t"] for one in own if one["basis"] in ("both", side))
        located = [each for each in lines if each["basis"] != "market"]
        bought = add(each["base_quantity"] for each in located if each["method"] in BOUGHT)
        sold = add(each["base_quantity"] for each in located if each["method"] == "sold_electricity")
        known[f"electricity.purchased.{year['calendar_year']}"] = max(EXACT.subtract(bought, sold), D(0))
    claimed = bundle.json("inputs/claims.json")["statement"]
    for each in document["cover"]:
        known[each["claimed"]["id"]] = add(one["mwh"] for one in claimed if one["year"] == each["calendar_year"])
    moved = {each["number"]: each["quantity"] for each in bundle.json("inputs/ledger.json")["movements"]}
    return known | {each["quantity"]["id"]: D(moved[each["number"]]) for each in document["uses"]}


def _total(bundle: Any, own: str) -> Decimal | str | None:  # noqa: ANN401 - a Bundle of check_bundle.py
    """Return what the inventory of its year says of a total, by the id of the figure (`energy.2025.01-03`); else None."""
    named = TOTAL.fullmatch(own)
    one = next((each for each in bundle.inventories if named and str(each["year"]) == named["year"]), None)
    names = PARTS.get(named["name"], (named["name"],)) if named else ()
    if one is None or not set(names) <= set(SUMS) or not names:
        return None
    if names == ("scope3",) and D(one["totals"]["scope3"]) == 0 and all(each["scope"] != 3 for each in one["lines"]):  # noqa: PLR2004 - scope 3
        return "untold"  # what was not accounted for is not zero
    if named["first"] is None:
        return add(one["totals"][name] for name in names)
    inside = [each for each in one["months"] if named["first"] <= each["month"][5:] <= named["last"]]
    return add(each[name] for each in inside for name in names)


def _of_source(bundle: Any, figure: dict) -> Decimal | None:  # noqa: ANN401 - a Bundle of check_bundle.py
    """Return what the yearly figure says that a figure is taken from; None where it is taken from something else."""
    named = {each["id"] for each in figure["sources"] if each["kind"] == "YearFigure"}
    yearly = next((each for each in bundle.json("inputs/figures.json") if each["id"] in named), None)
    rate = conversion(yearly["unit"], figure["unit"]) if yearly else None
    return None if rate is None else multiply(yearly["quantity"], rate)


def figures(bundle: Any) -> Checks:  # noqa: ANN401 - a Bundle of check_bundle.py
    """报告数值 Statement: each figure is what its inputs say, or what its operation gives; one id is one number."""
    inputs, first = _from_inputs(bundle), {}
    for each in bundle.figures:
        own, value = each["id"], each["value"] or "untold"
        yield f"figure {own}, told twice", first.setdefault(own, value), value
        if each["formula"]["op"] == "taken":
            found = inputs[own] if own in inputs else _total(bundle, own)
            found = _of_source(bundle, each) if found is None else found
            if not own.startswith("holdings."):  # compared with the postings already
                yield f"figure {own}", value, TAKEN if found is None else found
    for each in (one for one in bundle.figures if one["formula"]["op"] != "taken"):
        values = [first[one] if one in first else _total(bundle, one) for one in each["formula"]["operands"]]
        found = None if "untold" in values else operation(each["formula"]["op"], [D(one) for one in values])
        yield f"figure {each['id']}", each["value"] or "untold", "untold" if found is None else found
    by_id = {each["id"]: each for each in bundle.inventories}
    for one in (each["inventory"] for each in bundle.json("statement.json")["emissions"] if each["inventory"]):
        for name in ("year", "version", "record_count", "excluded_count"):
            yield f"inventory {one['id']}, {name}", one[name], by_id[one["id"]][name]
