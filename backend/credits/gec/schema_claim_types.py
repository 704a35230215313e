"""Claims of certificates on the wire: what a claim, a cover, a verdict and a warning are."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import strawberry

from backend.credits.gec.claim_values import CertificateUse, Claimed, ExpiryWarning, Guidance, Verdict
from backend.credits.gec.claiming_rules import Need
from backend.emissions.service import EnergyClaim
from backend.emissions.values import CheckOutcome, Outcome
from backend.ledger.values import Serials
from backend.wire.nodes import node_id
from backend.wire.scalars import JSON, Month

ACCOUNT = "CarbonAccount"
MOVEMENT = "UnitMovement"
BATCH = "UnitBatch"

CertificateUseEnum = strawberry.enum(
    CertificateUse,
    name="CertificateUse",
    description="What certificates are claimed for: the market-based number of scope 2, or the duty to consume renewable "
    "energy (可再生能源消费责任). One certificate may serve both for the same account.",
)
CertificateNeedEnum = strawberry.enum(
    Need, name="CertificateNeed", description="What an enterprise may need certificates for."
)


@strawberry.type(description="A run of serials of the ledger, both ends included.")
class CertificateSerials:
    """A run of serials."""

    first: Decimal = strawberry.field(description="The first serial.")
    last: Decimal = strawberry.field(description="The last serial.")


@strawberry.type(description="Certificates of one batch within a claim.")
class EnergyClaimPart:
    """Certificates of one batch within a claim."""

    mwh: Decimal = strawberry.field(description="Electricity they stand for, MWh.")
    produced: Month | None = strawberry.field(description="The month it was generated in.")
    batch_id: strawberry.ID = strawberry.field(description="The batch, a node.")
    serials: list[CertificateSerials] = strawberry.field(description="Which certificates.")
    project: str = strawberry.field(description="The project's code.")
    technology: str = strawberry.field(description="E.g. `wind`.")


@strawberry.type(
    name="EnergyClaim", description="Cancelled certificates that cover a year's electricity (绿证抵扣电量)."
)
class EnergyClaimType:
    """Cancelled certificates that cover a year's electricity."""

    movement_id: strawberry.ID = strawberry.field(description="The movement that cancelled them, a node.")
    movement_number: Decimal = strawberry.field(description="Its lasting number.")
    year: int = strawberry.field(description="The year of the electricity.")
    mwh: Decimal = strawberry.field(description="What they cover, MWh.")
    parts: list[EnergyClaimPart] = strawberry.field(description="By batch.")
    recorded_at: datetime = strawberry.field(description="When it was claimed.")
    recorded_by: UUID | None = strawberry.field(description="By whom.")
    withdrawn_at: datetime | None = strawberry.field(description="When the registrar took it back, if ever.")


@strawberry.type(description="A year's electricity that certificates can cover (可抵扣电量).")
class ClaimedEnergy:
    """A year's electricity that certificates can cover."""

    account_id: strawberry.ID = strawberry.field(description="The account's global id.")
    year: int = strawberry.field(description="The year of the electricity.")
    is_year_open: bool = strawberry.field(description="The account reports on this year.")
    purchased_mwh: Decimal = strawberry.field(
        description="Approved purchased electricity less what was sold, MWh; without electricity whose supplier's factor "
        "is declared or that was entered as green."
    )
    claimed_mwh: Decimal = strawberry.field(description="Claimed already, MWh.")
    room_mwh: Decimal = strawberry.field(description="What can still be claimed, MWh.")


@strawberry.type(description="A check's answer for certificates.")
class CertificateCheck:
    """A check's answer."""

    code: str = strawberry.field(description="Stable, e.g. `certificate_year`.")
    outcome: Outcome = strawberry.field(description="Pass, fail, cannot tell; the last blocks too.")
    message_zh: str = strawberry.field(description="中文说明。")
    message_en: str = strawberry.field(description="In English.")
    details: JSON = strawberry.field(description="The facts behind it.")


@strawberry.type(description="Whether certificates serve a need, why, and where the rule stands.")
class CertificateVerdict:
    """Whether certificates serve a need."""

    need: CertificateNeedEnum = strawberry.field(description="The need.")  # type: ignore[valid-type]  # an enum of Strawberry
    label_zh: str = strawberry.field(description="用途名称。")
    label_en: str = strawberry.field(description="The need in English.")
    outcome: Outcome = strawberry.field(description="The worst of the checks.")
    checks: list[CertificateCheck] = strawberry.field(description="Each reason.")
    document: str = strawberry.field(description="The document of the rule; empty when none is on record.")
    source: str = strawberry.field(description="Where the rule was read.")
    confidence: str = strawberry.field(description="How sure that is.")
    is_uncertain: bool = strawberry.field(description="The rule is not verified, or in doubt: people must see that.")
    note: str = strawberry.field(description="What is known of the rule's limits.")


@strawberry.type(description="Certificates of one batch at hand, and which needs they satisfy (绿证用途指引).")
class CertificateGuidance:
    """Certificates at hand and what they serve."""

    batch_id: strawberry.ID = strawberry.field(description="The batch, a node.")
    quantity: Decimal = strawberry.field(description="Certificates available in the account.")
    project: str = strawberry.field(description="The project's code.")
    technology: str = strawberry.field(description="E.g. `wind`.")
    produced: Month | None = strawberry.field(description="The month the electricity was generated in.")
    valid_until: date | None = strawberry.field(description="The last day they can be used.")
    verdicts: list[CertificateVerdict] = strawberry.field(description="One for each need.")


@strawberry.type(name="CreditWarning", description="Units that expire soon: written once, 90, 30 and 7 days before.")
class CreditWarningType:
    """Units that expire soon."""

    account_id: strawberry.ID = strawberry.field(description="The account's global id.")
    unit_class: str = strawberry.field(description="The class of units.")
    batch_id: strawberry.ID = strawberry.field(description="The batch, a node.")
    days: int = strawberry.field(description="Within how many days they expire: 90, 30 or 7.")
    quantity: Decimal = strawberry.field(description="How many lay in the account, locked ones included.")
    valid_until: date = strawberry.field(description="The last day they can be used.")
    warned_at: datetime = strawberry.field(description="When the warning was written.")


@strawberry.type(description="One movement's certificates, cancelled and claimed.")
class CertificateClaim:
    """One movement's certificates, cancelled and claimed."""

    movement_id: strawberry.ID = strawberry.field(description="The movement that cancelled them, a node.")
    movement_number: Decimal = strawberry.field(description="Its lasting number.")
    group_id: UUID | None = strawberry.field(description="What ties the movements of one command together.")
    quantity: Decimal = strawberry.field(description="Certificates.")
    serials: list[CertificateSerials] = strawberry.field(description="Which.")
    uses: list[CertificateUseEnum] = strawberry.field(description="What for.")  # type: ignore[valid-type]  # an enum of Strawberry
    year: int = strawberry.field(description="The year of the electricity.")
    beneficiary: str = strawberry.field(description="For whom.")
    covered_mwh: Decimal | None = strawberry.field(
        description="Electricity covered on the market side of scope 2, MWh; null when not claimed for it."
    )


def serials_shown(serials: Sequence[Serials]) -> list[CertificateSerials]:
    """Return runs of serials as the wire has them."""
    return [CertificateSerials(first=Decimal(first), last=Decimal(last)) for first, last in serials]


def claim_shown(one: Claimed) -> CertificateClaim:
    """Return a claim as the wire has it."""
    movement = one.movement
    return CertificateClaim(
        movement_id=node_id(MOVEMENT, movement.id), movement_number=Decimal(movement.number),
        group_id=movement.group_id, quantity=movement.quantity, serials=serials_shown(movement.serials),
        uses=[CertificateUse(each.use.value) for each in one.claims], year=movement.period or 0,
        beneficiary=movement.beneficiary, covered_mwh=one.energy.mwh if one.energy else None,
    )  # fmt: skip


def energy_claim_shown(one: EnergyClaim) -> EnergyClaimType:
    """Return a cover as the wire has it."""
    return EnergyClaimType(
        movement_id=node_id(MOVEMENT, one.movement_id), movement_number=Decimal(one.movement_number), year=one.year,
        mwh=one.mwh, recorded_at=one.recorded_at, recorded_by=one.recorded_by, withdrawn_at=one.withdrawn_at,
        parts=[
            EnergyClaimPart(
                mwh=part.mwh, produced=Month(part.produced) if part.produced else None,
                batch_id=node_id(BATCH, UUID(part.batch_id)), serials=serials_shown(part.serials),
                project=part.project, technology=part.technology,
            )
            for part in one.parts
        ],
    )  # fmt: skip


def warning_shown(one: ExpiryWarning) -> CreditWarningType:
    """Return a warning as the wire has it."""
    return CreditWarningType(
        account_id=node_id(ACCOUNT, one.account_id), unit_class=one.class_code, batch_id=node_id(BATCH, one.batch_id),
        days=one.days, quantity=one.quantity, valid_until=one.valid_until, warned_at=one.warned_at,
    )  # fmt: skip


def guidance_shown(one: Guidance) -> CertificateGuidance:
    """Return guidance for a batch as the wire has it."""
    return CertificateGuidance(
        batch_id=node_id(BATCH, one.batch_id), quantity=one.quantity, project=one.project_code,
        technology=one.technology, produced=Month(one.produced) if one.produced else None,
        valid_until=one.valid_until, verdicts=[_verdict(each) for each in one.verdicts],
    )  # fmt: skip


def _verdict(one: Verdict) -> CertificateVerdict:
    return CertificateVerdict(
        need=one.need, label_zh=one.label_zh, label_en=one.label_en, outcome=one.outcome,
        checks=[_check(each) for each in one.checks], document=one.document, source=one.source,
        confidence=one.confidence, is_uncertain=one.is_uncertain, note=one.note,
    )  # fmt: skip


def _check(one: CheckOutcome) -> CertificateCheck:
    return CertificateCheck(
        code=one.code, outcome=one.outcome, message_zh=one.zh, message_en=one.en, details=cast("Any", dict(one.details))
    )
