"""Errors of a bank's loans and terms.

Invalid
  LoansMissing              no loan named
  LoanReferenceInvalid      empty, too long, or not printable
  LoanDatesInvalid          days that cannot be
  OutstandingInvalid        negative, too large, or finer than a fen
  LoanGradeInvalid          a grade too long, or not printable
  LoanTwice                 two balances of one loan on one day
  LoanKindUnknown           no such kind of loan
  LoanCellInvalid           a cell of a file that is no date or number
  LoanFileFaulty            rows of a file that cannot be stored; nothing of it was
  PortfolioDayInvalid       a day that has not come
  TermsInvalid              terms that cannot be
  TermsModelUnknown         no score model of this code
  TermsGradeUnknown         no grade of this code in the model
  TermsDayInvalid           a version would begin before today, or too far ahead
Conflict
  LoanDiffers               the reference is known as another loan
  TermsOverlap              a version that begins that day or later is recorded
Limited
  TooManyLoans              more than one command takes
"""

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


class LoanGradeInvalid(Invalid):
    """A grade too long, or not printable."""

    code = "loan_grade_invalid"
    en = "The grade at grant of loan {reference} has at most {longest} printable characters; it may be left out."
    zh = "贷款 {reference} 的发放时等级最多 {longest} 个可打印字符，可留空。"


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
    en = (
        "Nothing was stored: rows {rows} have faults, {count} in all; 'faults' lists {listed} of them. Correct them and send the"
        " file again."
    )
    zh = "未保存任何内容：第 {rows} 行有误，共 {count} 处，faults 列出其中 {listed} 处。请更正后重新上传整个文件。"


class PortfolioDayInvalid(Invalid):
    """A day that has not come."""

    code = "portfolio_day_invalid"
    en = "Balances are told of days up to today; {day} has not come. Leave 'on' out for today."
    zh = "只能查询截至今天的余额，{day} 尚未到来；不填 on 即为今天。"


class TermsInvalid(Invalid):
    """Terms that cannot be."""

    code = "loan_terms_invalid"
    en = "These terms cannot be: {reason_en}. Correct the grade's line."
    zh = "授信条件有误：{reason_zh}，请修改该等级的内容。"


class LoanDiffers(Conflict):
    """The reference is known as another loan."""

    code = "loan_differs"
    en = "Loan {reference} is known with another borrower, kind or day. Use a reference of its own for another loan."
    zh = "编号 {reference} 已登记为借款人、类型或日期不同的另一笔贷款，请使用新的编号。"


class TermsModelUnknown(Invalid):
    """No score model of this code is, was or will be in force here."""

    code = "loan_terms_model_unknown"
    en = "No score model '{model}' is or was in force here. Use one of: {known}."
    zh = "本地没有生效过代码为“{model}”的评分模型，可用：{known}。"


class TermsGradeUnknown(Invalid):
    """No grade of this code in the model."""

    code = "loan_terms_grade_unknown"
    en = "The score model '{model}' has no grade '{grade}'. It has: {known}."
    zh = "评分模型“{model}”没有“{grade}”等级，该模型的等级为：{known}。"


class TermsDayInvalid(Invalid):
    """A version would begin before today, or too far ahead."""

    code = "loan_terms_day_invalid"
    en = "Terms begin today or later, within {years} years; {valid_from} does not."
    zh = "授信条件的生效日应在今天至 {years} 年以内，{valid_from} 不在此范围。"


class TermsOverlap(Conflict):
    """A version that begins that day or later is recorded."""

    code = "loan_terms_overlap"
    en = (
        "Version {version} of your terms begins on {valid_from}: that day, or after this one. Begin later, or set"
        " isReplacing to put this version in its place."
    )
    zh = "贵行授信条件第 {version} 版自 {valid_from} 起生效，与本版日期重叠。请改用更晚的生效日，或将 isReplacing 设为 true 以本版取代。"


class TooManyLoans(Limited):
    """More than one command takes."""

    code = "too_many_loans"
    en = "At most {most} loans at a time; {given} were given. Send them in several parts."
    zh = "每次最多提交 {most} 笔贷款，当前为 {given} 笔，请分批提交。"
