"""A holder that takes part in a regional programme: registered, submitted, with trees bought.

things = await taking_part(databases, held)      # type and ids of what was made, by a short name
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from factories import accounts
from factories.accounts import Held
from sqlalchemy import insert, select

from backend.credits.programmes import service
from backend.credits.programmes.models import (
    TreeHousehold,
    TreePayment,
    TreePurchase,
    TreePurchasePart,
    TreeStand,
)
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.tenants.models import PackVersion

Things = dict[str, tuple[str, tuple[UUID, ...]]]


async def taking_part(databases: Databases, held: Held) -> Things:
    """Register a project of Wuxi's programme with a quantity of it, and put a bought tree of a made-up one beside it."""
    registered = await service_registered(databases, held)
    purchase, payment = await with_trees(databases, held)
    return {
        "programme_registration": ("ProgrammeRegistration", (held.id, registered[0])),
        "programme_submission": ("ProgrammeSubmission", (held.id, registered[1])),
        "tree_purchase": ("TreePurchase", (held.id, purchase)),
        "tree_payment": ("TreePayment", (held.id, payment)),
    }


async def service_registered(databases: Databases, held: Held) -> tuple[UUID, UUID]:
    """Register a project and, beside it, one that is approved and has a quantity submitted; return both ids."""
    system = Scope.system(held.scope.tenant)
    evidence = await accounts.evidence_of(databases, held)
    async with databases.write(system) as write:
        await service.configure(
            write, system, programme="carbon_inclusive", methodology="low_carbon_scene", valid_from=date(2015, 1, 1),
            terms={"factor": Decimal("0.5"), "rounding": "down", "validity_months": 0}, document="试", reason="试",
        )  # fmt: skip
    made: list[UUID] = []
    for code in ("受害者项目一", "受害者项目二"):
        async with databases.write(held.scope) as write:
            registration = await service.register(
                write, held.scope, holder_id=held.id, programme="carbon_inclusive", methodology="low_carbon_scene",
                code=code, name="受害者项目",
            )  # fmt: skip
        made.append(registration.id)
    async with databases.write(system) as write:
        await service.decide_registration(write, system, account_id=held.id, registration_id=made[1], is_approved=True)
    async with databases.write(held.scope) as write:
        submitted = await service.submit(
            write, held.scope, account_id=held.id, registration_id=made[1], period_from=date(2025, 1, 1),
            period_to=date(2025, 1, 31), inputs={"activity": "7654.321"}, evidence_ids=[evidence.id],
        )  # fmt: skip
    return made[0], submitted.id


async def with_trees(databases: Databases, held: Held) -> tuple[UUID, UUID]:
    """Put a household's trees and their purchase into the books of a jurisdiction whose pack sells none."""
    system = Scope.system(held.scope.tenant)
    household, stand, purchase, payment = (new_id() for _ in range(4))
    first = int(household) % 10**12 + 1
    own = {"programme": "made_up_trees", "division_path": held.account.division_path}
    async with databases.write(system) as write:
        pack = await write.value(select(PackVersion.sha256).order_by(PackVersion.loaded_at.desc()).limit(1))
        await write.run(
            insert(TreeHousehold).values(
                **own, id=household, code=str(household), name="受害者农户", division_code=held.account.division_code,
                mu=Decimal(1), organisation_id=held.holder.id, registered_at=now(),
            )
        )  # fmt: skip
        await write.run(
            insert(TreeStand).values(
                **own, id=stand, household_id=household, first_number=first, last_number=first, first_year=2025,
                last_year=2029, species="", photographs="试", registered_at=now(),
            )
        )  # fmt: skip
        await write.run(
            insert(TreePurchase).values(
                account_id=held.id, id=purchase, programme="made_up_trees", year=2025, trees=1,
                yuan_per_tree=Decimal(3), yuan=Decimal(3), purpose="event", beneficiary="受害者活动", pack_sha256=pack,
                purchased_at=now(),
            )
        )  # fmt: skip
        await write.run(
            insert(TreePurchasePart).values(
                account_id=held.id, purchase_id=purchase, first_number=first, last_number=first,
                programme="made_up_trees", year=2025, stand_id=stand,
            )
        )  # fmt: skip
        await write.run(
            insert(TreePayment).values(
                **own, account_id=held.id, id=payment, purchase_id=purchase, household_id=household, year=2025,
                trees=1, yuan=Decimal(3), state="due",
            )
        )  # fmt: skip
    return purchase, payment
