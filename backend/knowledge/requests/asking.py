"""Ask for a factor, answer, refuse, withdraw. Nothing is overwritten: each is a step of its own."""

from uuid import UUID

from sqlalchemy import insert, text

from backend.accounts import service as accounts
from backend.factors import service as factors
from backend.factors.errors import ParameterNotFound
from backend.factors.values import State, is_printable, is_written_down
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.knowledge.errors import FactorRequestClosed, FactorRequestInvalid, FactorRequestNotFound
from backend.knowledge.models import KnowledgeFactorRequest, KnowledgeFactorStep
from backend.knowledge.requests.queries import request_batch
from backend.knowledge.requests.telling import tell_of
from backend.knowledge.values import RequestDraft, RequestState, RequestValue, StepKind

LENGTHS = {"wanted": 200, "unit": 50, "purpose": 1000, "suggested_source": 500}
NAMES_ZH = {"wanted": "所需因子", "unit": "单位", "purpose": "用途", "suggested_source": "建议值来源"}
LONGEST_REASON = 1000
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(cast(:id as text), 350001))")
_STATES_ZH = {
    RequestState.ANSWERED: "已答复", RequestState.REFUSED: "已拒绝", RequestState.WITHDRAWN: "已撤回",
    RequestState.OPEN: "待处理", RequestState.PROPOSED: "已提议",
}  # fmt: skip


async def request_factor(write: Write, scope: Scope, account_id: UUID, draft: RequestDraft) -> RequestValue:
    """Ask for a factor that is missing, for one of the enterprise's own accounts.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:request`.
        AccountNotFound: not the caller's account.
        FactorRequestInvalid: nothing asked for, a text too long, or a suggested value without unit or source.
    """
    scope.require("knowledge:request")
    account = await accounts.account(write, scope, account_id)
    given = {name: str(getattr(draft, name)).strip() for name in LENGTHS}
    for name, most in LENGTHS.items():
        if len(given[name]) > most or not is_printable(given[name]) or (name == "wanted" and not given[name]):
            raise FactorRequestInvalid(
                field=NAMES_ZH[name] if scope.language.startswith("zh") else name,
                reason_en=f"from {1 if name == 'wanted' else 0} to {most} printable characters",
                reason_zh=f"须为 {1 if name == 'wanted' else 0} 至 {most} 个可打印字符", path=("input", name),
            )  # fmt: skip
    if draft.suggested_value is not None and not (
        given["unit"] and given["suggested_source"] and is_written_down(draft.suggested_value)
    ):
        raise FactorRequestInvalid(
            field="suggestedValue", reason_en="a suggested value needs a unit and the source it was read in",
            reason_zh="建议值须同时填写单位和来源", path=("input", "suggestedValue"),
        )  # fmt: skip
    at, request_id = now(), new_id()
    await write.run(
        insert(KnowledgeFactorRequest).values(
            id=request_id, account_id=account_id, division_path=account.division_path,
            suggested_value=draft.suggested_value, asked_at=at, asked_by=scope.actor_id, **given,
        )
    )  # fmt: skip
    write.audit(
        "knowledge:request_factor", object_type="factor_request", object_id=request_id, account_id=str(account_id),
        wanted=given["wanted"],
    )  # fmt: skip
    return await _told(write, scope, request_id)


async def answer_request(
    write: Write, scope: Scope, request_id: UUID, *, version_id: UUID | None = None, refusal: str = ""
) -> RequestValue:
    """Answer a request with a version of a parameter, or refuse it; a proposed version answers once it is activated.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:publish`.
        FactorRequestNotFound: no such request, or not of the caller's region.
        FactorRequestClosed: answered, refused or withdrawn already.
        FactorRequestInvalid: neither a version nor a reason, both, or a version that was rejected.
        ParameterNotFound: no such version.
    """
    scope.require("knowledge:publish")
    await write.value(_LOCK, {"id": str(request_id)})
    request = await _one(write, scope, request_id)
    _check_open(request)
    said = refusal.strip()
    if (version_id is None) == (not said) or len(said) > LONGEST_REASON or not is_printable(said):
        raise FactorRequestInvalid(
            field="versionId", reason_en="name either the version that answers or the reason of a refusal",
            reason_zh="请填写用于答复的因子版本，或填写拒绝原因，二者取其一", path=("input", "versionId"),
        )  # fmt: skip
    if version_id is not None:
        found = (await factors.parameters_by_id(write, scope, [version_id])).get(version_id)
        if found is None:
            raise ParameterNotFound(id=str(version_id), path=("input", "versionId"))
        if found.state is State.REJECTED:
            raise FactorRequestInvalid(
                field="versionId", reason_en="the version was rejected", reason_zh="该因子版本已被驳回",
                path=("input", "versionId"),
            )  # fmt: skip
    await _step(write, scope, request, StepKind.REFUSED if version_id is None else StepKind.ANSWERED, said, version_id)
    return await _told(write, scope, request_id)


async def withdraw_request(write: Write, scope: Scope, request_id: UUID, reason: str) -> RequestValue:
    """Withdraw an own request that is no longer needed.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:request`.
        FactorRequestNotFound: no such request, or not the caller's.
        FactorRequestClosed: answered, refused or withdrawn already.
        FactorRequestInvalid: without a reason, or with one too long.
    """
    scope.require("knowledge:request")
    await write.value(_LOCK, {"id": str(request_id)})
    request = await _one(write, scope, request_id)
    _check_open(request)
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON or not is_printable(said):
        raise FactorRequestInvalid(
            field="reason", reason_en=f"from 1 to {LONGEST_REASON} printable characters",
            reason_zh=f"须为 1 至 {LONGEST_REASON} 个可打印字符", path=("input", "reason"),
        )  # fmt: skip
    await _step(write, scope, request, StepKind.WITHDRAWN, said, None)
    return await _told(write, scope, request_id)


async def _told(write: Write, scope: Scope, request_id: UUID) -> RequestValue:
    """Tell whom it concerns how a request stands now, and return it."""
    found = await _one(write, scope, request_id)
    await tell_of(write, scope, found)
    return found


async def _one(write: Write, scope: Scope, request_id: UUID) -> RequestValue:
    (found,) = await request_batch(write, scope, [request_id])
    if found is None:
        raise FactorRequestNotFound(path=("input", "requestId"))
    return found


def _check_open(request: RequestValue) -> None:
    if request.state in {RequestState.ANSWERED, RequestState.REFUSED, RequestState.WITHDRAWN}:
        raise FactorRequestClosed(
            state=f"{_STATES_ZH[request.state]} {request.state.value}", path=("input", "requestId")
        )


async def _step(
    write: Write, scope: Scope, request: RequestValue, kind: StepKind, reason: str, version_id: UUID | None
) -> None:
    step_id = new_id()
    await write.run(
        insert(KnowledgeFactorStep).values(
            id=step_id, account_id=request.account_id, request_id=request.id, division_path=request.division_path,
            kind=kind.value, version_id=version_id, reason=reason, at=now(), by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit(
        f"knowledge:factor_request_{kind.value}", object_type="factor_request", object_id=request.id,
        version_id=None if version_id is None else str(version_id), reason=reason,
    )  # fmt: skip
