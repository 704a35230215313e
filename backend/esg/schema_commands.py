"""Commands of disclosure on the wire."""

from collections.abc import Sequence
from uuid import UUID

import strawberry

from backend.esg import service
from backend.esg.schema_city import EsgCityMutation
from backend.esg.schema_inputs import (
    AnswerDisclosurePointInput,
    AssessDisclosureTopicsInput,
    AssignDisclosurePointsInput,
    AssureDisclosureInput,
    CorrectDisclosureInput,
    DisclosureInput,
    DisclosurePointReasonInput,
    OpenDisclosureInput,
    OverrideDisclosurePointInput,
    RecordDisclosureProfileInput,
    ReturnDisclosureInput,
    SubmitDisclosureInput,
)
from backend.esg.schema_types import (
    DISCLOSURE,
    PUBLICATION,
    Disclosure,
    DisclosureAssurance,
    DisclosureProfile,
    DisclosurePublication,
    assurance,
    disclosure,
    own_key,
    profile,
    publication,
)
from backend.esg.schema_work import DisclosureEntry, DisclosureTask, entry, task
from backend.kit.db import Write
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.


@strawberry.type(description="The profile was recorded.")
class DisclosureProfileRecorded:
    """The profile was recorded."""

    profile: DisclosureProfile = strawberry.field(description="As recorded; it never changes, the newest counts.")


@strawberry.type(description="The disclosure was opened or moved on.")
class DisclosureChanged:
    """The disclosure was opened or moved on."""

    disclosure: Disclosure = strawberry.field(description="Where it stands now.")


@strawberry.type(description="The account's figures were taken again.")
class DisclosureRefreshed:
    """The account's figures were taken again."""

    disclosure: Disclosure = strawberry.field(description="Where it stands.")
    changed: list[str] = strawberry.field(description="The points that changed.")


@strawberry.type(description="Something was said of a point.")
class DisclosurePointAnswered:
    """Something was said of a point."""

    point: str = strawberry.field(description="The point's name.")
    entry: DisclosureEntry = strawberry.field(description="As it was said; it never changes.")


@strawberry.type(description="Topics were judged.")
class DisclosureTopicsAssessed:
    """Topics were judged."""

    topics: list[int] = strawberry.field(description="Their numbers.")


@strawberry.type(description="Points were assigned.")
class DisclosurePointsAssigned:
    """Points were assigned."""

    tasks: list[DisclosureTask] = strawberry.field(description="Who answers for what, by when.")


@strawberry.type(description="The disclosure was published.")
class DisclosurePublished:
    """The disclosure was published."""

    publication: DisclosurePublication = strawberry.field(description="With its number and hash.")


@strawberry.type(description="The statement was signed.")
class DisclosureAssured:
    """The statement was signed."""

    assurance: DisclosureAssurance = strawberry.field(description="As signed; it never changes.")


def _files(ids: Sequence[str]) -> list[UUID]:
    return [uuids(each, "Evidence", path=("input", "evidenceIds"))[-1] for each in ids]


def _disclosure(value: str) -> tuple[UUID, UUID]:
    return own_key(value, DISCLOSURE, path=("input", "disclosureId"))


async def _now(write: Write, context: Context, key: tuple[UUID, UUID]) -> Disclosure:
    found = (await service.disclosures_by_id(write, context.scope, [key]))[0]
    if found is None:  # pragma: no cover - a command has just held it
        raise LookupError(key)
    return disclosure(found)


@strawberry.type
class EsgMutation(EsgCityMutation):
    """Commands of esg."""

    @command("esg:disclose")
    async def record_disclosure_profile(
        context: Context, write: Write, input: RecordDisclosureProfileInput
    ) -> DisclosureProfileRecorded:
        """Record what your account knows of its listing and duties: which disclosures are due follows from it."""
        (account_id,) = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))
        file = input.evidence_id
        value = await service.record_profile(
            write, context.scope, account_id=account_id, exchange=input.exchange, stock_code=input.stock_code,
            indices=input.indices, is_dual_listed=input.is_dual_listed, is_key_discharger=input.is_key_discharger,
            is_state_owned=input.is_state_owned, is_foreign_invested=input.is_foreign_invested, as_of=input.as_of,
            evidence_id=None if file is None else uuids(file, "Evidence", path=("input", "evidenceId"))[-1],
            note_text=input.note,
        )  # fmt: skip
        return DisclosureProfileRecorded(profile=profile(value))

    @command("esg:disclose")
    async def open_disclosure(context: Context, write: Write, input: OpenDisclosureInput) -> DisclosureChanged:
        """Open the disclosure of a year; what the account can fill is filled, each figure with its lineage."""
        (account_id,) = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))
        value = await service.open_disclosure(
            write, context.scope, account_id=account_id, year=input.year, standards=input.standards
        )
        return DisclosureChanged(disclosure=disclosure(value))

    @command("esg:disclose")
    async def refresh_disclosure(context: Context, write: Write, input: DisclosureInput) -> DisclosureRefreshed:
        """Take the account's figures again, where a source was restated since."""
        value, changed = await service.refresh(write, context.scope, key=_disclosure(input.disclosure_id))
        return DisclosureRefreshed(disclosure=disclosure(value), changed=[each.point for each in changed])

    @command("esg:disclose")
    async def answer_disclosure_point(
        context: Context, write: Write, input: AnswerDisclosurePointInput
    ) -> DisclosurePointAnswered:
        """Answer a point the account does not fill: a figure with its unit, or a text."""
        value = await service.answer(
            write, context.scope, key=_disclosure(input.disclosure_id), point=input.point, value=input.value,
            unit=input.unit, text_zh=input.text_zh, text_en=input.text_en, evidence_ids=_files(input.evidence_ids),
        )  # fmt: skip
        return DisclosurePointAnswered(point=value.point, entry=entry(value))

    @command("esg:disclose")
    async def override_disclosure_point(
        context: Context, write: Write, input: OverrideDisclosurePointInput
    ) -> DisclosurePointAnswered:
        """Replace what the account says of a point, with a reason and evidence; both stay to be seen."""
        value = await service.override(
            write, context.scope, key=_disclosure(input.disclosure_id), point=input.point, value=input.value,
            unit=input.unit, text_zh=input.text_zh, text_en=input.text_en, reason=input.reason,
            evidence_ids=_files(input.evidence_ids),
        )  # fmt: skip
        return DisclosurePointAnswered(point=value.point, entry=entry(value))

    @command("esg:disclose")
    async def omit_disclosure_point(
        context: Context, write: Write, input: DisclosurePointReasonInput
    ) -> DisclosurePointAnswered:
        """Leave a point out with the reason, where its standards take one."""
        value = await service.omit(
            write, context.scope, key=_disclosure(input.disclosure_id), point=input.point, reason=input.reason
        )
        return DisclosurePointAnswered(point=value.point, entry=entry(value))

    @command("esg:disclose")
    async def withdraw_disclosure_entry(
        context: Context, write: Write, input: DisclosurePointReasonInput
    ) -> DisclosurePointAnswered:
        """Take your last word on a point back; the account's own figure counts again, if there is one."""
        value = await service.withdraw(
            write, context.scope, key=_disclosure(input.disclosure_id), point=input.point, reason=input.reason
        )
        return DisclosurePointAnswered(point=value.point, entry=entry(value))

    @command("esg:disclose")
    async def assess_disclosure_topics(
        context: Context, write: Write, input: AssessDisclosureTopicsInput
    ) -> DisclosureTopicsAssessed:
        """Judge topics for a disclosure: impact and financial effect, each with its reason (双重重要性)."""
        judged = [
            service.Judged(each.topic, each.impact, each.financial, each.impact_reason, each.financial_reason)
            for each in input.topics
        ]
        values = await service.assess(write, context.scope, key=_disclosure(input.disclosure_id), judged=judged)
        return DisclosureTopicsAssessed(topics=[each.topic for each in values])

    @command("esg:disclose")
    async def assign_disclosure_points(
        context: Context, write: Write, input: AssignDisclosurePointsInput
    ) -> DisclosurePointsAssigned:
        """Say who of your enterprise answers for points, and by when."""
        (owner_id,) = uuids(input.owner_id, "Person", path=("input", "ownerId"))
        key = _disclosure(input.disclosure_id)
        values = await service.assign(
            write, context.scope, key=key, points=input.points, owner_id=owner_id, due_on=input.due_on
        )
        return DisclosurePointsAssigned(tasks=[task(each) for each in values])

    @command("esg:disclose")
    async def submit_disclosure(context: Context, write: Write, input: SubmitDisclosureInput) -> DisclosureChanged:
        """Hand a complete draft over for review by a second person; of one that was returned each remark is met first."""
        key = _disclosure(input.disclosure_id)
        answers = [service.Remark(each.point, each.text) for each in input.answers]
        await service.submit(write, context.scope, key=key, note_text=input.note, answers=answers)
        return DisclosureChanged(disclosure=await _now(write, context, key))

    @command("esg:review")
    async def return_disclosure(context: Context, write: Write, input: ReturnDisclosureInput) -> DisclosureChanged:
        """Return a disclosure with remarks, as a second person; an approved one too, when its sources changed."""
        key = _disclosure(input.disclosure_id)
        remarks = [service.Remark(each.point, each.text) for each in input.remarks]
        await service.return_disclosure(write, context.scope, key=key, remarks=remarks, note_text=input.note)
        return DisclosureChanged(disclosure=await _now(write, context, key))

    @command("esg:review")
    async def approve_disclosure(context: Context, write: Write, input: DisclosureInput) -> DisclosureChanged:
        """Approve a disclosure as a second person; then it can be published."""
        key = _disclosure(input.disclosure_id)
        await service.approve(write, context.scope, key=key, note_text=input.note)
        return DisclosureChanged(disclosure=await _now(write, context, key))

    @command("esg:publish")
    async def publish_disclosure(context: Context, write: Write, input: DisclosureInput) -> DisclosurePublished:
        """Publish an approved disclosure: it gets a number and a hash, and never changes."""
        value = await service.publish(write, context.scope, key=_disclosure(input.disclosure_id))
        return DisclosurePublished(publication=publication(value))

    @command("esg:disclose")
    async def correct_disclosure(context: Context, write: Write, input: CorrectDisclosureInput) -> DisclosureChanged:
        """Begin the correction of a published disclosure: another version that names it."""
        key = own_key(input.publication_id, PUBLICATION, path=("input", "publicationId"))
        value = await service.correct(write, context.scope, key=key, reason=input.reason)
        return DisclosureChanged(disclosure=disclosure(value))

    @command("esg:assure")
    async def assure_disclosure(context: Context, write: Write, input: AssureDisclosureInput) -> DisclosureAssured:
        """Sign an assurance statement on a publication, as a verifier the enterprise engaged."""
        value = await service.assure(
            write, context.scope, key=own_key(input.publication_id, PUBLICATION, path=("input", "publicationId")),
            level=input.level, standard=input.standard, extent=input.scope, opinion=input.opinion,
            evidence_ids=_files(input.evidence_ids),
        )  # fmt: skip
        return DisclosureAssured(assurance=assurance(value))
