"""Regional programmes on the wire: what is offered, registrations, submissions, participants."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import strawberry

from backend.credits.programmes import queries, rules
from backend.credits.programmes.service.offering import Offered
from backend.credits.programmes.values import (
    InForce,
    ParticipantValue,
    RegistrationValue,
    SettingValue,
    State,
    SubmissionValue,
)
from backend.identity.schema_types import Person, load_person
from backend.ledger.schema_units import UnitAmounts, amounts
from backend.tenants.schema import Division, Provenance, load_division, provenance
from backend.tenants.values import CapPeriod, Formula, MethodologyKind, Pack, RetirementPurpose, Rounding
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, NodeIdInvalid, node_id, node_loader, split, uuids
from backend.wire.scalars import JSON

strawberry.enum(
    State,
    name="ProgrammeState",
    description="How a registration or submission stands; an approved submission is issued, a revoked one was.",
)
strawberry.enum(
    RetirementPurpose,
    name="ProgrammePurpose",
    description="What units are used for: an event (活动), a product (产品), the public good (公益); points are redeemed (兑换).",
)
strawberry.enum(
    Formula,
    name="ProgrammeFormula",
    description="`difference`: baseline - project - leakage; `per_unit`: activity x factor.",
)
strawberry.enum(Rounding, name="ProgrammeRounding", description="How units are rounded: down, or half up.")
strawberry.enum(CapPeriod, name="ProgrammeCapPeriod", description="The calendar span a cap counts over.")
strawberry.enum(
    MethodologyKind, name="MethodologyKind", description="A project with a report, or a scene of daily life (低碳场景)."
)


@strawberry.type(description="The figures of a methodology; null is not known.")
class MethodologyTermsShown:
    """The figures of a methodology."""

    factor: Decimal | None = strawberry.field(description="Units of the programme for one activity unit.")
    rounding: Rounding | None = strawberry.field(description="How units are rounded.")
    cap_participant: Decimal | None = strawberry.field(description="Most units of one participant a cap's period.")
    cap_total: Decimal | None = strawberry.field(description="Most units of all together a cap's period.")
    cap_period: CapPeriod = strawberry.field(description="What a cap counts over.")
    validity_months: int | None = strawberry.field(description="Months from the day of issue; 0 is no end.")


@strawberry.type(description="Terms an administrator set over the pack's, from a day on; never overwritten.")
class ProgrammeSetting:
    """Terms an administrator set."""

    setter_id: strawberry.Private[UUID | None]
    programme: str = strawberry.field(description="The programme's code.")
    methodology: str = strawberry.field(description="The methodology's code.")
    version: int = strawberry.field(description="Counts the settings of this methodology.")
    terms: JSON = strawberry.field(description="All figures as set, decimals as text.")
    valid_from: date = strawberry.field(description="The first day they hold.")
    document: str = strawberry.field(description="Where the figures come from, as the administrator wrote it.")
    reason: str = strawberry.field(description="Why.")
    set_at: datetime = strawberry.field(description="When they were set.")

    @strawberry.field(description="Who set them; null for a program, or where you may not know them.")
    async def set_by(self, info: Info) -> Person | None:
        """Return who set them."""
        return await load_person(info.context, self.setter_id)


@strawberry.type(description="A methodology (方法学) or scene (场景) with the terms in force.")
class ProgrammeMethodology:
    """A methodology with the terms in force."""

    code: str = strawberry.field(description="Its code.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    kind: MethodologyKind = strawberry.field(description="Project or scene.")
    formula: Formula = strawberry.field(description="How a quantity becomes units.")
    inputs: list[str] = strawberry.field(description="What the formula is given.")
    activity_unit: str = strawberry.field(description="The unit of what is submitted.")
    status: str = strawberry.field(description="`in_force`, `pilot`, or `named`: a document names it and no more.")
    terms: MethodologyTermsShown = strawberry.field(description="The figures in force.")
    missing: list[str] = strawberry.field(description="Figures nobody knows yet; nothing is issued until they are set.")
    is_placeholder: bool = strawberry.field(description="The terms still await an administrator.")
    confidence: str = strawberry.field(description="How sure the terms are; `administrator` where one set them.")
    setting: ProgrammeSetting | None = strawberry.field(description="The setting in force; null: the pack's terms.")
    provenance: Provenance = strawberry.field(description="Where the pack took it from.")


@strawberry.type(description="The class of units a programme issues: a book of its own in the ledger.")
class ProgrammeUnitClass:
    """The class of units a programme issues."""

    code: str = strawberry.field(description="The class's code in the ledger.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    dimension: str = strawberry.field(description="`tonne` or `point`; they are never added.")
    unit: str = strawberry.field(description="What one unit is.")
    scale: int = strawberry.field(description="Decimals a quantity may have.")
    is_serialised: bool = strawberry.field(description="Whether units carry serials.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")


@strawberry.type(description="Rules of numbered trees (单株碳汇). Trees are not turned into tonnes.")
class ProgrammeTreeRules:
    """Rules of numbered trees."""

    trees_per_mu: int = strawberry.field(description="Most trees a mu (亩).")
    mu_per_household: Decimal = strawberry.field(description="Most mu a household.")
    trees_per_household: int = strawberry.field(description="Most trees a household.")
    yuan_per_tree_year: Decimal = strawberry.field(description="Price of a tree for a year.")
    years: int = strawberry.field(description="Years trees are registered for.")
    household_share: Decimal = strawberry.field(description="Part of the price the household gets; 1 is all.")
    provenance: Provenance = strawberry.field(description="Where they come from.")


@strawberry.type(description="A regional programme (碳普惠 and the like) that issues units or sells trees.")
class CreditProgramme:
    """A regional programme."""

    code: str = strawberry.field(description="Its code.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    kind: str = strawberry.field(description="`credits` or `points`.")
    status: str = strawberry.field(description="`in_force`, `pilot`, or `named`: a document names it and no more.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")
    unit_class: ProgrammeUnitClass | None = strawberry.field(description="What it issues; null for trees.")
    methodologies: list[ProgrammeMethodology] = strawberry.field(description="With the terms in force today.")
    purposes: list[RetirementPurpose] = strawberry.field(description="What its units may be retired for.")
    purposes_provenance: Provenance | None = strawberry.field(description="Where the purposes come from.")
    is_registration_reviewed: bool = strawberry.field(description="Whether the authority decides on registrations.")
    is_evidence_needed: bool = strawberry.field(description="Whether submissions need evidence.")
    review_provenance: Provenance | None = strawberry.field(description="Where the rules of review come from.")
    trees: ProgrammeTreeRules | None = strawberry.field(description="Rules of trees, where it sells them.")


@strawberry.type(description="Somebody who takes part and is no enterprise, with an account in the ledger.")
class ProgrammeParticipant(Node):
    """A participant that is no enterprise."""

    own_id: strawberry.Private[UUID]
    division_code: strawberry.Private[str]
    programme: str = strawberry.field(description="The programme's code.")
    code: str = strawberry.field(description="Its code within the programme.")
    name: str = strawberry.field(description="Its name.")
    opened_at: datetime = strawberry.field(description="When it was opened.")

    @strawberry.field(description="Its points by bucket; what was redeemed is `retired`.")
    async def points(self, info: Info) -> UnitAmounts:
        """Return its points."""
        return amounts(await info.context.loader(queries.points_of).load(self.own_id))

    @strawberry.field(description="Where it lives.")
    async def division(self, info: Info) -> Division | None:
        """Return its division."""
        return await load_division(info.context, self.division_code)


@strawberry.type(description="A project, or taking part in a scene, under one methodology.")
class ProgrammeRegistration(Node):
    """A registration."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    submitter_id: strawberry.Private[UUID | None]
    decider_id: strawberry.Private[UUID | None]
    programme: str = strawberry.field(description="The programme's code.")
    methodology: str = strawberry.field(description="The methodology's code.")
    code: str = strawberry.field(description="The project's code; registered once in an account.")
    name: str = strawberry.field(description="Its name.")
    description: str = strawberry.field(description="In words; may be empty.")
    state: State = strawberry.field(description="How it stands.")
    submitted_at: datetime = strawberry.field(description="When it was submitted.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    decision: str = strawberry.field(description="The reason given with the decision.")

    @strawberry.field(description="Who submitted it; null where you may not know them.")
    async def submitted_by(self, info: Info) -> Person | None:
        """Return who submitted it."""
        return await load_person(info.context, self.submitter_id)

    @strawberry.field(description="Who decided; null where you may not know them.")
    async def decided_by(self, info: Info) -> Person | None:
        """Return who decided."""
        return await load_person(info.context, self.decider_id)


@strawberry.type(description="A quantity of a period, submitted for issue.")
class ProgrammeSubmission(Node):
    """A submission."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    registration_id: strawberry.Private[UUID]
    submitter_id: strawberry.Private[UUID | None]
    decider_id: strawberry.Private[UUID | None]
    programme: str = strawberry.field(description="The programme's code.")
    methodology: str = strawberry.field(description="The methodology's code.")
    period_from: date = strawberry.field(description="First day.")
    period_to: date = strawberry.field(description="Last day.")
    inputs: JSON = strawberry.field(description="What the formula is given, decimals as text.")
    reference: str = strawberry.field(description="The submitter's own reference.")
    evidence_ids: list[strawberry.ID] = strawberry.field(description="Global ids of the evidence files.")
    state: State = strawberry.field(description="How it stands.")
    computed: Decimal | None = strawberry.field(description="What the formula gave, not rounded; null until issued.")
    quantity: Decimal | None = strawberry.field(description="Units issued; null until issued.")
    terms: JSON | None = strawberry.field(description="The figures used; null until issued.")
    valid_until: date | None = strawberry.field(description="The units' last day; null for no end or not issued.")
    movement_id: strawberry.ID | None = strawberry.field(description="The issue in the ledger; null until issued.")
    submitted_at: datetime = strawberry.field(description="When it was submitted.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    decision: str = strawberry.field(description="The reason given with the decision.")
    revoked_at: datetime | None = strawberry.field(description="When the issue was revoked, its units taken back.")
    revocation: str = strawberry.field(description="Why it was revoked.")

    @strawberry.field(description="What it was submitted under.")
    async def registration(self, info: Info) -> ProgrammeRegistration | None:
        """Return the registration."""
        key = (self.account_id, self.registration_id)
        found = await info.context.loader(queries.registrations_by_id).load(key)
        return None if found is None else registration(found)

    @strawberry.field(description="Who submitted it; null where you may not know them.")
    async def submitted_by(self, info: Info) -> Person | None:
        """Return who submitted it."""
        return await load_person(info.context, self.submitter_id)

    @strawberry.field(description="Who decided; null where you may not know them.")
    async def decided_by(self, info: Info) -> Person | None:
        """Return who decided."""
        return await load_person(info.context, self.decider_id)


def holder_id(value: str, *, path: tuple[str, ...] = ("input", "holderId")) -> UUID:
    """Return the id of a holder: a carbon account, or a participant.

    Raises:
        NodeIdInvalid: the global id of neither.
    """
    try:
        name = split(value)[0]
    except NodeIdInvalid:
        name = ""
    kind = "ProgrammeParticipant" if name == "ProgrammeParticipant" else "CarbonAccount"
    return uuids(value, kind, path=path)[0]


def setting(value: SettingValue) -> ProgrammeSetting:
    """Return a setting as the wire has it."""
    return ProgrammeSetting(
        setter_id=value.set_by, programme=value.programme, methodology=value.methodology, version=value.version,
        terms=cast("JSON", value.terms), valid_from=value.valid_from, document=value.document, reason=value.reason,
        set_at=value.set_at,
    )  # fmt: skip


def methodology(pack: Pack, value: InForce) -> ProgrammeMethodology:
    """Return a methodology as the wire has it."""
    own, terms = value.methodology, value.terms
    return ProgrammeMethodology(
        code=own.code, name_zh=own.name_zh, name_en=own.name_en, kind=own.kind, formula=own.formula,
        inputs=list(rules.INPUTS[own.formula]), activity_unit=own.activity_unit, status=own.status.value,
        terms=MethodologyTermsShown(
            factor=terms.factor, rounding=terms.rounding, cap_participant=terms.cap_participant,
            cap_total=terms.cap_total, cap_period=terms.cap_period, validity_months=terms.validity_months,
        ),
        missing=rules.missing(own, terms), is_placeholder=value.is_placeholder, confidence=value.confidence,
        setting=None if value.setting is None else setting(value.setting), provenance=provenance(pack, own),
    )  # fmt: skip


def programme(value: Offered) -> CreditProgramme:
    """Return a programme as the wire has it."""
    pack, own = value.pack, value.programme
    made, review, retirement, trees = own.unit_class, own.review, own.retirement, own.trees
    return CreditProgramme(
        code=own.code, name_zh=own.name_zh, name_en=own.name_en, kind=own.kind.value, status=own.status.value,
        provenance=provenance(pack, own),
        unit_class=None if made is None else ProgrammeUnitClass(
            code=made.code, name_zh=made.name_zh, name_en=made.name_en, dimension=made.dimension.value, unit=made.unit,
            scale=made.scale, is_serialised=made.is_serialised, provenance=provenance(pack, made),
        ),
        methodologies=[methodology(pack, each) for each in value.methodologies],
        purposes=[] if retirement is None else list(retirement.purposes),
        purposes_provenance=None if retirement is None else provenance(pack, retirement),
        is_registration_reviewed=review is not None and review.is_registration_reviewed,
        is_evidence_needed=review is not None and review.is_evidence_needed,
        review_provenance=None if review is None else provenance(pack, review),
        trees=None if trees is None else ProgrammeTreeRules(
            trees_per_mu=trees.trees_per_mu, mu_per_household=trees.mu_per_household,
            trees_per_household=trees.trees_per_household, yuan_per_tree_year=trees.yuan_per_tree_year,
            years=trees.years, household_share=trees.household_share, provenance=provenance(pack, trees),
        ),
    )  # fmt: skip


def participant(value: ParticipantValue) -> ProgrammeParticipant:
    """Return a participant as the wire has it."""
    return ProgrammeParticipant(
        id=node_id("ProgrammeParticipant", value.id), own_id=value.id, division_code=value.division_code,
        programme=value.programme, code=value.code, name=value.name, opened_at=value.opened_at,
    )  # fmt: skip


def registration(value: RegistrationValue) -> ProgrammeRegistration:
    """Return a registration as the wire has it."""
    return ProgrammeRegistration(
        id=node_id("ProgrammeRegistration", value.account_id, value.id), account_id=value.account_id, own_id=value.id,
        submitter_id=value.submitted_by, decider_id=value.decided_by, programme=value.programme,
        methodology=value.methodology, code=value.code, name=value.name, description=value.description,
        state=value.state, submitted_at=value.submitted_at, decided_at=value.decided_at, decision=value.decision,
    )  # fmt: skip


def submission(value: SubmissionValue) -> ProgrammeSubmission:
    """Return a submission as the wire has it."""
    return ProgrammeSubmission(
        id=node_id("ProgrammeSubmission", value.account_id, value.id), account_id=value.account_id, own_id=value.id,
        registration_id=value.registration_id, submitter_id=value.submitted_by, decider_id=value.decided_by,
        programme=value.programme, methodology=value.methodology, period_from=value.period_from,
        period_to=value.period_to, inputs=cast("JSON", value.inputs), reference=value.reference,
        evidence_ids=[node_id("Evidence", value.account_id, each) for each in value.evidence_ids], state=value.state,
        computed=value.computed, quantity=value.quantity, terms=cast("JSON | None", value.terms), valid_until=value.valid_until,
        movement_id=None if value.movement_id is None else node_id("UnitMovement", value.movement_id),
        submitted_at=value.submitted_at, decided_at=value.decided_at, decision=value.decision,
        revoked_at=value.revoked_at, revocation=value.revocation,
    )  # fmt: skip


def register(type_name: str, batch: Any, make: Callable[[Any], Any], parts: int) -> None:  # noqa: ANN401 - a query of any key
    """Tell `node(id:)` how to fetch a type whose global id has so many parts."""

    async def load(context: Context, *ids: UUID) -> Any:  # noqa: ANN401 - a node or None
        context.scope.require("credits:read")
        if len(ids) != parts:
            return None
        found = await context.loader(batch).load(ids[0] if parts == 1 else ids)
        return None if found is None else make(found)

    node_loader(type_name)(load)


def own_key(value: str, type_name: str, *, path: tuple[str, ...]) -> tuple[UUID, UUID]:
    """Return (holder, own id) of something below a holder.

    Raises:
        NodeIdInvalid: not the global id of such a thing.
    """
    ids = uuids(value, type_name, path=path)
    if len(ids) != 2:  # noqa: PLR2004 - holder and own
        raise NodeIdInvalid(id=value, expected=type_name, path=path)
    return ids[0], ids[1]


register("ProgrammeParticipant", queries.participants_by_id, participant, 1)
register("ProgrammeRegistration", queries.registrations_by_id, registration, 2)
register("ProgrammeSubmission", queries.submissions_by_id, submission, 2)
