"""A works whose statement rests on every kind of formula, and its bundle.

world = await bundled_world(databases, settings)        # World: .works .subject .parts .keys, .zipped() and .files()
"""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from factories import accounts, identity, inventory, ledger, statements
from factories.account_statement import Works, claimed, computed, with_data
from sqlalchemy import insert

from backend.emissions.models import ActivityBatch, ActivityRecord, Approval
from backend.identity import service as identity_service
from backend.jobs.bookkeeping import seal_journal
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Kind
from backend.kit.settings import Settings
from backend.ledger import service as ledger_service
from backend.ledger.values import Accepts, Reason, Selection
from backend.statements import service, signing
from backend.statements.account import encoding, gathering
from backend.statements.account.issued import JWS_TYPE
from backend.statements.bundle import archive, subjects
from backend.statements.bundle import gathering as bundling
from backend.statements.bundle.values import MOST_PROOFS, Part, Subject
from backend.statements.values import DocumentKey

D = Decimal
FIRST = date(2025, 1, 1)
SOURCES: tuple[tuple[str, str, str, int, str, str, dict[str, str], str], ...] = (
    ("D01", "fuel_combustion", "t", 1, "combustion", "柴油", {"ncv": "43.1"}, "3.7"),
    ("D02", "fuel_combustion", "t", 1, "combustion", "烟煤", {"elemental_carbon": "0.571"}, "11"),
    ("D03", "fuel_combustion", "t", 1, "combustion", "烟煤", {"factor": "1.9", "factor_source": "检测报告"}, "2"),
    ("C01", "clinker", "t", 1, "process", "", {"cao": "0.653", "mgo": "0.021", "cao_noncarbonate": "0.004"}, "91"),
    ("K01", "carbonate", "t", 1, "process", "limestone", {"purity": "0.97"}, "13.5"),
    ("S01", "steel_carbon_output", "t", 1, "process", "crude_steel", {}, "70"),
    ("A01", "aluminium_pfc_slope", "t", 1, "aluminium", "cwpb", {"anode_effect_minutes": "0.21"}, "55"),
    ("A02", "aluminium_anode", "t", 1, "aluminium", "", {}, "55"),
    ("R01", "release_sf6", "t", 1, "fugitive", "", {}, "0.0002"),
    ("H02", "purchased_steam", "t", 2, "heat", "", {"enthalpy": "2793.1"}, "210"),
    ("X01", "sold_electricity", "MWh", 2, "electricity", "", {}, "40"),
    ("G01", "purchased_green_electricity", "MWh", 2, "electricity", "", {"certificate": "GEC-1"}, "25"),
    ("M01", "purchased_electricity", "MWh", 2, "electricity", "", {"market_factor": "0.2", "market_factor_source": "合同"}, "30"),
    ("N01", "onsite_nonfossil_electricity", "万kWh", 2, "electricity", "", {}, "1.5"),
    ("V01", "scope3_activity", "km", 3, "business_travel", "business_travel", {"factor": "0.0002", "factor_source": "估算"}, "900"),
    ("V02", "direct_statement", "tCO2e", 3, "waste", "", {"reason": "处置单位出具"}, "1.25"),
)  # fmt: skip


@dataclass
class World:
    """A works, the statement a bundle is made of, the parts of the bundle, the key that signs it, all keys published."""

    works: Works
    subject: Subject
    parts: list[Part]
    jws: str
    key: DocumentKey
    keys: list[dict[str, Any]]
    other: accounts.Held
    content: bytes

    def files(self) -> dict[str, bytes]:
        """Return the files of the archive."""
        return unzipped(self.content)


def unzipped(content: bytes) -> dict[str, bytes]:
    """Return the files of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def rezipped(files: dict[str, bytes], *, is_listed: bool = False) -> bytes:
    """Return an archive of these files; with `is_listed` the manifest names them as they now are, and nobody signed it."""
    files = dict(files)
    if is_listed:
        manifest = json.loads(files["manifest.json"])
        manifest["files"] = [
            {"name": name, "size": len(each), "sha256": sha256(each).hexdigest()}
            for name, each in sorted(files.items())
            if name not in ("manifest.json", "signature.jws")
        ]
        files["manifest.json"] = json.dumps(manifest).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, each in files.items():
            made.writestr(name, each)
    return out.getvalue()


async def rich_works(databases: Databases) -> tuple[Works, accounts.Held]:
    """Make a works that uses every formula and every verb of the ledger, and the account it trades with."""
    works = await with_data(databases)
    place = works.place
    for code, method, unit, scope, category, key, given, monthly in SOURCES:
        own = await inventory.add_source(
            databases, place, code, method, unit, key=key, scope=scope, category=category, parameters=given
        )
        await inventory.add_records(databases, place, own, unit, inventory.whole_year(2025, monthly))
    metered = await inventory.add_source(
        databases, place, "E02", "purchased_electricity", "kWh", category="electricity"
    )
    meter = await inventory.add_meter(databases, place, metered, "kWh", "40", (date(2024, 6, 1), date(2025, 8, 31)))
    await inventory.add_records(
        databases, place, metered, "kWh", inventory.whole_year(2025, "1234.5"), tier="metered", meter_id=meter
    )
    await with_evidence(databases, works, place.sources["E02"])
    await ledger.with_points(databases)
    other = await accounts.held_account(databases)
    async with databases.write(other.scope) as write:
        await ledger_service.choose_acceptance(write, other.scope, other.id, Accepts.AUTOMATICALLY)
    await ledger.issued(databases, works.id, "CCER", 900, vintage=2024)
    await ledger.issued(databases, works.id, "TEST_POINT", D("12.50"))
    await ledger.imported(
        databases, works.scope, works.id, "GEC", 5000, vintage=2025, produced_from=date(2025, 3, 1),
        produced_to=date(2025, 3, 31), valid_until=date(2098, 2, 28), project_code="11320000000000001",
        attributes={"technology": "wind", "kind": "grid_fed"},
    )  # fmt: skip
    bank = await identity.organisation(databases, Kind.BANK)
    async with databases.write(works.scope) as write:
        await ledger_service.transfer(
            write, works.scope, works.id, Selection("CCER", D(100)), to_account_id=other.id
        )  # fmt: skip
    async with databases.write(works.scope) as write:
        await ledger_service.pledge(
            write, works.scope, works.id, Selection("CCER", D(50)), bank.id, Reason(reference="贷-1")
        )
    await statements.retired(
        databases, works.held, Selection("CCER", D(120)), purpose="event", beneficiary="年度股东大会"
    )
    await statements.retired(
        databases, works.held, Selection("TEST_POINT", D("2.25")), purpose="event", beneficiary="员工"
    )
    await claimed(databases, works, 2025, 3000)
    await computed(databases, works, 2024, is_verified=False)
    await computed(databases, works, 2025, is_verified=False)
    return works, other


async def with_evidence(databases: Databases, works: Works, source_id: UUID) -> None:
    """Record a first month of 2024 that rests on evidence."""
    file = await accounts.evidence_of(databases, works.held, b"invoice 2024-01")
    batch_id, at = new_id(), datetime.now(UTC)
    async with databases.write(works.place.system) as write:
        await write.run(
            insert(ActivityBatch).values(
                account_id=works.id, id=batch_id, origin="single", state="stored", created_at=at, created_by=None
            )
        )
        await write.run(
            insert(ActivityRecord).values(
                account_id=works.id, id=new_id(), batch_id=batch_id, source_id=source_id, meter_id=None,
                month=date(2024, 1, 1), quantity=D("777.7"), unit="kWh", tier="invoiced", parameters={},
                evidence_id=file.id, recorded_at=at, recorded_by=None, reason="",
            )
        )  # fmt: skip
        await write.run(
            insert(Approval).values(
                account_id=works.id, id=new_id(), batch_id=batch_id, decision="approved", decided_at=datetime.now(UTC),
                decided_by=None,
            )
        )  # fmt: skip


async def stated(databases: Databases, settings: Settings, works: Works, number: str) -> bytes:
    """Return the JSON of a statement of 2025 until today, as it would be issued."""
    async with databases.read(works.scope) as read:
        data = await gathering.account_statement(read, works.scope, settings, works.id, FIRST, today())
    return encoding.document(data, number, datetime.now(UTC), f"http://localhost:8000/wuxi/verify/{number}")


async def key_of_documents(databases: Databases, settings: Settings, works: Works) -> DocumentKey:
    """Return the jurisdiction's document key."""
    system = works.place.system
    async with databases.write(system) as write:
        return await service.document_key(write, system, identity_service.seal_of(settings))


async def bundled_world(databases: Databases, settings: Settings) -> World:
    """Make the works, seal the journal, and make the bundle of its statement."""
    works, other = await rich_works(databases)
    await seal_journal(databases, settings, "wuxi")
    document = await stated(databases, settings, works, "AS-320200-2026-7K3M-9QXP-4TB0")
    subject = subjects.subject_of(document)
    key = await key_of_documents(databases, settings, works)
    async with databases.read(works.scope) as read:
        parts = (await bundling.gather(read, works.scope, subject, most_proofs=MOST_PROOFS)).parts
    async with databases.read(works.place.system) as read:
        keys = await service.public_keys(read, works.place.system)
    jws = signing.detached(document, key, JWS_TYPE)
    return World(works, subject, parts, jws, key, keys, other, archive.made(subject, parts, jws, key, keys))
