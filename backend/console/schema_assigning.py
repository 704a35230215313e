"""Verifiers' assignments on the wire: proposed, answered, engaged; independence, workload, terms."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, CarbonAccount, First, load_account, own_key
from backend.console.access import of_authority
from backend.console.assigning import queries, recording, rules, steps
from backend.console.values import (
    AssignmentState,
    AssignmentValue,
    InterestCheck,
    Outcome,
    RelationKind,
    RelationValue,
    TermsValue,
    Workload,
)
from backend.identity.schema_types import Organisation, load_organisation
from backend.kit.clock import today
from backend.kit.db import Write
from backend.kit.scope import Kind
from backend.tenants import service as tenants
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader, uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.
ASSIGNMENT = "VerificationAssignment"
AssignmentStateEnum = strawberry.enum(
    AssignmentState, name="VerificationAssignmentState",
    description="PROPOSED, waits for the verifier (待核查机构答复); ACCEPTED, waits for the enterprise (待企业委托); ENGAGED "
    "(核查中); DONE (已核查); DECLINED (核查机构不接受); WITHDRAWN (已撤回).",
)  # fmt: skip
RelationKindEnum = strawberry.enum(
    RelationKind, name="VerifierRelationKind",
    description="What binds a verifier to an enterprise: CONSULTING (碳咨询服务), OWNERSHIP (股权或控制关系), STAFF "
    "(人员任职或亲属关系), OTHER.",
)  # fmt: skip
IndependenceOutcome = strawberry.enum(
    Outcome, name="IndependenceOutcome", description="Pass, fail, or cannot be told; the last two block."
)


@strawberry.type(description="A check of a verifier's independence (独立性核查).")
class IndependenceCheck:
    """A check of independence."""

    code: str = strawberry.field(description="relations, rotation or declaration.")
    outcome: IndependenceOutcome = strawberry.field(description="What was found.")  # type: ignore[valid-type]  # an enum named for the wire
    reason_zh: str = strawberry.field(description="Why, in Chinese.")
    reason_en: str = strawberry.field(description="Why, in English.")


def _check(value: InterestCheck) -> IndependenceCheck:
    return IndependenceCheck(code=value.code, outcome=value.outcome, reason_zh=value.zh, reason_en=value.en)


@strawberry.type(
    description="A verifier proposed by the authority for an account's year (核查任务). It opens nothing by itself: the "
    "enterprise engages the verifier."
)
class VerificationAssignment(Node):
    """A verifier proposed for an account's year."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    division_path: strawberry.Private[str]
    verifier_id: strawberry.Private[UUID]
    own_engagement_id: strawberry.Private[UUID | None]
    account_number: str = strawberry.field(description="The account's number.")
    enterprise_name: str = strawberry.field(description="The enterprise's name when it was proposed.")
    credit_code: str = strawberry.field(description="The enterprise's unified social credit code.")
    year: int = strawberry.field(description="The year to verify.")
    state: AssignmentStateEnum = strawberry.field(description="How far it has come.")  # type: ignore[valid-type]  # an enum named for the wire
    due_on: date = strawberry.field(description="The day it is to be done by.")
    note: str = strawberry.field(description="The authority's remarks.")
    proposed_at: datetime = strawberry.field(description="When it was proposed.")
    answered_at: datetime | None = strawberry.field(description="When the verifier answered.")
    answer: str = strawberry.field(description="The verifier's remarks, or why it was declined or withdrawn.")
    ended_at: datetime | None = strawberry.field(description="When it was done, declined or withdrawn.")

    @strawberry.field(description="Whether its day is over and it is not done.")
    def is_late(self) -> bool:
        """Tell whether it is late."""
        return self.state in rules.OPEN and self.due_on < today()

    @strawberry.field(description="The account; null where you may not see it: a verifier before it is engaged.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_id)

    @strawberry.field(description="The verification body.")
    async def verifier(self, info: Info) -> Organisation | None:
        """Return the verifier."""
        return await load_organisation(info.context, self.verifier_id)

    @strawberry.field(description="The engagement that opened the account to it; null before.")
    def engagement_id(self) -> strawberry.ID | None:
        """Return the engagement's global id."""
        return None if self.own_engagement_id is None else node_id("Engagement", self.own_engagement_id)

    @strawberry.field(
        description="The checks of its independence as they stand now, for the authority and the enterprise; empty for others."
    )
    async def independence(self, info: Info) -> list[IndependenceCheck]:
        """Return the checks."""
        if info.context.scope.kind not in {Kind.AUTHORITY, Kind.ENTERPRISE}:
            return []
        asked = (self.account_id, self.division_path, self.credit_code, self.verifier_id, self.year)
        found = await info.context.loader(queries.independence).load(asked)
        return [_check(each) for each in (*found, rules.check_declaration(self.state))]


def assignment_shown(value: AssignmentValue) -> VerificationAssignment:
    """Return an assignment as the wire has it."""
    return VerificationAssignment(
        id=node_id(ASSIGNMENT, value.account_id, value.id), account_id=value.account_id, own_id=value.id,
        division_path=value.division_path, verifier_id=value.verifier_id, own_engagement_id=value.engagement_id,
        account_number=value.account_number, enterprise_name=value.enterprise_name, credit_code=value.credit_code,
        year=value.year, state=value.state, due_on=value.due_on, note=value.note, proposed_at=value.proposed_at,
        answered_at=value.answered_at, answer=value.answer, ended_at=value.ended_at,
    )  # fmt: skip


@node_loader(ASSIGNMENT)
async def load_assignment(context: Context, *ids: UUID) -> VerificationAssignment | None:
    """Fetch an assignment for `node(id:)`."""
    context.scope.require("console:read")
    if len(ids) != 2:  # noqa: PLR2004 - account and own
        return None
    found = await context.loader(queries.assignment_batch).load((ids[0], ids[1]))
    return None if found is None else assignment_shown(found)


@strawberry.type(
    description="What binds a verifier to the enterprise of a credit code (利害关系), as somebody recorded it."
)
class VerifierRelation:
    """What binds a verifier to an enterprise."""

    verifier_id: strawberry.Private[UUID]
    id: strawberry.ID = strawberry.field(description="Global id.")
    credit_code: str = strawberry.field(description="The enterprise's unified social credit code.")
    kind: RelationKindEnum = strawberry.field(description="What it is.")  # type: ignore[valid-type]  # an enum named for the wire
    starts_on: date = strawberry.field(description="Its first day.")
    ends_on: date | None = strawberry.field(description="Its last day; null while it lasts.")
    note: str = strawberry.field(description="What is known of it.")
    is_own_word: bool = strawberry.field(description="Whether the verifier itself says so.")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")

    @strawberry.field(description="The verification body.")
    async def verifier(self, info: Info) -> Organisation | None:
        """Return the verifier."""
        return await load_organisation(info.context, self.verifier_id)


def _relation(value: RelationValue) -> VerifierRelation:
    return VerifierRelation(
        id=node_id("VerifierRelation", value.id), verifier_id=value.verifier_id, credit_code=value.credit_code,
        kind=value.kind, starts_on=value.starts_on, ends_on=value.ends_on, note=value.note,
        is_own_word=value.is_own_word, recorded_at=value.recorded_at,
    )  # fmt: skip


@strawberry.type(description="The authority's terms for verifiers of a division; what is null is not limited.")
class VerificationTerms:
    """The authority's terms for verifiers."""

    most_years: int | None = strawberry.field(
        description="Years in a row a verifier may verify the same account; null: no limit is set."
    )
    cooling_years: int | None = strawberry.field(
        description="Years a relation counts after its last day; null: every relation ever recorded counts."
    )
    document_title: str = strawberry.field(description="The document they come from.")
    document_number: str = strawberry.field(description="Its number; may be empty.")
    document_date: date = strawberry.field(description="Its day.")
    recorded_at: datetime = strawberry.field(description="When they were set.")


def _terms(value: TermsValue) -> VerificationTerms:
    return VerificationTerms(
        most_years=value.most_years, cooling_years=value.cooling_years, document_title=value.document_title,
        document_number=value.document_number, document_date=value.document_date, recorded_at=value.recorded_at,
    )  # fmt: skip


@strawberry.type(description="What a verifier has to do in your region.")
class VerifierWorkload:
    """What a verifier has to do."""

    verifier_id: strawberry.Private[UUID]
    proposed: int = strawberry.field(description="Proposals it has not answered.")
    open: int = strawberry.field(description="Assignments it accepted and has not done.")
    late: int = strawberry.field(description="Of both, those whose day is over.")
    done: int = strawberry.field(description="Assignments it finished this calendar year.")
    next_due_on: date | None = strawberry.field(description="The next day something is due.")

    @strawberry.field(description="The verification body.")
    async def verifier(self, info: Info) -> Organisation | None:
        """Return the verifier."""
        return await load_organisation(info.context, self.verifier_id)


def _workload(value: Workload) -> VerifierWorkload:
    return VerifierWorkload(
        verifier_id=value.verifier_id, proposed=value.proposed, open=value.open, late=value.late, done=value.done,
        next_due_on=value.next_due_on,
    )  # fmt: skip


@strawberry.input(description="Which assignments; what is left out does not restrict.")
class VerificationAssignmentsFilter:
    """Which assignments."""

    state: AssignmentStateEnum | None = strawberry.field(default=None, description="How far.")  # type: ignore[valid-type]  # an enum named for the wire
    is_open: bool = strawberry.field(default=False, description="Only those something is still to be done about.")
    year: int | None = strawberry.field(default=None, description="The year to verify.")
    verifier_id: strawberry.ID | None = strawberry.field(default=None, description="The verification body.")
    account_id: strawberry.ID | None = strawberry.field(default=None, description="The account.")
    division_code: str | None = strawberry.field(default=None, description="In this division or below.")


@strawberry.type
class AssigningQuery:
    """Reading assignments."""

    @strawberry.field(description="Verifiers' assignments you may see (核查任务), the earliest due first.")
    async def verification_assignments(
        self,
        info: Info,
        where: Annotated[VerificationAssignmentsFilter | None, strawberry.argument(description="Which.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[VerificationAssignment]:
        """List assignments."""
        scope, asked, wanted = info.context.scope, page(first, after), where or VerificationAssignmentsFilter()
        scope.require("console:read")
        key = asked.key(date.fromisoformat, UUID)
        verifier = wanted.verifier_id
        account = wanted.account_id
        async with info.context.read() as read:
            under = None
            if wanted.division_code is not None:
                under = (await tenants.required_division(read, scope, wanted.division_code)).path
            rows = await queries.assignments(
                read, scope, state=wanted.state, is_open=wanted.is_open, year=wanted.year, under=under,
                verifier_id=None if verifier is None else uuids(verifier, "Organisation", path=("where", "verifierId"))[0],
                account_id=None if account is None else uuids(account, "CarbonAccount", path=("where", "accountId"))[0],
                limit=asked.fetch, after=None if key is None else (key[0], key[1]),
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.due_on, row.id], make=assignment_shown)

    @strawberry.field(description="One assignment; null when it is not yours to see.")
    async def verification_assignment(self, info: Info, id: strawberry.ID) -> VerificationAssignment | None:
        """Return one assignment."""
        return await load_assignment(info.context, *own_key(id, ASSIGNMENT, path=("id",)))

    @strawberry.field(description="Every verification body with what it has to do in your region, by name.")
    async def verifier_workloads(
        self, info: Info, first: First = 50, after: After = None
    ) -> Connection[VerifierWorkload]:
        """List workloads."""
        asked = page(first, after)
        key = asked.key(str, UUID)
        async with info.context.read() as read:
            rows = await queries.workloads(
                read, info.context.scope, limit=asked.fetch, after=None if key is None else (key[0], key[1])
            )
        return connect(rows, asked, key=lambda row: [row.name, row.verifier_id], make=_workload)

    @strawberry.field(
        description="What binds verifiers to enterprises, as far as you may know, in the order of recording."
    )
    async def verifier_relations(
        self,
        info: Info,
        verifier_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only of this one.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[VerifierRelation]:
        """List relations."""
        asked = page(first, after)
        key = asked.key(UUID)
        verifier = None if verifier_id is None else uuids(verifier_id, "Organisation", path=("verifierId",))[0]
        async with info.context.read() as read:
            rows = await queries.relations(
                read, info.context.scope, verifier_id=verifier, limit=asked.fetch,
                after=None if key is None else key[0],
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.id], make=_relation)

    @strawberry.field(description="The terms for verifiers in force at a division; null where no authority set any.")
    async def verification_terms(self, info: Info, division_code: str) -> VerificationTerms | None:
        """Return the terms in force."""
        scope = info.context.scope
        of_authority(scope)
        async with info.context.read() as read:
            division = await tenants.required_division(read, scope, division_code)
            found = await queries.terms_in_force(read, scope, division.path)
        return None if found is None else _terms(found)


@strawberry.input(description="Propose a verifier for an account's year.")
class ProposeVerifierInput:
    """Propose a verifier."""

    account_id: strawberry.ID = strawberry.field(description="An account of your region.")
    year: int = strawberry.field(description="The year to verify.")
    verifier_id: strawberry.ID = strawberry.field(description="The verification body.")
    due_on: date = strawberry.field(description="The day it is to be done by, today or later.")
    note: str = strawberry.field(default="", description="Remarks, up to 1,000 characters.")


@strawberry.input(description="Answer a proposed assignment.")
class AnswerAssignmentInput:
    """Answer a proposed assignment."""

    assignment_id: strawberry.ID = strawberry.field(description="The assignment's global id.")
    is_accepted: bool = strawberry.field(description="Whether you take it.")
    is_independent: bool = strawberry.field(
        default=False, description="That you declare to be independent of the enterprise; needed to accept."
    )
    answer: str = strawberry.field(default="", description="Remarks; the reason of a refusal.")


@strawberry.input(description="Engage the verifier that accepted an assignment.")
class EngageProposedVerifierInput:
    """Engage the proposed verifier."""

    assignment_id: strawberry.ID = strawberry.field(description="The assignment's global id.")
    ends_on: date | None = strawberry.field(
        default=None, description="Its last day; without one the assignment's own. It sees your account until then."
    )


@strawberry.input(description="Take an assignment back.")
class WithdrawAssignmentInput:
    """Take an assignment back."""

    assignment_id: strawberry.ID = strawberry.field(description="The assignment's global id.")
    reason: str = strawberry.field(description="Why, 1 to 1,000 characters.")


@strawberry.input(description="Write down what binds a verifier to an enterprise.")
class RecordVerifierRelationInput:
    """Write down a relation."""

    verifier_id: strawberry.ID | None = strawberry.field(
        default=None, description="The verification body; a verifier speaks of itself and leaves it out."
    )
    credit_code: str = strawberry.field(description="The enterprise's unified social credit code.")
    kind: RelationKindEnum = strawberry.field(description="What it is.")  # type: ignore[valid-type]  # an enum named for the wire
    starts_on: date = strawberry.field(description="Its first day.")
    ends_on: date | None = strawberry.field(default=None, description="Its last day; null while it lasts.")
    note: str = strawberry.field(description="What is known of it, 1 to 1,000 characters.")


@strawberry.input(description="Set the terms for verifiers of your region; what is null is not limited.")
class SetVerificationTermsInput:
    """Set the terms for verifiers."""

    most_years: int | None = strawberry.field(default=None, description="Years in a row, 1 to 20.")
    cooling_years: int | None = strawberry.field(
        default=None, description="Years a relation counts after its last day, 1 to 20."
    )
    document_title: str = strawberry.field(description="The document they come from.")
    document_number: str = strawberry.field(default="", description="Its number.")
    document_date: date = strawberry.field(description="Its day.")


@strawberry.type(description="A step of an assignment was taken.")
class AssignmentStepped:
    """A step was taken."""

    assignment: VerificationAssignment = strawberry.field(description="As it stands now.")


@strawberry.type(description="The relation was recorded.")
class VerifierRelationRecorded:
    """The relation was recorded."""

    relation: VerifierRelation = strawberry.field(description="As it was recorded.")


@strawberry.type(description="The terms were set.")
class VerificationTermsSet:
    """The terms were set."""

    terms: VerificationTerms = strawberry.field(description="As they are in force now.")


@strawberry.type
class AssigningMutation:
    """Commands on assignments."""

    @command("console:propose_verifier")
    async def propose_verifier(context: Context, write: Write, input: ProposeVerifierInput) -> AssignmentStepped:
        """Propose a verifier for an account's year; what is recorded of its independence must not speak against it."""
        value = await steps.propose(
            write, context.scope, account_id=uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))[0],
            year=input.year, due_on=input.due_on, note=input.note,
            verifier_id=uuids(input.verifier_id, "Organisation", path=("input", "verifierId"))[0],
        )  # fmt: skip
        return AssignmentStepped(assignment=assignment_shown(value))

    @command("console:answer_assignment")
    async def answer_assignment(context: Context, write: Write, input: AnswerAssignmentInput) -> AssignmentStepped:
        """Accept a proposed assignment, declaring independence, or decline it."""
        value = await steps.answer(
            write, context.scope, *_key(input.assignment_id), is_accepted=input.is_accepted,
            is_independent=input.is_independent, text_given=input.answer,
        )  # fmt: skip
        return AssignmentStepped(assignment=assignment_shown(value))

    @command("console:engage_verifier")
    async def engage_proposed_verifier(
        context: Context, write: Write, input: EngageProposedVerifierInput
    ) -> AssignmentStepped:
        """Engage the verifier that accepted: from today it sees your account."""
        value = await steps.engage(write, context.scope, *_key(input.assignment_id), ends_on=input.ends_on)
        return AssignmentStepped(assignment=assignment_shown(value))

    @command("console:withdraw_assignment")
    async def withdraw_assignment(context: Context, write: Write, input: WithdrawAssignmentInput) -> AssignmentStepped:
        """Take an assignment back, with the reason."""
        value = await steps.withdraw(write, context.scope, *_key(input.assignment_id), input.reason)
        return AssignmentStepped(assignment=assignment_shown(value))

    @command("console:record_relation")
    async def record_verifier_relation(
        context: Context, write: Write, input: RecordVerifierRelationInput
    ) -> VerifierRelationRecorded:
        """Write down what binds a verifier to an enterprise; it stays on record."""
        given = input.verifier_id
        value = await recording.record_relation(
            write, context.scope,
            verifier_id=None if given is None else uuids(given, "Organisation", path=("input", "verifierId"))[0],
            credit_code=input.credit_code, kind=input.kind, starts_on=input.starts_on, ends_on=input.ends_on,
            note=input.note,
        )  # fmt: skip
        return VerifierRelationRecorded(relation=_relation(value))

    @command("console:set_terms")
    async def set_verification_terms(
        context: Context, write: Write, input: SetVerificationTermsInput
    ) -> VerificationTermsSet:
        """Set the terms for verifiers of your region, with the document they come from."""
        value = await recording.set_terms(
            write, context.scope, most_years=input.most_years, cooling_years=input.cooling_years,
            title=input.document_title, number=input.document_number, dated=input.document_date,
        )  # fmt: skip
        return VerificationTermsSet(terms=_terms(value))


def _key(given: strawberry.ID) -> tuple[UUID, UUID]:
    return own_key(given, ASSIGNMENT, path=("input", "assignmentId"))
