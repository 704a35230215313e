"""Word to those whom a request for a factor concerns."""

from backend.kit import notices
from backend.kit.db import Write
from backend.kit.notices import Addressee, Link, Notice, Said
from backend.kit.scope import Scope
from backend.knowledge.values import RequestState, RequestValue

WORDS = {
    RequestState.OPEN: ("待处理", "awaits an answer"),
    RequestState.PROPOSED: ("已提议因子版本，待启用", "a version is proposed and awaits its activation"),
    RequestState.ANSWERED: ("已答复", "was answered"),
    RequestState.REFUSED: ("已拒绝", "was refused"),
    RequestState.WITHDRAWN: ("已撤回", "was withdrawn"),
}


async def tell_of(write: Write, scope: Scope, request: RequestValue) -> None:
    """Tell the authority what is asked for or withdrawn, and the enterprise what became of its request."""
    zh, en = WORDS[request.state]
    said = Said(f"因子申请“{request.wanted}”{zh}", f"Request for a factor '{request.wanted}': {en}")
    is_for_authority = request.state in {RequestState.OPEN, RequestState.WITHDRAWN}
    to = Addressee(account_id=request.account_id)
    if is_for_authority:
        to = Addressee(division_path=request.division_path, roles=("administrator", "officer"))
    key = f"factor_request:{request.id}:{request.state.value}:{'' if request.decided_at is None else request.decided_at.isoformat()}"
    text = Said(f"{said.zh}。{request.reason}", f"{said.en}. {request.reason}".strip()) if request.reason else said
    notice = Notice("knowledge.factor_request", key, said, text, Link("FactorRequest", (request.id,)))
    await notices.tell(write, scope, notice, to)
