"""Formulas for machines: the very functions that compute a coefficient, followed with symbols instead of numbers.

Nothing is written down a second time: `traced` calls the method's own function with terms that remember what is done to
them. What comes out is a tree of operations, e.g. `["/", ["*", "factor", "44"], "12"]`: a string that begins with a digit
is a number, any other the code of a parameter. Whoever evaluates it with 100 significant digits, half up, and rounds the
result half up to 20 decimal places has the coefficient (see `backend.emissions.methods.arithmetic`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from backend.emissions.methods import METHODS
from backend.emissions.methods.energy import steam_heat
from backend.emissions.values import Basis, EnergyKind, Gas, Method
from backend.statements.bundle.values import Tree

ZERO = "0"


@dataclass(frozen=True, slots=True)
class Term:
    """A number that is not known: it remembers what is done to it."""

    tree: Tree

    def __add__(self, other: object) -> "Term":
        return Term(["+", self.tree, _tree(other)])

    def __radd__(self, other: object) -> "Term":
        return Term(["+", _tree(other), self.tree])

    def __sub__(self, other: object) -> "Term":
        return Term(["-", self.tree, _tree(other)])

    def __rsub__(self, other: object) -> "Term":
        return Term(["-", _tree(other), self.tree])

    def __mul__(self, other: object) -> "Term":
        return Term(["*", self.tree, _tree(other)])

    def __rmul__(self, other: object) -> "Term":
        return Term(["*", _tree(other), self.tree])

    def __truediv__(self, other: object) -> "Term":
        return Term(["/", self.tree, _tree(other)])

    def __rtruediv__(self, other: object) -> "Term":
        return Term(["/", _tree(other), self.tree])


@dataclass(frozen=True, slots=True)
class Formula:
    """How the coefficient of a line comes from its parameters; `tree` is None where it is only stated.

    `text` is the formula as people write it, `source` the guide it stands in.
    """

    id: str
    text: str
    source: str
    confidence: str
    tree: Tree | None

    def as_json(self) -> dict[str, Any]:
        """Return it as the bundle has it."""
        return {
            "id": self.id, "text": self.text, "source": self.source, "confidence": self.confidence, "tree": self.tree,
        }  # fmt: skip


def of_line(method_code: str, gas: str, basis: str, codes: Collection[str], stated: str) -> Formula:
    """Return the formula of a line that has parameters of these codes; `stated` is the line's own text of it."""
    own = f"{method_code}/{gas}/{basis}/{'+'.join(sorted(codes))}"
    method = METHODS.get(method_code)
    if method is None:  # a method of an earlier release: its lines stand, and what they say is taken as it is
        return Formula(own, stated, "", "", None)
    tree = traced(method, Gas(gas), Basis(basis), codes)
    return Formula(own, method.formula, method.formula_source, method.confidence, tree)


def traced(method: Method, gas: Gas, basis: Basis, codes: Collection[str]) -> Tree | None:
    """Return the tree of a method's coefficient for one gas, from parameters of these codes; None for no such gas."""
    if basis in method.zero_on:
        return ZERO
    terms = cast("Mapping[str, Decimal]", {code: Term(code) for code in codes})
    try:
        found = method.compute(terms).get(gas)
    except KeyError:  # the line keeps other parameters than this release computes from
        return None
    return None if found is None else _signed(method, _tree(found))


def of_coal(method_code: str, rule: str) -> Formula:
    """Return how a line's standard coal per base unit came to be, by its rule (`measured`, `printed`, `table`).

    Its codes: `ncv` and `heat_value` (GJ/tce), or `printed` with `rate`, the factor from its unit to tce per base unit
    (of steam: tce/GJ), and the line's own parameters.
    """
    method = METHODS.get(method_code)
    tree: Tree | None = None
    if method is not None:
        if rule in {"measured", "table"}:
            tree = _signed(method, ["/", "ncv", "heat_value"])
        elif rule == "printed":
            tree = ["*", "printed", "rate"]
            if method.energy is EnergyKind.STEAM:
                heat = cast("Mapping[str, Decimal]", {each: Term(each) for each in ("enthalpy", "return_enthalpy")})
                tree = ["*", tree, _tree(steam_heat(heat))]
            tree = _signed(method, tree)
    words = {
        "measured": "tce = NCV / heat of a tonne of standard coal (NCV measured by the account)",
        "table": "tce = NCV / heat of a tonne of standard coal (NCV of the fuel table)",
        "printed": "tce = coefficient printed in GB/T 2589",
    }
    return Formula(
        f"standard_coal/{method_code}/{rule}", words.get(rule, rule), "GB/T 2589-2020", "verified-by-lookup", tree
    )


def _signed(method: Method, tree: Tree) -> Tree:
    return tree if method.sign == 1 else ["*", str(method.sign), tree]


def _tree(value: object) -> Tree:
    return value.tree if isinstance(value, Term) else str(value)
