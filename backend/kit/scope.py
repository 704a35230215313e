"""Who is asking, in which tenant, with which permissions.

Authentication builds a `Scope`; every query and every command takes it second. No scope, no query. The
database sees the same facts as transaction-local settings (`carbon.*`), and row-level security reads them.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.kit.errors import Forbidden, Unauthenticated


class Kind(StrEnum):
    """The kinds of organisation, and the two callers that are none."""

    NOBODY = "nobody"
    ENTERPRISE = "enterprise"
    AUTHORITY = "authority"
    BANK = "bank"
    VERIFIER = "verifier"
    OPERATOR = "operator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Scope:
    """Proof of who is asking.

    `region` is the materialised path of an authority's division (`320000/320200/320206/`); it sees that
    subtree only. `actor_id` is a person or an API client. `correlation_id` follows the request into jobs.
    """

    tenant: str
    kind: Kind
    organisation_id: UUID | None = None
    actor_id: UUID | None = None
    region: str = ""
    permissions: frozenset[str] = field(default=frozenset())
    correlation_id: str = ""
    language: str = "zh"

    @classmethod
    def nobody(cls, tenant: str, *, correlation_id: str = "", language: str = "zh") -> "Scope":
        """Return the scope of an unauthenticated caller: it sees no business row."""
        return cls(tenant=tenant, kind=Kind.NOBODY, correlation_id=correlation_id, language=language)

    @classmethod
    def system(cls, tenant: str, *, correlation_id: str = "") -> "Scope":
        """Return the scope of the service itself (relay, schedules, sign-in look-ups)."""
        return cls(tenant=tenant, kind=Kind.SYSTEM, correlation_id=correlation_id)

    def allows(self, permission: str) -> bool:
        """Tell whether the permission (`noun:verb`) is granted. The system is granted everything."""
        return self.kind is Kind.SYSTEM or permission in self.permissions

    def require(self, permission: str) -> None:
        """Refuse a caller without the permission.

        Raises:
            Unauthenticated: nobody is signed in.
            Forbidden: the role does not include the permission.
        """
        if self.kind is Kind.NOBODY:
            raise Unauthenticated
        if not self.allows(permission):
            raise Forbidden(permission=permission)

    def as_system(self) -> "Scope":
        """Return the service's own scope in the same tenant, keeping the correlation id."""
        return replace(self, kind=Kind.SYSTEM, organisation_id=None, region="", permissions=frozenset())

    def dump(self) -> dict[str, Any]:
        """Return the scope as JSON for a job record; `load` reads it back."""
        return {
            "tenant": self.tenant,
            "kind": self.kind.value,
            "organisation_id": str(self.organisation_id) if self.organisation_id else None,
            "actor_id": str(self.actor_id) if self.actor_id else None,
            "region": self.region,
            "permissions": sorted(self.permissions),
            "correlation_id": self.correlation_id,
            "language": self.language,
        }

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Scope":
        """Read back what `dump` wrote."""
        return cls(
            tenant=data["tenant"],
            kind=Kind(data["kind"]),
            organisation_id=UUID(data["organisation_id"]) if data["organisation_id"] else None,
            actor_id=UUID(data["actor_id"]) if data["actor_id"] else None,
            region=data["region"],
            permissions=frozenset(data["permissions"]),
            correlation_id=data["correlation_id"],
            language=data["language"],
        )

    def settings(self) -> dict[str, str]:
        """Return the transaction-local settings row-level security reads; unset is the empty string."""
        return {
            "carbon.kind": self.kind.value,
            "carbon.organisation": str(self.organisation_id) if self.organisation_id else "",
            "carbon.actor": str(self.actor_id) if self.actor_id else "",
            "carbon.region": self.region,
        }
