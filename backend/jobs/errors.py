"""What can go wrong with a job, for whoever asked for it and for whoever operates it."""

from backend.kit.errors import CarbonError, Conflict, Limited, NotFound, Unavailable


class JobNotFound(NotFound):
    """Not there, or another organisation's."""

    code = "job_not_found"
    en = "No job with this identifier."
    zh = "未找到该任务。"


class JobFinished(Conflict):
    """It ended before the cancel came."""

    code = "job_finished"
    en = "The job has already ended ({state}); there is nothing left to cancel."
    zh = "任务已结束（{state}），无法取消。"


class JobNotRetryable(Conflict):
    """Only a failed or cancelled job can be run again."""

    code = "job_not_retryable"
    en = "Only a failed or cancelled job can be run again; this one is {state}."
    zh = "只有失败或已取消的任务才能重新执行；该任务当前状态为 {state}。"


class JobLost(Unavailable):
    """Worker after worker ended without an answer."""

    code = "job_lost"
    en = "The work broke off {attempts} times without an answer. Nothing was half stored; run it again, or ask the operator."
    zh = "任务已中断 {attempts} 次仍未得出结果，未保存任何不完整数据；请重新执行或联系运营方。"


class JobTimedOut(Limited):
    """It took longer than its kind may."""

    code = "job_timed_out"
    en = "The work took longer than {seconds} seconds and was stopped; nothing was half stored. Split the input and try again."
    zh = "任务超过 {seconds} 秒仍未完成，已停止，未保存任何不完整数据；请拆分后重试。"


class JobKindUnknown(CarbonError):
    """No function of this release does this."""

    code = "job_kind_unknown"
    en = "This release has no work of the kind '{kind}'."
    zh = "当前版本不支持“{kind}”类型的任务。"


class JobInternal(CarbonError):
    """A fault of ours; the log has the rest under the correlation id."""

    code = "job_internal"
    en = "The work failed through a fault of the service. Report the number {correlation_id} to the operator."
    zh = "任务因服务内部错误而失败，请将编号 {correlation_id} 告知运营方。"
