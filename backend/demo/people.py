"""Who the demonstration's organisations are and how one signs in as them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text

from backend.demo.plan import EnterprisePlan, OrganisationPlan
from backend.identity import rules as identity_rules
from backend.identity import service as identity
from backend.identity.values import ADMINISTRATOR
from backend.kit.db import Write
from backend.kit.scope import Kind, Scope
from backend.kit.settings import Settings
from backend.kit.vault import secret

PASSWORD = "demonstration:password"  # noqa: S105 - the name of a secret, not a secret
ROLES: dict[Kind, dict[str, str]] = {
    Kind.ENTERPRISE: {"manager": "energy_manager", "officer": ADMINISTRATOR},
    Kind.AUTHORITY: {"admin": ADMINISTRATOR, "clerk": "officer"},
    Kind.VERIFIER: {"admin": ADMINISTRATOR},
    Kind.BANK: {"admin": ADMINISTRATOR},
}
SECOND, WHOLE = "clerk", "city"
"""Of the authorities only that of the whole jurisdiction has a second person: it proposes what another decides."""
NAMES = {
    "manager": "能源管理员（演示）",
    "officer": "首席双碳官（演示）",
    "admin": "管理员（演示）",
    "clerk": "经办人（演示）",
}


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation of the demonstration: its id and its people by their part."""

    id: UUID
    kind: Kind
    region: str
    people: dict[str, UUID]


def password(settings: Settings) -> str:
    """Return this installation's demonstration password: made once, kept with the other secrets."""
    return f"Demo-{secret(settings.data_dir, PASSWORD, size=6)}"


def email(tenant: str, code: str, part: str) -> str:
    """Return the sign-in address of a part in a demonstration organisation (`.example` never leads anywhere)."""
    return f"{part}@{code}.{tenant}.example"


async def register(
    write: Write, scope: Scope, settings: Settings, plan: OrganisationPlan | EnterprisePlan, number: int
) -> Party:
    """Register an organisation of the plan with its people and roles."""
    kind = Kind(plan.kind) if isinstance(plan, OrganisationPlan) else Kind.ENTERPRISE
    organisation_id = await identity.register_organisation(
        write,
        scope,
        kind=kind,
        name=plan.name,
        name_en=plan.name_en,
        credit_code=identity_rules.fictitious_code(kind, plan.division[:6], number),
        division_code=plan.division,
        sector=plan.sector if isinstance(plan, EnterprisePlan) else None,
        is_demonstration=True,
    )
    return await party(write, scope, settings, organisation_id, kind, plan.code)


async def find(write: Write, name: str) -> UUID | None:
    """Return the organisation of this name."""
    return await write.value(text("select id from organisation where name = :name"), {"name": name})


async def party(
    write: Write, scope: Scope, settings: Settings, organisation_id: UUID, kind: Kind, code: str
) -> Party:  # fmt: skip
    """Return an organisation of the demonstration with its people; who is missing is made, with the part's role."""
    people: dict[str, UUID] = {}
    for part, role in ROLES[kind].items():
        if part == SECOND and code != WHOLE:
            continue
        address = email(scope.tenant, code, part)
        known = await write.value(text("select id from person where email = :email"), {"email": address})
        if known is None:
            known = await identity.create_person(
                write, scope, email=address, name=NAMES[part], password=password(settings)
            )
            await identity.grant_role(write, scope, organisation_id=organisation_id, person_id=known, role=role)
        people[part] = known
    region = await write.value(text("select division_path from organisation where id = :id"), {"id": organisation_id})
    return Party(organisation_id, kind, str(region), people)


async def engage_verifier(write: Write, scope: Scope, enterprise: Party, verifier: Party, until: date) -> None:
    """Engage the verifier for the demonstration's whole life."""
    await identity.engage(
        write,
        scope,
        enterprise_id=enterprise.id,
        verifier_id=verifier.id,
        purpose="年度碳排放核查（演示）",
        starts_on=date(2025, 1, 1),
        ends_on=until,
    )
