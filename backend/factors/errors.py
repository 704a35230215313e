"""Errors of reference parameters.

ParameterFileInvalid    a file cannot be right; every fault with line, column and remedy, nothing stored
ParameterInvalid        one proposed parameter cannot be right
ParameterNotFound       no such version, or not visible
ParameterNotDraft       only a draft can be activated or rejected
ParameterOwnProposal    separation of duties: the proposer may not activate
ParameterOutdated       a version proposed later counts already
ParameterUnchanged      the proposal says what the newest version says already
PolicyInvalid           an unknown rule for choosing the year
"""

from collections.abc import Sequence

from backend.factors.values import Fault
from backend.kit.errors import Conflict, Forbidden, Invalid, Limited, NotFound

SHOWN = 100
"""Faults sent along; the count tells of the rest."""


class ParameterFileInvalid(Invalid):
    """A file of parameters cannot be right. `faults` holds all of them; nothing was stored."""

    code = "parameter_file_invalid"
    en = "'{file}' was not loaded: {count} faults. {first_en}"
    zh = "“{file}”未载入：共 {count} 处错误。{first_zh}"

    def __init__(self, file: str, faults: Sequence[Fault], *, path: tuple[str, ...] = ()) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(
            path=path,
            file=file,
            count=len(self.faults),
            first_en=f"Line {first.line}, {first.column}: {first.en}",
            first_zh=f"第 {first.line} 行“{first.column}”：{first.zh}",
            faults=[fault.as_json() for fault in self.faults[:SHOWN]],
        )


class ParameterFileTooLong(Limited):
    """More rows than one file may have."""

    code = "parameter_file_too_long"
    en = "'{file}' has more than {limit} rows; split it."
    zh = "“{file}”超过 {limit} 行，请拆分后提交。"


class ParameterInvalid(Invalid):
    """One field of a proposed parameter cannot be right."""

    code = "parameter_invalid"
    en = "{field}: {reason_en}"
    zh = "{field}：{reason_zh}"


class ParameterNotFound(NotFound):
    """No version with this id is visible."""

    code = "parameter_not_found"
    en = "No parameter version '{id}'."
    zh = "未找到参数版本“{id}”。"


class ParameterNotDraft(Conflict):
    """The version is active or rejected already."""

    code = "parameter_not_draft"
    en = "'{name} {key}' is {state}; only a draft can be activated or rejected."
    zh = "“{name} {key}”的状态为 {state}，仅草稿可以启用或驳回。"


class ParameterOwnProposal(Forbidden):
    """Separation of duties is on: another person than the proposer activates."""

    code = "parameter_own_proposal"
    en = "You proposed '{name} {key}'; another person must activate it (separation of duties)."
    zh = "“{name} {key}”由您提出，须由他人启用（职责分离）。"


class ParameterOutdated(Conflict):
    """Activating the draft would change nothing: a later version counts already."""

    code = "parameter_outdated"
    en = "A later version of '{name} {key}' counts already; propose the value again."
    zh = "“{name} {key}”已有更新的版本生效，请重新提交。"


class ParameterUnchanged(Conflict):
    """Nothing would change."""

    code = "parameter_unchanged"
    en = "The newest version of '{name} {key}' says the same already."
    zh = "“{name} {key}”的最新版本内容相同，无需提交。"


class PolicyInvalid(Invalid):
    """The rule for choosing a version is not one we know."""

    code = "factor_policy_invalid"
    en = "'{policy}' is not a factor policy; write published or data_year:2023."
    zh = "“{policy}”不是有效的取值规则，请填写 published 或 data_year:2023。"
