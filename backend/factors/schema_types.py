"""Reference parameters as the wire has them: types, inputs, and how a value becomes one."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from backend.factors import queries, rules, service
from backend.factors.errors import ParameterInvalid
from backend.factors.queries import DocumentSummary, FamilySummary
from backend.factors.values import Certainty, Change, Choice, LoadReport, Reason, State, Version, is_written_down
from backend.wire.context import Info
from backend.wire.nodes import Node, node_id, uuids
from backend.wire.scalars import JSON

NODE = "ReferenceParameter"
MOST_IDS = 1000
SHOWN_CHANGES = 100
DISPLAY_PLACES = 12

StateEnum = strawberry.enum(
    State, name="ParameterState", description="A draft counts nowhere; once activated or rejected it stays so."
)
CertaintyEnum = strawberry.enum(
    Certainty,
    name="ParameterCertainty",
    description="How far a value can be relied on: VERIFIED; SECONDARY (二手来源); UNVERIFIED (未查证); SUSPECT (存疑).",
)
ReasonEnum = strawberry.enum(Reason, name="PassedOverReason", description="Why a version was not chosen.")


@strawberry.type(
    description="One version of a reference parameter (参数版本): an emission factor, a benchmark, a coefficient or a rule "
    "in words, with unit, region, validity, document, source and confidence. It never changes; corrections are versions."
)
class ReferenceParameter(Node):
    """One version of a reference parameter."""

    name: str = strawberry.field(description="The family, e.g. `grid.electricity`, `fuel.ncv`.")
    key: str = strawberry.field(description="The member, e.g. `provincial_average`, `A_MEE_ETS/天然气`.")
    region: str = strawberry.field(description="The place (`320000`, `华东`, `CN`); empty: everywhere.")
    version: int = strawberry.field(description="Counts corrections; the highest active one counts.")
    valid_from: date | None = strawberry.field(description="First day it is true; null: no limit.")
    valid_until: date | None = strawberry.field(description="First day it is no longer true; null: no limit.")
    years: str = strawberry.field(description="The data year or years, `2023`; empty if not whole years.")
    value: Decimal | None = strawberry.field(
        description="The number, with every digit printed; null for ranges and words."
    )
    low: Decimal | None = strawberry.field(description="Lower end of a range.")
    high: Decimal | None = strawberry.field(description="Upper end of a range.")
    text_value: str | None = strawberry.field(description="A rule or a name in words, where it is not a number.")
    unit: str = strawberry.field(description="As the source writes it, e.g. `kgCO2/kWh`.")
    label_zh: str = strawberry.field(description="中文名称。")
    label_en: str = strawberry.field(description="English name.")
    document: str = strawberry.field(description="The document it comes from, with its number.")
    published_on: date | None = strawberry.field(description="When the document was published; null if not known.")
    source: str = strawberry.field(description="Where the product read it.")
    confidence: str = strawberry.field(description="The source's confidence, unchanged.")
    certainty: CertaintyEnum = strawberry.field(description="How far it can be relied on.")  # type: ignore[valid-type]
    is_uncertain: bool = strawberry.field(description="People must be told that it is not confirmed.")
    certainty_zh: str = strawberry.field(description="可靠性说明，供界面直接显示。")
    certainty_en: str = strawberry.field(description="The certainty in words, to be shown beside the value.")
    note: str = strawberry.field(description="The source's remarks.")
    dataset: str = strawberry.field(description="The reference file it belongs to.")
    attributes: JSON = strawberry.field(description="The file's other columns for this row, by column name.")
    state: StateEnum = strawberry.field(description="Whether it counts.")  # type: ignore[valid-type]
    supersedes_id: strawberry.ID | None = strawberry.field(description="The version it corrects, if one.")
    recorded_at: datetime = strawberry.field(description="When it was entered here.")
    activated_at: datetime | None = strawberry.field(description="Since when it counts here.")

    @strawberry.field(
        description="Every version of this parameter in the order in which they became true; at most 100."
    )
    async def history(self, info: Info) -> "list[ReferenceParameter]":
        """Return the parameter's versions."""
        return [shown(version) for version in rules.history(await _siblings(self, info))[-100:]]

    @strawberry.field(description="The version it follows: the one it corrects, else that of the data year before.")
    async def previous(self, info: Info) -> "ReferenceParameter | None":
        """Return the version before."""
        found = await _previous(self, info)
        return None if found is None else shown(found)

    @strawberry.field(
        description="Change over `previous` in per cent, (to - from) / from x 100, rounded half up; null without one."
    )
    async def change_percent(
        self,
        info: Info,
        places: Annotated[int, strawberry.argument(description="Decimal places, 0 to 12.")] = 1,
    ) -> Decimal | None:
        """Return the change over the version before."""
        found = await _previous(self, info)
        return None if found is None else percent(found.value, self.value, places)


def shown(version: Version) -> ReferenceParameter:
    """Return a version as the wire has it."""
    trust = rules.trust(version.confidence, version.note)
    return ReferenceParameter(
        id=node_id(NODE, version.id),
        name=version.name,
        key=version.key,
        region=version.region,
        version=version.version,
        valid_from=version.valid.start,
        valid_until=version.valid.end,
        years=version.valid.years,
        value=version.value,
        low=version.low,
        high=version.high,
        text_value=version.text_value,
        unit=version.unit,
        label_zh=version.label_zh,
        label_en=version.label_en,
        document=version.document,
        published_on=version.published_on,
        source=version.source,
        confidence=version.confidence,
        certainty=trust.certainty,
        is_uncertain=trust.is_uncertain,
        certainty_zh=trust.zh,
        certainty_en=trust.en,
        note=version.note,
        dataset=version.dataset,
        attributes=JSON(version.attributes),
        state=version.state,
        supersedes_id=node_id(NODE, version.supersedes_id) if version.supersedes_id else None,
        recorded_at=version.recorded_at,
        activated_at=version.activated_at,
    )


async def _siblings(node: ReferenceParameter, info: Info) -> Sequence[Version]:
    loader = info.context.loader(queries.history_batch)
    return await loader.load((node.name, node.key, node.region))


async def _previous(node: ReferenceParameter, info: Info) -> Version | None:
    siblings = await _siblings(node, info)
    own = next((each for each in siblings if node_id(NODE, each.id) == node.id), None)
    return None if own is None else rules.previous(own, siblings)


def percent(before: Decimal | None, after: Decimal | None, places: int) -> Decimal | None:
    """Return the change for display.

    Raises:
        ParameterInvalid: `places` is out of range, or a value is too long.
    """
    if not 0 <= places <= DISPLAY_PLACES:
        raise ParameterInvalid(
            field="places", reason_en=f"is 0 to {DISPLAY_PLACES}.", reason_zh=f"须为 0 至 {DISPLAY_PLACES}。", path=("places",)
        )  # fmt: skip
    for field, number in (("from", before), ("to", after)):
        if number is not None and not is_written_down(number):
            raise ParameterInvalid(
                field=field,
                reason_en="has more digits than anybody writes down.",
                reason_zh="位数过多。",
                path=(field,),
            )
    return None if before is None or after is None else rules.change_percent(before, after, places)


@strawberry.type(description="A version that was not chosen, and why.")
class PassedOverParameter:
    """A version that was not chosen, and why."""

    reason: ReasonEnum = strawberry.field(description="Why, as a code.")  # type: ignore[valid-type]
    reason_zh: str = strawberry.field(description="原因。")
    reason_en: str = strawberry.field(description="The reason.")
    name: str = strawberry.field(description="The family.")
    key: str = strawberry.field(description="The member.")
    region: str = strawberry.field(description="The place.")
    id: strawberry.ID | None = strawberry.field(description="The version; null where a group of them is meant.")
    value: Decimal | None = strawberry.field(description="Its number.")
    unit: str = strawberry.field(description="Its unit.")
    years: str = strawberry.field(description="Its data years.")
    published_on: date | None = strawberry.field(description="When it was published.")


@strawberry.type(
    description="The answer to a look-up (参数查询): the version chosen, the rule that chose it in words, what was passed "
    "over, and whether the value is certain. Exactly what a calculation would take."
)
class ParameterLookup:
    """The answer to a look-up."""

    is_found: bool = strawberry.field(description="Whether a version may be used.")
    parameter: ReferenceParameter | None = strawberry.field(description="The version chosen.")
    value: Decimal | None = strawberry.field(description="Its number.")
    unit: str | None = strawberry.field(description="Its unit.")
    rule: str = strawberry.field(
        description="`newest_published`, `named_year`, `valid_on`; `none` if nothing was found."
    )
    rule_zh: str = strawberry.field(description="采用的取值规则；未找到时说明查找范围。")
    rule_en: str = strawberry.field(description="The rule used, or what was tried.")
    level: int | None = strawberry.field(description="Which level answered, counted from 1.")
    is_uncertain: bool = strawberry.field(description="People must be told that the value is not confirmed.")
    certainty_zh: str = strawberry.field(description="可靠性说明。")
    certainty_en: str = strawberry.field(description="The certainty in words.")
    tried: list[str] = strawberry.field(description="What was asked, level by level, when nothing was found.")
    passed_over: list[PassedOverParameter] = strawberry.field(description="What was not chosen, and why.")
    history: list[ReferenceParameter] = strawberry.field(description="The parameter's versions as they became true.")
    change_percent: Decimal | None = strawberry.field(
        description="Change over the version before, in per cent, rounded half up to one decimal."
    )


def answered(found: service.Lookup) -> ParameterLookup:
    """Return a look-up as the wire has it."""
    answer, versions = found.answer, found.versions
    passed = [
        PassedOverParameter(
            reason=Reason(each["reason"]),
            reason_zh=each["zh"],
            reason_en=each["en"],
            name=each["name"],
            key=each["key"],
            region=each["region"],
            id=node_id(NODE, UUID(each["version_id"])) if each["version_id"] else None,
            value=Decimal(each["value"]) if each["value"] is not None else None,
            unit=each["unit"],
            years=each["years"],
            published_on=date.fromisoformat(each["published_on"]) if each["published_on"] else None,
        )
        for each in answer.passed_over
    ]
    history = [shown(version) for version in versions[-100:]]
    if not isinstance(answer, Choice):
        return ParameterLookup(
            is_found=False, parameter=None, value=None, unit=None, rule="none", rule_zh=answer.zh, rule_en=answer.en,
            level=None, is_uncertain=False, certainty_zh="", certainty_en="", tried=list(answer.tried),
            passed_over=passed, history=history, change_percent=None,
        )  # fmt: skip
    chosen = next(version for version in versions if version.id == answer.version_id)
    before = rules.previous(chosen, versions)
    return ParameterLookup(
        is_found=True,
        parameter=shown(chosen),
        value=answer.value,
        unit=answer.unit,
        rule=answer.rule,
        rule_zh=answer.rule_zh,
        rule_en=answer.rule_en,
        level=answer.level,
        is_uncertain=answer.is_uncertain,
        certainty_zh=answer.trust.zh,
        certainty_en=answer.trust.en,
        tried=[],
        passed_over=passed,
        history=history,
        change_percent=None if before is None else percent(before.value, answer.value, 1),
    )


@strawberry.type(description="One family of parameters within a dataset, counted.")
class ParameterFamily:
    """One family of parameters within a dataset."""

    name: str = strawberry.field(description="The family.")
    parameters: int = strawberry.field(description="Members and places.")
    versions: int = strawberry.field(description="Versions, drafts included.")
    drafts: int = strawberry.field(description="Versions that await a decision.")
    uncertain: int = strawberry.field(description="Versions whose value is not confirmed.")
    newest_publication: date | None = strawberry.field(description="When the newest document was published.")


@strawberry.type(description="A set of parameters that came from one reference file (参考数据集).")
class ParameterDataset:
    """A set of parameters that came from one reference file."""

    dataset: str = strawberry.field(description="Its name.")
    title_zh: str = strawberry.field(description="中文标题。")
    title_en: str = strawberry.field(description="English title.")
    file: str | None = strawberry.field(description="The shipped file; null for what this jurisdiction added.")
    rows: int | None = strawberry.field(description="Rows of the file loaded last.")
    loaded_at: datetime | None = strawberry.field(description="When it was loaded.")
    families: list[ParameterFamily] = strawberry.field(description="What it holds.")


@strawberry.type(description="A document that parameters rest on.")
class ParameterDocument:
    """A document that parameters rest on."""

    document: str = strawberry.field(description="Its name and number.")
    published_on: date | None = strawberry.field(description="When it was published; null if not known.")
    versions: int = strawberry.field(description="Versions that rest on it.")
    uncertain: int = strawberry.field(description="Those whose value is not confirmed.")


@strawberry.type(description="A file layout that can be proposed: the header row and the optional columns.")
class ParameterFileLayout:
    """A file layout that can be proposed."""

    name: str = strawberry.field(description="Its name; it is recognised by its header.")
    columns: list[str] = strawberry.field(description="Columns the header must have.")
    optional: list[str] = strawberry.field(description="Columns it may have.")


def family_shown(summary: FamilySummary) -> ParameterFamily:
    """Return a family as the wire has it."""
    return ParameterFamily(
        name=summary.name,
        parameters=summary.parameters,
        versions=summary.versions,
        drafts=summary.drafts,
        uncertain=summary.uncertain,
        newest_publication=summary.newest_publication,
    )


def document_shown(summary: DocumentSummary) -> ParameterDocument:
    """Return a document as the wire has it."""
    return ParameterDocument(
        document=summary.document,
        published_on=summary.published_on,
        versions=summary.versions,
        uncertain=summary.uncertain,
    )


@strawberry.input(description="A value to propose as a new version. Give a number, a range, or words.")
class ProposeParameterInput:
    """A value to propose."""

    name: str = strawberry.field(description="The family, e.g. `grid.electricity`.")
    key: str = strawberry.field(description="The member, e.g. `provincial_average`.")
    unit: str = strawberry.field(description="The unit as the document writes it.")
    document: str = strawberry.field(description="The document it comes from, with its number.")
    source: str = strawberry.field(description="Where it was read.")
    region: str = strawberry.field(default="", description="The place; empty: everywhere.")
    value: Decimal | None = strawberry.field(default=None, description="The number.")
    low: Decimal | None = strawberry.field(default=None, description="Lower end of a range.")
    high: Decimal | None = strawberry.field(default=None, description="Upper end of a range.")
    text_value: str | None = strawberry.field(default=None, description="A rule in words.")
    label_zh: str = strawberry.field(default="", description="中文名称。")
    label_en: str = strawberry.field(default="", description="English name.")
    valid_from: date | None = strawberry.field(
        default=None, description="First day it is true; for a data year, 1 January."
    )
    valid_until: date | None = strawberry.field(default=None, description="First day it is no longer true.")
    published_on: date | None = strawberry.field(default=None, description="When the document was published.")
    confidence: str = strawberry.field(default="tenant-entered", description="How sure the source is.")
    note: str = strawberry.field(default="", description="Remarks.")


@strawberry.input(description="A CSV file of values to propose; its layout is recognised by its header.")
class ProposeParameterFileInput:
    """A CSV file of values to propose."""

    file_name: str = strawberry.field(
        description="The file's name; a shipped file's name makes it a newer edition of it."
    )
    content: str = strawberry.field(description="The file as text.")
    is_dry_run: bool = strawberry.field(default=False, description="Check and report, store nothing.")


@strawberry.input(description="Drafts to activate.")
class ActivateParametersInput:
    """Drafts to activate."""

    ids: list[strawberry.ID] = strawberry.field(description="At most 1,000 versions.")
    reason: str = strawberry.field(default="", description="Why, for the audit trail.")


@strawberry.input(description="Drafts to reject.")
class RejectParametersInput:
    """Drafts to reject."""

    ids: list[strawberry.ID] = strawberry.field(description="At most 1,000 versions.")
    reason: str = strawberry.field(description="Why; the proposer reads it.")


@strawberry.type(description="A proposed version, and its change over the one before.")
class ParameterProposed:
    """A proposed version."""

    parameter: ReferenceParameter
    change_percent: Decimal | None = strawberry.field(
        description="Change over the version before, per cent, one decimal."
    )


@strawberry.type(description="A new version of a file, and its change over the one before.")
class ParameterChange:
    """A new version of a file."""

    parameter: ReferenceParameter
    before: ReferenceParameter | None = strawberry.field(description="The version it follows.")
    change_percent: Decimal | None = strawberry.field(description="Change over `before`, per cent, one decimal.")


@strawberry.type(description="What a proposed file did, or in a dry run would do.")
class ParameterFileProposed:
    """What a proposed file did."""

    file: str = strawberry.field(description="The file's name.")
    sha256: str = strawberry.field(description="Hash of its content.")
    dataset: str = strawberry.field(description="The dataset it belongs to.")
    is_dry_run: bool = strawberry.field(description="Nothing was stored.")
    rows: int = strawberry.field(description="Rows read.")
    parameters: int = strawberry.field(description="Parameters they state.")
    added: int = strawberry.field(description="Parameters or validities that are new.")
    changed: int = strawberry.field(description="Versions that correct another.")
    unchanged: int = strawberry.field(description="Parameters whose newest version says the same.")
    ids: list[strawberry.ID] = strawberry.field(
        description="The drafts (the first 1,000), to be activated or rejected."
    )
    changes: list[ParameterChange] = strawberry.field(description="The first 100 new versions.")


@strawberry.type(description="The versions that count from now on.")
class ParametersActivated:
    """The versions that count from now on."""

    parameters: list[ReferenceParameter]


@strawberry.type(description="The versions that were turned down.")
class ParametersRejected:
    """The versions that were turned down."""

    parameters: list[ReferenceParameter]


def change_shown(change: Change) -> ParameterChange:
    """Return a new version beside the one it follows."""
    before = change.before
    return ParameterChange(
        parameter=shown(change.version),
        before=None if before is None else shown(before),
        change_percent=None if before is None else percent(before.value, change.version.value, 1),
    )


def file_proposed(report: LoadReport) -> ParameterFileProposed:
    """Return a load's report as the wire has it."""
    return ParameterFileProposed(
        file=report.file,
        sha256=report.sha256,
        dataset=report.dataset,
        is_dry_run=report.is_dry,
        rows=report.rows,
        parameters=report.parameters,
        added=report.added,
        changed=report.changed,
        unchanged=report.unchanged,
        ids=[] if report.is_dry else [node_id(NODE, each.version.id) for each in report.changes[:MOST_IDS]],
        changes=[change_shown(each) for each in report.changes[:SHOWN_CHANGES]],
    )


def version_ids(given: Sequence[strawberry.ID]) -> list[UUID]:
    """Read the ids of versions.

    Raises:
        ParameterInvalid: none, or too many.
        NodeIdInvalid: one is no version's id.
    """
    if not 1 <= len(given) <= MOST_IDS:
        raise ParameterInvalid(
            field="ids", reason_en=f"name 1 to {MOST_IDS} versions.", reason_zh=f"请给出 1 至 {MOST_IDS} 个版本。",
            path=("input", "ids"),
        )  # fmt: skip
    return [uuids(one, NODE, path=("input", "ids"))[0] for one in given]
