"""Words of the desks: applications to join, files of invitations, assignments of verifiers, tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

ACTIONS = (
    "console:answer",
    "console:assign",
    "console:configure",
    "console:invite",
    "console:read",
)
"""Permissions this noun knows."""


class JoinState(StrEnum):
    """What became of an application to join."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"


JOIN_STATE_NAMES: Mapping[JoinState, str] = {
    JoinState.RECEIVED: "待受理", JoinState.ACCEPTED: "已通过", JoinState.REFUSED: "未通过",
}  # fmt: skip
"""The Chinese names of the states."""


@dataclass(frozen=True, slots=True)
class JoinDraft:
    """What somebody writes who wants an enterprise to join; nothing of it is checked yet."""

    name: str
    credit_code: str
    division_code: str
    sector: str
    contact_name: str
    contact_email: str
    contact_phone: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class JoinFile:
    """The file that proves who applies, as it was stored."""

    file_name: str
    media_type: str
    size: int
    sha256: str
    object_key: str


@dataclass(frozen=True, slots=True)
class JoinValue:
    """An application to join. An accepted one names the organisation; a refused one says why in `reason`."""

    id: UUID
    name: str
    credit_code: str
    division_code: str
    division_path: str
    sector: str | None
    contact_name: str
    contact_email: str
    contact_phone: str
    note: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    object_key: str
    state: JoinState
    received_at: datetime
    decided_at: datetime | None
    decided_by: UUID | None
    reason: str
    organisation_id: UUID | None


class DuplicateKind(StrEnum):
    """What an application may repeat."""

    ORGANISATION_CODE = "organisation_code"
    ORGANISATION_NAME = "organisation_name"
    APPLICATION_CODE = "application_code"
    APPLICATION_NAME = "application_name"
    APPLICATION_EMAIL = "application_email"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Something an application may repeat: an organisation, or another application that was not refused."""

    application_id: UUID
    kind: DuplicateKind
    id: UUID
    name: str
    credit_code: str


class InvitationFileState(StrEnum):
    """What became of a file of invitations."""

    RECEIVED = "received"
    STORED = "stored"
    REJECTED = "rejected"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class InvitationFileValue:
    """A file of enterprises to invite. `faults` are the first hundred of `fault_count`; with any, nothing was stored."""

    id: UUID
    organisation_id: UUID
    division_path: str
    file_name: str
    sha256: str
    object_key: str
    state: InvitationFileState
    row_count: int
    fault_count: int
    faults: Sequence[Mapping[str, Any]]
    job_id: UUID | None
    created_at: datetime
    created_by: UUID | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvitedValue:
    """An enterprise registered by a row of a file, and who is to be its first administrator."""

    file_id: UUID
    row: int
    enterprise_id: UUID
    administrator: str
    email: str


class AssignmentState(StrEnum):
    """How far a verifier's assignment has come."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    ENGAGED = "engaged"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


ASSIGNMENT_STATE_NAMES: Mapping[AssignmentState, str] = {
    AssignmentState.PROPOSED: "待核查机构答复", AssignmentState.ACCEPTED: "待企业委托", AssignmentState.ENGAGED: "核查中",
    AssignmentState.DONE: "已核查", AssignmentState.DECLINED: "核查机构不接受", AssignmentState.WITHDRAWN: "已撤回",
}  # fmt: skip
"""The Chinese names of the states."""


@dataclass(frozen=True, slots=True)
class AssignmentValue:
    """A verifier proposed by the authority for an account's year; the enterprise engages it itself.

    Number and names are as they were when it was proposed: the verifier sees no account before it is engaged.
    """

    account_id: UUID
    id: UUID
    division_path: str
    enterprise_id: UUID
    account_number: str
    enterprise_name: str
    credit_code: str
    year: int
    verifier_id: UUID
    verifier_name: str
    state: AssignmentState
    due_on: date
    note: str
    proposed_at: datetime
    proposed_by: UUID | None
    answered_at: datetime | None
    answer: str
    engagement_id: UUID | None
    ended_at: datetime | None


class RelationKind(StrEnum):
    """What may bind a verifier to an enterprise."""

    CONSULTING = "consulting"
    OWNERSHIP = "ownership"
    STAFF = "staff"
    OTHER = "other"


RELATION_NAMES: Mapping[RelationKind, str] = {
    RelationKind.CONSULTING: "碳咨询服务", RelationKind.OWNERSHIP: "股权或控制关系", RelationKind.STAFF: "人员任职或亲属关系",
    RelationKind.OTHER: "其他利害关系",
}  # fmt: skip
"""The Chinese names of the kinds."""


@dataclass(frozen=True, slots=True)
class RelationValue:
    """What binds a verifier to the enterprise of a credit code, from a day until another (None: still)."""

    id: UUID
    verifier_id: UUID
    credit_code: str
    division_path: str
    kind: RelationKind
    starts_on: date
    ends_on: date | None
    note: str
    is_own_word: bool
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class TermsValue:
    """The authority's terms for verifiers. None: no limit is set; without `cooling_years` every relation ever counts."""

    id: UUID
    division_path: str
    most_years: int | None
    cooling_years: int | None
    document_title: str
    document_number: str
    document_date: date
    recorded_at: datetime


class Outcome(StrEnum):
    """What a check found; what cannot be told blocks as much as a failure."""

    PASS = "pass"  # noqa: S105 - an outcome, not a secret
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class InterestCheck:
    """A check of a verifier's independence: its code, what was found, and why."""

    code: str
    outcome: Outcome
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Workload:
    """What a verifier has to do: proposals to answer, work at hand, of that late, and what it finished this year."""

    verifier_id: UUID
    name: str
    proposed: int
    open: int
    late: int
    done: int
    next_due_on: date | None


class DeskState(StrEnum):
    """How far an account's inventory of a year is, seen from the verification desk."""

    MISSING = "missing"
    COMPUTED = "computed"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    CLOSED = "closed"


DESK_STATE_NAMES: Mapping[DeskState, str] = {
    DeskState.MISSING: "未编制", DeskState.COMPUTED: "已核算未提交", DeskState.SUBMITTED: "待核查", DeskState.VERIFIED: "已核查",
    DeskState.CLOSED: "已关闭",
}  # fmt: skip
"""The Chinese names of the states."""


@dataclass(frozen=True, slots=True)
class DeskRow:
    """An account on the verification desk. `since` is when its state began, `due_on` the assignment's day."""

    account_id: UUID
    number: str
    name: str
    organisation_id: UUID
    division_code: str
    sector: str
    state: DeskState
    inventory_id: UUID | None
    version: int | None
    since: datetime | None
    findings_open: int
    findings_answered: int
    assignment_id: UUID | None
    assignment_state: AssignmentState | None
    verifier_id: UUID | None
    verifier_name: str | None
    due_on: date | None


class TaskKind(StrEnum):
    """What somebody is expected to do."""

    JOIN_APPLICATION = "join_application"
    QUOTA_DUTY = "quota_duty"
    DISCLOSURE = "disclosure"
    CALIBRATION = "calibration"
    FINDING_TO_ANSWER = "finding_to_answer"
    FINDING_TO_JUDGE = "finding_to_judge"
    INVENTORY_TO_VERIFY = "inventory_to_verify"
    VERIFIER_TO_ENGAGE = "verifier_to_engage"
    ASSIGNMENT_TO_ANSWER = "assignment_to_answer"
    ASSIGNMENT_UNDER_WAY = "assignment_under_way"
    CONSENT_REQUEST = "consent_request"
    CONSENT_ENDING = "consent_ending"
    SCORE_APPEAL = "score_appeal"
    PROJECT = "project"
    PARK_STEP = "park_step"
    PARK_OBJECTION = "park_objection"
    FACTOR_REQUEST = "factor_request"
    WARNING = "warning"


TASK_NAMES: Mapping[TaskKind, tuple[str, str]] = {
    TaskKind.JOIN_APPLICATION: ("受理入驻申请", "Decide on an application to join"),
    TaskKind.QUOTA_DUTY: ("履约事项", "Compliance duty"),
    TaskKind.DISCLOSURE: ("信息披露", "Disclosure"),
    TaskKind.CALIBRATION: ("计量器具检定", "Calibrate a meter"),
    TaskKind.FINDING_TO_ANSWER: ("答复核查意见", "Answer a finding"),
    TaskKind.FINDING_TO_JUDGE: ("判定企业答复", "Judge an answer to a finding"),
    TaskKind.INVENTORY_TO_VERIFY: ("核查排放清单", "Verify an inventory"),
    TaskKind.VERIFIER_TO_ENGAGE: ("委托核查机构", "Engage the proposed verifier"),
    TaskKind.ASSIGNMENT_TO_ANSWER: ("答复核查任务", "Answer a proposed assignment"),
    TaskKind.ASSIGNMENT_UNDER_WAY: ("跟踪核查任务", "Follow an assignment"),
    TaskKind.CONSENT_REQUEST: ("答复授权请求", "Answer a bank's request"),
    TaskKind.CONSENT_ENDING: ("授权即将到期", "A consent is about to end"),
    TaskKind.SCORE_APPEAL: ("处理评分申诉", "Decide on an appeal"),
    TaskKind.PROJECT: ("投资项目事项", "Step of an investment project"),
    TaskKind.PARK_STEP: ("零碳园区事项", "Step of a park"),
    TaskKind.PARK_OBJECTION: ("答复公示异议", "Answer an objection"),
    TaskKind.FACTOR_REQUEST: ("答复因子申请", "Answer a request for a factor"),
    TaskKind.WARNING: ("处置预警", "Respond to a warning"),
}
"""The names of the kinds, zh and en."""


@dataclass(frozen=True, slots=True)
class TaskValue:
    """Something to do. `about` names whom or what, the details say what of it; `since` is when it came up.

    `subject` is the thing's type on the wire and its ids. Without `due_on` no document fixes a day.
    """

    kind: TaskKind
    due_on: date | None
    since: datetime | None
    about: str
    detail_zh: str
    detail_en: str
    subject: str
    ids: tuple[UUID, ...]
    account_id: UUID | None = None

    @property
    def key(self) -> str:
        """What tells it apart from every other task."""
        return f"{self.kind.value}:{':'.join(str(each) for each in self.ids)}:{self.detail_en}"
