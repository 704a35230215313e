"""What the carbon account asks of the methods: whether a source can be, in the account's reporting guide.

Importing this module registers the answer with `backend.accounts.ports`.
"""

from backend.accounts.ports import SourceRules, provide_source_rules
from backend.accounts.values import SourceDraft, SourceShape
from backend.emissions import rules
from backend.emissions.methods import method_of_pack
from backend.kit.quantities import canonical

FUEL_TABLES = ("A_MEE_ETS", "B_NDRC_2013", "C_INDUSTRY_OTHER", "D_IPCC2006")
"""The tables of fuel defaults of the reference parameters."""


class MethodSourceRules:
    """Judges sources by `backend.emissions.methods`."""

    def fuel_tables(self) -> tuple[str, ...]:
        """Return the codes of the tables of fuel defaults."""
        return FUEL_TABLES

    def shape(self, draft: SourceDraft, *, method_pack: str) -> SourceShape:
        """Return the source as its method accepts it.

        Raises:
            UnknownMethod, UnknownPack, MethodNotInPack: the method.
            ScopeNotAllowed: the scope.
            UnknownKey: key, or category of scope 3.
            UnknownUnit, UnitNotAccepted: the unit.
            UnknownParameter, InvalidParameter, ImpossibleParameter, MissingText: the declared values.
        """
        chosen = method_of_pack(draft.method, method_pack)
        scope = chosen.scopes[0] if draft.scope is None else draft.scope
        rules.check_scope(chosen, scope)
        key = rules.key_of(chosen, draft.key)
        category = rules.category_of(chosen, scope, key, draft.category)
        unit = canonical(draft.unit)
        rules.base_unit_of(chosen, unit)
        stated = rules.read_parameters(chosen, draft.parameters, is_complete=False)
        numbers = {code: format(value, "f") for code, value in stated.numbers.items()}
        return SourceShape(scope, category, key, unit, {**numbers, **stated.texts})


_RULES: SourceRules = MethodSourceRules()
provide_source_rules(_RULES)
