"""What the carbon account asks of the calculation methods and of the books of units, which stand above it.

The account keeps a source's method as an opaque code. Whether the code exists, belongs to the account's reporting
guide and fits the key, unit and parameters is judged by whoever provides the methods: the emissions noun registers its
`SourceRules` when it is imported. A process without them can read accounts, but sets up no source.

Before an account is closed for good, the books say what of units still lies in it.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol
from uuid import UUID

from backend.accounts.errors import SourceRulesMissing
from backend.accounts.values import SourceDraft, SourceShape
from backend.kit.db import Write
from backend.kit.scope import Scope


class SourceRules(Protocol):
    """Judges sources by the calculation methods."""

    def fuel_tables(self) -> tuple[str, ...]:
        """Return the codes of the tables of fuel defaults."""
        ...

    def shape(self, draft: SourceDraft, *, method_pack: str) -> SourceShape:
        """Return the source as the methods accept it; an unstated scope or category becomes the method's usual one.

        Raises:
            Invalid: in the words of the methods (no such method, not of this guide, key, scope, category, unit or
                parameter not accepted); `path` names the field, e.g. `("parameters", "ncv")`.
        """
        ...


class NoSourceRules:
    """The twin of a process that was started without the methods: refuses every source."""

    def fuel_tables(self) -> tuple[str, ...]:
        """Raise SourceRulesMissing."""
        raise SourceRulesMissing

    def shape(self, draft: SourceDraft, *, method_pack: str) -> SourceShape:  # noqa: ARG002 - the port's shape
        """Raise SourceRulesMissing."""
        raise SourceRulesMissing


_registered: list[SourceRules] = [NoSourceRules()]


def provide_source_rules(rules: SourceRules) -> None:
    """Register the implementation; the last one counts. Called once, when the methods are imported."""
    _registered[0] = rules


def source_rules() -> SourceRules:
    """Return the registered implementation."""
    return _registered[0]


Contents = Callable[[Write, Scope, UUID], Awaitable[Sequence[str]]]
"""Says what lies in an account, such as `100 CEA`; nothing when empty."""


async def _nothing(_write: Write, _scope: Scope, _account_id: UUID) -> Sequence[str]:
    """Return what lies in an account where no books of units are: nothing."""
    return ()


_contents: list[Contents] = [_nothing]


def provide_contents(contents: Contents) -> None:
    """Register who knows what lies in an account; the last one counts. Called once, when the books are imported."""
    _contents[0] = contents


def contents() -> Contents:
    """Return who knows what lies in an account."""
    return _contents[0]
