"""Errors of the ledger.

NotFound
  AccountUnknown            no such account, or not yours
  HoldUnknown               no such hold, or not yours
  MovementUnknown           no such movement, or not yours
Forbidden
  WholeBookOnly             a book is frozen by the authority of the whole jurisdiction
Invalid
  ClassUnknown              no class of units of this code
  ClassMismatch             the hold keeps units of another class
  ClassNotSerialised        units of this class have no serials
  QuantityNotPositive       nothing, or less
  QuantityTooLarge          more than the books can count
  QuantityTooPrecise        more decimals than the class has
  UnitsNotWhole             a fraction of a unit that is not divisible
  QuantityMismatch          quantity and serials disagree
  SerialsRepeated           a serial is named twice
  SerialsInvalid            not a range of serials
  SelectionEmpty            neither a quantity nor serials
  SelectionsInvalid         no selection, or too many of them
  AttributesNotObject       attributes without names
  TooManyRanges             more serial ranges than one command takes
  TransferToSelf            giver and receiver are one account
  EffectiveInFuture         a day that has not come
  EffectiveTooEarly         a day before any unit there is
  PeriodInvalid             a year nothing can be used for
  StatementDaysInvalid      a statement that ends before it begins
  PurposeMissing            a retirement says what for
  PurposeElsewhere          a use with a command of its own
  ExpiryInPast              an offer that would be over before it began
  NotABank                  the beneficiary of a pledge must be a bank
  OriginsIncomplete         the registry's codes do not cover the quantity
  ProductionInvalid         produced backwards
  VintageInvalid            a year no benefit can belong to
  ReceiverMissing           neither, or both, of an account and its number
  ReasonMissing             a registrar's correction says why
  TextTooLong               a text that is too long
Conflict
  InsufficientUnits         fewer usable units than wanted
  SerialsUnknown            serials that were never issued here, or not in this class
  SerialsNotHere            serials that are not available in this account
  AccountClosed             the account is closed
  ClassFrozen               the book of this class is frozen
  UnitsExpired              units past their last day
  UnitsNotTransferable      units that cannot change hands
  UnitsAlreadyTransferred   units that changed hands as often as they may
  OriginOverlap             units that were imported before
  HoldNotOpen               the offer, pledge or reservation is over
  OfferExpired              the offer is over
  MovementNotReversible     a movement that cannot be undone
  MovementAlreadyReversed   the movement was reversed before
  ProgrammeUnits            units whose programme has a command of its own
  MovementClaimed           the movement stands behind a claim
  MovementOwned             another noun keeps a record of the movement, and takes it back
  AlreadyClaimed            the benefit is used up
"""

from backend.kit.errors import CarbonError, Conflict, Forbidden, Invalid, NotFound
from backend.ledger.words import KINDS, STATES, USES, in_chinese


class AccountUnknown(NotFound):
    """No such account, or not yours."""

    code = "account_unknown"
    en = "No account '{account}' that you may use here. Check the account number."
    zh = "不存在您可以使用的账户“{account}”，请核对账户编号。"


class HoldUnknown(NotFound):
    """No such hold, or not yours."""

    code = "hold_unknown"
    en = "No offer, pledge or reservation '{hold}' that you may act on."
    zh = "不存在您可以处理的要约、质押或预留“{hold}”。"


class MovementUnknown(NotFound):
    """No such movement, or not yours."""

    code = "movement_unknown"
    en = "No movement '{movement}' that you may act on."
    zh = "不存在您可以处理的流水“{movement}”。"


class WholeBookOnly(Forbidden):
    """A book is frozen by the authority of the whole jurisdiction."""

    code = "whole_book_only"
    en = "A class has one book for the whole jurisdiction; only its own authority freezes or opens it."
    zh = "每类单位在整个辖区只有一本账簿，仅本级主管部门可以冻结或解冻。"


class ClassUnknown(Invalid):
    """No class of units of this code."""

    code = "class_unknown"
    en = "There is no class of units '{class}'. `unitClasses` lists them."
    zh = "不存在单位种类“{class}”，可通过 unitClasses 查询。"


class ClassMismatch(Invalid):
    """The hold keeps units of another class."""

    code = "class_mismatch"
    en = "The hold keeps units of {held}, not of {class}."
    zh = "该锁定的单位属于 {held}，而不是 {class}。"


class ClassNotSerialised(Invalid):
    """Units of this class have no serials."""

    code = "class_not_serialised"
    en = "Units of {class} have no serials; give a quantity."
    zh = "{class} 的单位没有序列号，请改用数量。"


class QuantityNotPositive(Invalid):
    """Nothing, or less."""

    code = "quantity_not_positive"
    en = "The quantity must be above zero, not {quantity}."
    zh = "数量必须大于零，当前为 {quantity}。"


class QuantityTooLarge(Invalid):
    """More than the books can count."""

    code = "quantity_too_large"
    en = "The quantity may be at most {allowed}, not {quantity}."
    zh = "数量最多为 {allowed}，当前为 {quantity}。"


class QuantityTooPrecise(Invalid):
    """More decimals than the class has."""

    code = "quantity_too_precise"
    en = "A quantity of {class} has at most {scale} decimals; {quantity} has more."
    zh = "{class} 的数量最多 {scale} 位小数，{quantity} 超出。"


class UnitsNotWhole(Invalid):
    """A fraction of a unit that is not divisible."""

    code = "units_not_whole"
    en = "Units of {class} are whole; {quantity} is not."
    zh = "{class} 只能为整数，{quantity} 不是整数。"


class QuantityMismatch(Invalid):
    """Quantity and serials disagree."""

    code = "quantity_mismatch"
    en = "The serials name {serials} units, the quantity says {quantity}. Leave the quantity out, or mend one of the two."
    zh = "序列号共 {serials} 个单位，而数量为 {quantity}；请省略数量或更正其一。"


class SerialsRepeated(Invalid):
    """A serial is named twice."""

    code = "serials_repeated"
    en = "A serial is named more than once; the ranges must not overlap."
    zh = "同一序列号出现多次，序列号区间不得重叠。"


class SerialsInvalid(Invalid):
    """Not a range of serials."""

    code = "serials_invalid"
    en = "A range of serials runs from a first to a last one, both positive; '{first}-{last}' does not."
    zh = "序列号区间须由起始号到终止号且均为正数，“{first}-{last}”无效。"


class SelectionEmpty(Invalid):
    """Neither a quantity nor serials."""

    code = "selection_empty"
    en = "Say how many units, or which serials."
    zh = "请给出数量或序列号。"


class TooManyRanges(Invalid):
    """More serial ranges than one command takes."""

    code = "too_many_ranges"
    en = "One command takes at most {allowed} ranges; {found} were given."
    zh = "一次操作最多 {allowed} 个序列号区间，当前为 {found} 个。"


class SelectionsInvalid(Invalid):
    """No selection, or too many of them."""

    code = "selections_invalid"
    en = "One operation takes 1 to {allowed} selections; {found} were given."
    zh = "一次操作须包含 1 至 {allowed} 组单位，当前为 {found} 组。"


class AttributesNotObject(Invalid):
    """Attributes without names."""

    code = "attributes_not_object"
    en = 'Give attributes by name: {{"technology": "wind"}}.'
    zh = '请以“名称: 值”的形式填写属性，例如 {{"technology": "wind"}}。'


class TransferToSelf(Invalid):
    """Giver and receiver are one account."""

    code = "transfer_to_self"
    en = "An account cannot transfer to itself ({account})."
    zh = "不能向同一账户（{account}）划转。"


class EffectiveInFuture(Invalid):
    """A day that has not come."""

    code = "effective_in_future"
    en = "The day {day} has not come yet; today is {today} in China. Check the clock of whoever sends this."
    zh = "日期 {day} 尚未到来，今天是 {today}；请检查发送方的时钟。"


class EffectiveTooEarly(Invalid):
    """A day before any unit there is."""

    code = "effective_too_early"
    en = "The day {day} is before {first}: no unit of these books is that old. Check the year."
    zh = "日期 {day} 早于 {first}，账簿中没有如此早的单位，请核对年份。"


class PeriodInvalid(Invalid):
    """A year nothing can be used for."""

    code = "use_period_invalid"
    en = "Units cannot be used for the year {period}; name one from {first} to {last}."
    zh = "使用年度不能为 {period}，应为 {first} 至 {last}。"


class StatementDaysInvalid(Invalid):
    """A statement that ends before it begins."""

    code = "statement_days_invalid"
    en = "A statement cannot run from {first} to {last}: give the earlier day first."
    zh = "对账单的起止日期 {first} 至 {last} 颠倒，请先填较早的日期。"


class PurposeMissing(Invalid):
    """A retirement says what for."""

    code = "ledger_purpose_missing"
    en = "Say what the units are retired for, such as 'event', 'footprint', 'disclosure' or your own words."
    zh = "请说明注销用途，例如 event（活动碳中和）、footprint（产品碳足迹）、disclosure（信息披露），或自行描述。"


class PurposeElsewhere(Invalid):
    """A use with a command of its own, which checks and claims it."""

    code = "purpose_elsewhere"
    en = "'{purpose}' has commands of its own, which check and claim it: `claimCertificates`, `surrenderAllowances`."
    zh = "用途“{purpose}”须通过专门操作核对并登记：绿证核销用 claimCertificates，配额清缴用 surrenderAllowances。"


class ExpiryInPast(Invalid):
    """An offer that would be over before it began."""

    code = "expiry_in_past"
    en = "The offer would end at {expires_at}, which is past."
    zh = "要约截止时间 {expires_at} 已过。"


class NotABank(Invalid):
    """The beneficiary of a pledge must be a bank."""

    code = "not_a_bank"
    en = "Units are pledged to a bank of this jurisdiction; '{organisation}' is none."
    zh = "质权人必须是本地区登记的银行，“{organisation}”不是。"


class OriginsIncomplete(Invalid):
    """The registry's codes do not cover the quantity."""

    code = "origins_incomplete"
    en = "The registry's codes name {named} units, the quantity is {quantity}."
    zh = "登记编码共 {named} 个单位，而数量为 {quantity}。"


class ProductionInvalid(Invalid):
    """Produced backwards."""

    code = "production_invalid"
    en = "Production cannot begin on {first} and end before, on {last}."
    zh = "生产起始日 {first} 不能晚于截止日 {last}。"


class VintageInvalid(Invalid):
    """A year no benefit can belong to."""

    code = "vintage_invalid"
    en = "The vintage cannot be {vintage}; name a year from {first} to {last}."
    zh = "年度不能为 {vintage}，应为 {first} 至 {last}。"


class ReceiverMissing(Invalid):
    """Neither, or both, of an account and its number."""

    code = "receiver_missing"
    en = "Name the receiving account either by its id or by its number, not both."
    zh = "请用账户标识或账户编号之一指明接收账户。"


class ReasonMissing(Invalid):
    """A registrar's correction says why."""

    code = "ledger_reason_missing"
    en = "Say why; it stays in the journal."
    zh = "请说明理由，理由将永久记入账簿。"


class TextTooLong(Invalid):
    """A text that is too long."""

    code = "ledger_text_too_long"
    en = "'{field}' may have at most {allowed} characters."
    zh = "“{field}”最多 {allowed} 个字符。"


class InsufficientUnits(Conflict):
    """Fewer usable units than wanted."""

    code = "insufficient_units"
    en = "Only {usable} usable units of {class} are there; {wanted} were asked for."
    zh = "{class} 可用单位仅 {usable}，申请 {wanted}。"


class SerialsUnknown(Conflict):
    """Serials that were never issued here, or not in this class."""

    code = "serials_unknown"
    en = "Some of the serials are not units of {class} here. Look them up first."
    zh = "部分序列号不是本系统中 {class} 的单位，请先查询序列号。"


class SerialsNotHere(Conflict):
    """Serials that are not available in this account."""

    code = "serials_not_here"
    en = "Some of the serials of {class} are not available in this account: held by somebody else, locked or used."
    zh = "部分 {class} 序列号在该账户中不可用：由他人持有、已锁定或已使用。"


class AccountClosed(Conflict):
    """The account is closed."""

    code = "account_closed"
    en = "The account {account} is closed; no units move to or from it."
    zh = "账户 {account} 已关闭，不能再转入或转出。"


class ClassFrozen(Conflict):
    """The book of this class is frozen."""

    code = "class_frozen"
    en = "The book of {class} is frozen ({reason}). Nothing moves until the registrar unfreezes it."
    zh = "{class} 账簿已冻结（{reason}），解冻前不能变动。"


class UnitsExpired(Conflict):
    """Units past their last day."""

    code = "units_expired"
    en = "The units were valid until {valid_until} and cannot be used or moved any more."
    zh = "单位有效期至 {valid_until}，已不能使用或划转。"


class UnitsNotTransferable(Conflict):
    """Units that cannot change hands."""

    code = "units_not_transferable"
    en = "These units of {class} cannot change hands (bound to their energy, or not tradeable by their kind); their holder may use them. Name other units."
    zh = "这些 {class} 单位不可交易（证电合一或按类别不可交易），仅可由持有人使用；请改选其他单位。"


class UnitsAlreadyTransferred(Conflict):
    """Units that changed hands as often as they may."""

    code = "units_already_transferred"
    en = "Units of {class} may change hands {allowed} time(s) only; these have."
    zh = "{class} 最多交易 {allowed} 次，这些单位已达上限。"


class OriginOverlap(Conflict):
    """Units that were imported before."""

    code = "origin_overlap"
    en = "Units {first}-{last} of {registry} ({frame}) are in this ledger already. Nothing was imported."
    zh = "{registry} 的 {frame} 第 {first}-{last} 号单位已在账簿中，未导入任何内容。"


class HoldNotOpen(Conflict):
    """The offer, pledge or reservation is over."""

    code = "hold_not_open"
    en = "It is not open any more: {state}."
    zh = "该项已结束（{state_zh}），不能再处理。"

    def __init__(self, *, path: tuple[str, ...] = (), **details: object) -> None:
        super().__init__(path=path, state_zh=in_chinese(STATES, details.get("state")), **details)


class OfferExpired(Conflict):
    """The offer is over."""

    code = "offer_expired"
    en = "The offer ended at {expires_at}. Ask for a new one."
    zh = "要约已于 {expires_at} 截止，请重新发起。"


class MovementNotReversible(Conflict):
    """A movement that cannot be undone."""

    code = "movement_not_reversible"
    en = "Movement {number} ({kind}) cannot be reversed: its units have moved on, or it is of a kind that is ended otherwise."
    zh = "流水 {number}（{kind_zh}）不能冲正：单位已再次变动，或该类流水须以其他方式结束。"

    def __init__(self, *, path: tuple[str, ...] = (), **details: object) -> None:
        super().__init__(path=path, kind_zh=in_chinese(KINDS, details.get("kind")), **details)


class MovementAlreadyReversed(Conflict):
    """The movement was reversed before."""

    code = "movement_already_reversed"
    en = "Movement {number} was reversed already."
    zh = "流水 {number} 已被冲正。"


class ProgrammeUnits(Conflict):
    """Units whose programme has a command of its own."""

    code = "programme_units"
    en = "Units of {class} belong to the programme '{programme}', which checks first: use `submitProgrammeQuantity` to have them issued, `retireProgrammeUnits` to retire them."
    zh = "{class} 单位属于“{programme}”项目，须先经其审核：签发请用 submitProgrammeQuantity，注销请用 retireProgrammeUnits。"


class MovementClaimed(Conflict):
    """The movement stands behind a claim."""

    code = "movement_claimed"
    en = (
        "Movement {number} stands behind a claim ({use}, period {period}). Reverse the claim; it brings the units back."
    )
    zh = "流水 {number} 已用于{use_zh}（{period} 年），请撤销该声明，单位将随之恢复。"

    def __init__(self, *, path: tuple[str, ...] = (), **details: object) -> None:
        super().__init__(path=path, use_zh=in_chinese(USES, details.get("use")), **details)


class MovementOwned(Conflict):
    """Another noun keeps a record of the movement, and takes it back."""

    code = "movement_owned"
    en = "A record beside the ledger stands on movement {number}. Take it back with `{undo}`, which changes both."
    zh = "流水 {number} 另有业务记录，请使用 {undo} 撤回，账簿与该记录将一并更正。"


class AlreadyClaimed(Conflict):
    """The benefit is used up."""

    code = "already_claimed"
    en = "Already claimed for {other} (period {period}): {first}-{last} of {subject}. {reason_en}"
    zh = "已用于{other_zh}（{period} 年）：{subject} 的 {first}-{last}。{reason_zh}"

    def __init__(self, *, path: tuple[str, ...] = (), **details: object) -> None:
        super().__init__(path=path, other_zh=in_chinese(USES, details.get("other")), **details)


BY_CODE: dict[str, type[CarbonError]] = {
    found.code: found
    for found in (
        AccountUnknown, HoldUnknown, MovementUnknown, ClassUnknown, ClassMismatch, ClassNotSerialised,
        QuantityNotPositive, QuantityTooPrecise, UnitsNotWhole, QuantityMismatch, SerialsRepeated,
        SerialsInvalid, SelectionEmpty, TooManyRanges, TransferToSelf, EffectiveInFuture, ExpiryInPast,
        NotABank, OriginsIncomplete, ReasonMissing, TextTooLong, InsufficientUnits, SerialsUnknown,
        SerialsNotHere, AccountClosed, ClassFrozen, UnitsExpired, UnitsNotTransferable,
        UnitsAlreadyTransferred, OriginOverlap, HoldNotOpen, OfferExpired, MovementNotReversible,
        MovementAlreadyReversed, AlreadyClaimed,
    )
}  # fmt: skip
"""What the server functions refuse, by the code they give."""
