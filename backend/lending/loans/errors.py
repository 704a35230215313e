"""Errors of a bank's loans and terms.

Invalid
  LoansMissing              no loan named
  LoanReferenceInvalid      empty, too long, or not printable
  LoanDatesInvalid          days that cannot be
  OutstandingInvalid        negative, too large, or finer than a fen
  LoanTwice                 two balances of one loan on one day
  LoanKindUnknown           no such kind of loan
  LoanCellInvalid           a cell of a file that is no date or number
  LoanFileFaulty            rows of a file that cannot be stored; nothing of it was
  TermsInvalid              terms that cannot be
Conflict
  LoanDiffers               the reference is known as another loan
  TermsInThePast            a version would begin before today
Limited
  TooManyLoans              more than one command takes
"""

from collections.abc import Sequence

from backend.kit.errors import Conflict, Invalid, Limited


class LoansMissing(Invalid):
    """No loan named."""

    code = "loans_missing"
    en = "Name at least one loan."
    zh = "请至少填写一笔贷款。"


class LoanReferenceInvalid(Invalid):
    """Empty, too long, or not printable."""

    code = "loan_reference_invalid"
    en = "A loan's reference has 1 to {longest} printable characters. Use your own number of the loan."
    zh = "贷款编号应为 1 至 {longest} 个可打印字符，请填写贵行的贷款编号。"


class LoanDatesInvalid(Invalid):
    """Days that cannot be."""

    code = "loan_dates_invalid"
    en = "The days of loan {reference} do not fit: it opens first (1990 at the earliest), the balance is of a later day up to today, and it ends after it opened."
    zh = "贷款 {reference} 的日期有误：发放日不早于 1990 年，余额日不早于发放日且不晚于今天，到期日不早于发放日。"


class OutstandingInvalid(Invalid):
    """Negative, too large, or finer than a fen."""

    code = "loan_outstanding_invalid"
    en = "What is outstanding on loan {reference} is an amount in CNY, not negative, to the fen."
    zh = "贷款 {reference} 的余额应为以元计的非负金额，最多两位小数。"


class LoanTwice(Invalid):
    """Two balances of one loan on one day."""

    code = "loan_twice"
    en = "Loan {reference} is given twice for {as_of}. Keep one of the two."
    zh = "贷款 {reference} 在 {as_of} 的余额重复，请只保留一条。"


class LoanKindUnknown(Invalid):
    """No such kind of loan."""

    code = "loan_kind_unknown"
    en = "'{given}' is no kind of loan. Use one of {known}."
    zh = "“{given}”不是有效的贷款类型，可用：{known}。"


class LoanCellInvalid(Invalid):
    """A cell of a file that is no date or number."""

    code = "loan_cell_invalid"
    en = "'{given}' in column {column} cannot be read. Write dates as 2026-03-31 and amounts in CNY with a dot."
    zh = "“{column}”列的内容“{given}”无法识别：日期请写作 2026-03-31，金额以元为单位。"


class LoanFileFaulty(Invalid):
    """Rows of a file that cannot be stored; nothing of it was."""

    code = "loan_file_faulty"
    en = "Nothing was stored: rows {rows} have faults, listed under 'faults'. Correct them and send the file again."
    zh = "未保存任何内容：第 {rows} 行有误，详见 faults。请更正后重新上传整个文件。"


class TermsInvalid(Invalid):
    """Terms that cannot be."""

    code = "loan_terms_invalid"
    en = "These terms cannot be: {reason_en}. Correct the grade's line."
    zh = "授信条件有误：{reason_zh}，请修改该等级的内容。"


class LoanDiffers(Conflict):
    """The reference is known as another loan; `places` are those of all such drafts, the first hundred."""

    code = "loan_differs"
    en = "Loan {reference} is known with another borrower, kind or day. Use a reference of its own for another loan."
    zh = "编号 {reference} 已登记为借款人、类型或日期不同的另一笔贷款，请使用新的编号。"
    places: Sequence[int] = ()


class TermsInThePast(Conflict):
    """A version would begin before today."""

    code = "loan_terms_in_the_past"
    en = "Terms begin today or later; {valid_from} is over."
    zh = "授信条件的生效日不得早于今天，{valid_from} 已过。"


class TooManyLoans(Limited):
    """More than one command takes."""

    code = "too_many_loans"
    en = "At most {most} loans at a time; {given} were given. Send them in several parts."
    zh = "每次最多提交 {most} 笔贷款，当前为 {given} 笔，请分批提交。"
