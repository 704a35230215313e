"""A new programme is a pack entry: a made-up city issues, retires and redeems without a line of code."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from factories import accounts, identity
from factories.ledger import held as holdings
from factories.packs import PACK, write_pack

from backend import installation
from backend.credits.programmes import service
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.tenants.values import RetirementPurpose

PROGRAMME = """
[[programmes]]
code = "kite_reductions"
name_zh = "风筝减排"
name_en = "Kite reductions"
kind = "credits"
unit = "tCO2e"
status = "in_force"
document = "plan"
confidence = "from-memory"

[programmes.unit_class]
code = "KITE_T"
name_zh = "风筝减排量"
name_en = "Kite reduction"
dimension = "tonne"
unit = "tCO2e"
document = "plan"
confidence = "from-memory"

[programmes.review]
is_registration_reviewed = false
document = "plan"
confidence = "from-memory"

[programmes.retirement]
purposes = ["product"]
document = "plan"
confidence = "from-memory"

[[programmes.methodologies]]
code = "flying"
name_zh = "放飞"
name_en = "Flying"
kind = "scene"
formula = "per_unit"
activity_unit = "次"
status = "in_force"
terms.factor = "0.35"
terms.rounding = "half_up"
terms.validity_months = 6
document = "plan"
confidence = "from-memory"
"""


async def test_a_new_programme_needs_no_code(servers: Any, tmp_path: Path) -> None:
    text = PACK.replace('code = "yuncheng"', 'code = "qicheng"').replace("carbon.yuncheng", "carbon.qicheng")
    folder = write_pack(tmp_path, pack=text.replace("\n[score_model]", f"{PROGRAMME}\n[score_model]"), folder="qicheng")
    city = folder.name
    settings = servers.settings.model_copy(update={"tenants": city, "packs_dir": tmp_path})
    addresses = installation.addresses(settings, servers.postgres.url)
    await installation.migrate(addresses, servers.postgres.url)
    databases = Databases({code: each.app.get_secret_value() for code, each in addresses.items()})
    identity.ROOTS[city] = "990100"
    try:
        await installation.furnish(databases, settings)
        async with databases.read(Scope.system(city)) as read:
            found = {each.code: each for each in await ledger.unit_classes(read, Scope.system(city))}
        assert (found["KITE_T"].programme, found["KITE_T"].unit, found["KITE_T"].is_serialised) == (
            "kite_reductions", "tCO2e", True,
        )  # fmt: skip
        held = await accounts.held_account(databases, tenant=city, division="990102", sector="kites")
        bureau = await identity.authority(databases, tenant=city)
        evidence = await accounts.evidence_of(databases, held)
        async with databases.write(held.scope) as write:
            registered = await service.register(
                write, held.scope, holder_id=held.id, programme="kite_reductions", methodology="flying", code="K1",
                name="风筝节",
            )  # fmt: skip
            waiting = await service.submit(
                write, held.scope, account_id=held.id, registration_id=registered.id, period_from=date(2026, 1, 1),
                period_to=date(2026, 1, 31), inputs={"activity": "30"}, evidence_ids=[evidence.id],
            )  # fmt: skip
        async with databases.write(bureau.scope) as write:
            issued = await service.decide(
                write, bureau.scope, account_id=held.id, submission_id=waiting.id, is_approved=True
            )
        assert (issued.computed, issued.quantity) == (Decimal("10.50"), Decimal(11))
        assert issued.valid_until is not None
        async with databases.write(held.scope) as write:
            await service.retire(
                write, held.scope, holder_id=held.id, programme="kite_reductions", quantity=Decimal(4),
                purpose=RetirementPurpose.PRODUCT, beneficiary="风筝 2026 款",
            )  # fmt: skip
        assert await holdings(databases, held.id, "KITE_T", tenant=city) == {
            "available": Decimal(7), "retired": Decimal(4),
        }  # fmt: skip
    finally:
        del identity.ROOTS[city]
        await databases.close()
