"""Errors of CCER.

NotFound
  ProjectNotFound, ReductionNotFound, CommentNotFound   not there, or not visible to the caller
Forbidden
  RegistrarOnly             only the authority registers, issues, returns and de-registers
  BodyOnly                  only a verification body validates and verifies
Invalid
  ProjectDatesInvalid       started too early, or a crediting period that cannot be
  PlantCodeInvalid          a plant is named by its certificates' project code; solar thermal and offshore wind name one
  OldRegistrationInvalid    no project was registered under the old scheme from 2017-03-14 on
  StepInFuture              a step is recorded on the day it happens or later
  PeriodInvalid             a monitoring period that cannot be
  TonnesNotWhole            CCER are whole tonnes
  VerifiedMoreThanReported  the verified reduction cannot exceed the reported one
  SerialsUnreadable         serials of the registry that do not form a run
  SerialsNotAsVerified      an issuance has as many serials as tonnes were verified
  SerialsOverlap            two rows of one import name the same serials
  ImportTooLong             more rows than one import takes
  HoldingDatesInvalid       dates of a row that contradict each other
  HoldingMethodologyUnknown no published methodology, nor a unit of the old scheme
  CcerTextInvalid           an empty text, or one that is too long
  ComplianceYearInvalid     no year of the trading market
Conflict
  ProjectCodeTaken          another project has the code
  ProjectDeregistered       a de-registered project cannot apply again
  StepNotAllowed            the state does not allow the step
  StepBeforePrevious        a step is not earlier than the one before
  TooEarly                  publicity is not over: names the first lawful day
  CommentsUnanswered        comments of the public wait for an answer
  PublicityOver             comments are received while publicity runs
  CommentAnswered           the comment has its answer
  ProjectExcluded           a legal duty, or managed by the emissions trading market
  CannotTell                a condition cannot be judged by what is known
  CreditingPeriodRefused    longer (or shorter) than the methodology allows
  SameBody                  the body that validated the project does not verify its reductions
  PeriodTaken               another reduction of the project has a day of the period
  ReductionTooEarly         reductions before 2020-09-23 do not count
  ReductionTooOld           reductions of more than five years before the application do not count
  OutsideCrediting          outside the project's crediting period
Unavailable
  MethodologyUnknown        not among the published methodologies
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable

STEPS_ZH = {
    "draft": "草稿", "publicised": "公示中", "validated": "已审定", "applied": "已申请登记", "registered": "已登记",
    "deregistered": "已注销登记", "withdrawn": "已撤回", "reported": "已编制报告", "verified": "已核查", "issued": "已签发",
    "change": "修改", "publicise": "公示", "validate": "审定", "apply": "申请登记", "return": "退回", "register": "登记",
    "deregister": "注销登记", "report": "编制报告", "verify": "核查", "issue": "签发", "annul": "撤销签发", "withdraw": "撤回",
    "-": "无",
}  # fmt: skip
"""States and steps in Chinese, for sentences."""


class ProjectNotFound(NotFound):
    """No such project, or not visible."""

    code = "ccer_project_not_found"
    en = "No CCER project with this identifier that you may see."
    zh = "未找到您可以查看的该CCER项目。"


class ReductionNotFound(NotFound):
    """No such reduction, or not visible."""

    code = "ccer_reduction_not_found"
    en = "No reduction of a CCER project with this identifier that you may see."
    zh = "未找到您可以查看的该项目减排量。"


class CommentNotFound(NotFound):
    """No such comment, or not visible."""

    code = "ccer_comment_not_found"
    en = "No comment with this identifier that you may see."
    zh = "未找到您可以查看的该条公众意见。"


class RegistrarOnly(Forbidden):
    """The step is the registry's."""

    code = "ccer_registrar_only"
    en = "Only the authority takes the step '{action}'."
    zh = "“{action_zh}”只能由主管部门办理。"

    def __init__(self, *, action: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(path=path, action=action, action_zh=STEPS_ZH.get(action, action))


class BodyOnly(Forbidden):
    """The step is a verification body's."""

    code = "ccer_body_only"
    en = "Only an engaged verification body takes the step '{action}'."
    zh = "“{action_zh}”只能由受委托的审定与核查机构办理。"

    def __init__(self, *, action: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(path=path, action=action, action_zh=STEPS_ZH.get(action, action))


class ProjectDatesInvalid(Invalid):
    """The project started too early, or its crediting period cannot be."""

    code = "ccer_project_dates_invalid"
    en = "{reason_en}"
    zh = "{reason_zh}"


class PlantCodeInvalid(Invalid):
    """A plant is named as certificates name it, and must be where the energy is exclusive."""

    code = "ccer_plant_code_invalid"
    en = (
        "'{value}' is not the plant's project code of green certificates: give its 17 digits and capital letters. "
        "Certificates of the same energy exclude CCER and are found by this code ({methodology}); a project that is not "
        "about a plant's energy leaves it empty, solar thermal and offshore wind may not."
    )
    zh = (
        "“{value}”不是电站的绿证项目编码，请填写 17 位数字或大写字母。同一电量的绿证与 CCER 只能二选一，系统按该编码核对"
        "（方法学 {methodology}）；与电站电量无关的项目请留空，光热、海上风电项目必填。"
    )


class OldRegistrationInvalid(Invalid):
    """No project was registered under the old scheme from that day on."""

    code = "ccer_old_registration_invalid"
    en = "{on} cannot be a registration under the old scheme: give a day before {limit}, or leave it out."
    zh = "{on} 不能作为旧机制的备案日期：应早于 {limit}，或不填。"


class StepInFuture(Invalid):
    """The day of a step has not come."""

    code = "ccer_step_in_future"
    en = "The step cannot be recorded for {on}: that day has not come (today is {today})."
    zh = "办理日期 {on} 尚未到来（今天为 {today}）。"


class PeriodInvalid(Invalid):
    """A monitoring period that cannot be."""

    code = "ccer_period_invalid"
    en = "{first} to {last} cannot be a monitoring period: it must end on or after its first day, and before today."
    zh = "监测期 {first} 至 {last} 有误：结束日期不得早于开始日期，且须早于今天。"


class TonnesNotWhole(Invalid):
    """CCER are whole tonnes."""

    code = "ccer_tonnes_not_whole"
    en = "{quantity} is not a whole, positive number of tonnes. Round down to whole tCO2e."
    zh = "减排量 {quantity} 须为正整数吨（tCO2e），请向下取整。"


class VerifiedMoreThanReported(Invalid):
    """More was verified than reported."""

    code = "ccer_verified_more_than_reported"
    en = "{verified} t verified, but only {reported} t were reported. Withdraw the reduction and report it again."
    zh = "核查减排量 {verified} 吨超过报告减排量 {reported} 吨，请撤回后重新报告。"


class SerialsUnreadable(Invalid):
    """Serials that do not form a run."""

    code = "ccer_serials_unreadable"
    en = "Row {row}: '{first}' to '{last}' is no run of serials. Both end in digits, differ only there, and count up."
    zh = "第 {row} 行：“{first}”至“{last}”不是连续编号，首尾编号须以数字结尾、仅数字不同且由小到大。"


class SerialsNotAsVerified(Invalid):
    """More or fewer serials than verified tonnes."""

    code = "ccer_serials_not_as_verified"
    en = (
        "The serials are {found}, but {verified} t were verified: one serial a tonne. Give the first and last serial of "
        "the registry's notice."
    )
    zh = "编号共 {found} 个，经核查的减排量为 {verified} 吨，每吨对应一个编号，请按登记机构通知填写首尾编号。"


class SerialsOverlap(Invalid):
    """Two rows of one import share serials."""

    code = "ccer_serials_overlap"
    en = "Rows {row} and {other} name the same serials ({serial}). Remove one of them."
    zh = "第 {row} 行与第 {other} 行的编号重复（{serial}），请删除其一。"


class ImportTooLong(Invalid):
    """More rows than one import takes, or none."""

    code = "ccer_import_rows"
    en = "One import takes 1 to {most} rows; these are {found}."
    zh = "一次导入须为 1 至 {most} 行，当前为 {found} 行。"


class HoldingDatesInvalid(Invalid):
    """Dates of a row that contradict each other."""

    code = "ccer_holding_dates_invalid"
    en = "Row {row}: {reason_en}"
    zh = "第 {row} 行：{reason_zh}"


class HoldingMethodologyUnknown(Invalid):
    """No published methodology, nor a unit of the old scheme."""

    code = "ccer_holding_methodology_unknown"
    en = (
        "Row {row}: '{value}' is not a published methodology. Give its code with version, such as CCER-01-002-V01, or its "
        "Chinese name (`ccerMethodologies` lists them); only units registered under the old scheme (before {limit}) keep "
        "another."
    )
    zh = (
        "第 {row} 行：“{value}”不是已发布的方法学，请填写含版本的编号（如 CCER-01-002-V01）或中文名称，可通过 "
        "ccerMethodologies 查询；仅 {limit} 之前按旧机制登记的减排量可保留原方法学。"
    )


class CcerTextInvalid(Invalid):
    """An empty text, or one that is too long."""

    code = "ccer_text_invalid"
    en = "'{field}' takes {least} to {most} characters; it has {found}."
    zh = "“{field}”须为 {least} 至 {most} 个字符，当前为 {found} 个。"


class ComplianceYearInvalid(Invalid):
    """No year of the trading market."""

    code = "ccer_compliance_year_invalid"
    en = "{year} is no compliance year of the national market: give one from {first} to {last}."
    zh = "{year} 不是全国碳市场的履约年度，可选 {first} 至 {last}。"


class ProjectCodeTaken(Conflict):
    """Another project has the code."""

    code = "ccer_project_code_taken"
    en = "A CCER project with the code '{value}' is recorded already."
    zh = "编号为“{value}”的CCER项目已经存在。"


class ProjectDeregistered(Conflict):
    """A de-registered project cannot apply again."""

    code = "ccer_project_deregistered"
    en = "The project '{value}' was de-registered and cannot apply again."
    zh = "项目“{value}”已被注销，不得再次申请登记。"


class StepNotAllowed(Conflict):
    """The state does not allow the step."""

    code = "ccer_step_not_allowed"
    en = "'{action}' is not possible in the state '{state}'. Possible: {possible}."
    zh = "当前状态“{state_zh}”不能办理“{action_zh}”，可办理：{possible_zh}。"

    def __init__(self, *, path: tuple[str, ...] = (), **details: object) -> None:
        names = {name: str(details.get(name, "")) for name in ("state", "action", "possible")}
        told = {
            f"{name}_zh": "、".join(STEPS_ZH.get(each, each) for each in text.split(", "))
            for name, text in names.items()
        }
        super().__init__(path=path, **told, **details)


class StepBeforePrevious(Conflict):
    """A step earlier than the one before."""

    code = "ccer_step_before_previous"
    en = "The step cannot have happened on {on}: the one before it was on {previous}."
    zh = "办理日期 {on} 早于上一步骤的日期 {previous}。"


class TooEarly(Conflict):
    """Publicity is not over."""

    code = "ccer_publicity_not_over"
    en = "Publicity since {since} lasts {days} working days: the step is lawful from {first_day} on, not on {on}."
    zh = "自 {since} 起须公示 {days} 个工作日，最早可于 {first_day} 办理，{on} 尚早。"


class CommentsUnanswered(Conflict):
    """Comments of the public wait for an answer."""

    code = "ccer_comments_unanswered"
    en = "Comments of the public without an answer: {count}. Answer each, then repeat the step."
    zh = "尚有 {count} 条公众意见未答复，请逐条答复后再办理。"


class PublicityOver(Conflict):
    """Comments are received while publicity runs."""

    code = "ccer_no_publicity"
    en = "No publicity ran on {on}: comments are received from the first to the {days}th working day of publicity."
    zh = "{on} 不在公示期内，公众意见须在 {days} 个工作日的公示期内收到。"


class CommentAnswered(Conflict):
    """The comment has its answer."""

    code = "ccer_comment_answered"
    en = "This comment was answered already."
    zh = "该条意见已经答复。"


class ProjectExcluded(Conflict):
    """Excluded by Order 31."""

    code = "ccer_project_excluded"
    en = "The project is excluded: {reason_en} (Order 31)."
    zh = "该项目不符合条件：{reason_zh}（部令第31号）。"


class CannotTell(Conflict):
    """A condition cannot be judged."""

    code = "ccer_cannot_tell"
    en = "It cannot be told whether the project qualifies: {reason_en}"
    zh = "无法判定项目是否符合条件：{reason_zh}"


class CreditingPeriodRefused(Conflict):
    """Longer or shorter than the methodology allows."""

    code = "ccer_crediting_period_refused"
    en = "The crediting period {first} to {last} does not fit {methodology}: '{period}'."
    zh = "计入期 {first} 至 {last} 不符合方法学 {methodology} 的规定（计入期{period_zh}）。"


class SameBody(Conflict):
    """The body that validated the project does not verify its reductions."""

    code = "ccer_same_body"
    en = "The body that validated the project cannot verify its reductions: engage another one."
    zh = "审定与核查须由不同机构承担，请委托另一家机构核查。"


class PeriodTaken(Conflict):
    """Another reduction of the project has a day of the period."""

    code = "ccer_period_taken"
    en = "Another reduction of this project has days of {first} to {last}. A day's reduction is reported once."
    zh = "本项目的其他减排量已包含 {first} 至 {last} 中的日期，同一日的减排量只能报告一次。"


class ReductionTooEarly(Conflict):
    """Before the day from which reductions count."""

    code = "ccer_reduction_too_early"
    en = "Reductions count only after {limit}; the monitoring period begins on {first}."
    zh = "减排量须产生于 {limit} 之后，监测期始于 {first}。"


class ReductionTooOld(Conflict):
    """More than five years before the application."""

    code = "ccer_reduction_too_old"
    en = "On {on}, reductions since {limit} can be applied for (five years); the monitoring period begins on {first}."
    zh = "于 {on} 申请时，仅可申请 {limit} 以来（五年内）产生的减排量，监测期始于 {first}。"


class OutsideCrediting(Conflict):
    """Outside the project's crediting period."""

    code = "ccer_outside_crediting"
    en = "The monitoring period lies outside the crediting period {first} to {last}."
    zh = "监测期超出项目计入期 {first} 至 {last}。"


class MethodologyUnknown(Unavailable):
    """Not among the published methodologies."""

    code = "ccer_methodology_unknown"
    en = "'{methodology}' is not among the methodologies published by {on} (`ccerMethodologies` lists those of today)."
    zh = "截至 {on}，方法学“{methodology}”不在已发布清单中，可通过 ccerMethodologies 查询现行清单。"
