"""Why there is no loan file (any more), in words."""

from backend.kit.errors import CarbonError
from backend.lending.errors import ConsentMissing, LoanFileTooLarge, StatementMissing
from backend.lending.loan_files.values import LARGEST_MB

ERRORS: dict[str, CarbonError] = {
    each.code: each for each in (ConsentMissing(), StatementMissing(), LoanFileTooLarge(megabytes=LARGEST_MB))
}
OTHERS = {
    "expired": {
        "zh": "已过保存期限，档案包已删除，可重新申请。",
        "en": "Its days are over and it was deleted. Ask for a new one.",
    },
    "abandoned": {"zh": "生成未能完成，请重新申请。", "en": "It was never finished. Ask for a new one."},
}
FAILED = {"zh": "生成时发生错误，请重新申请。", "en": "Something went wrong while it was made. Ask for a new one."}


def words_of(code: str, language: str) -> str:
    """Return a reason in words, `zh` or `en`; empty where there is none."""
    if not code:
        return ""
    error = ERRORS.get(code)
    return OTHERS.get(code, FAILED)[language] if error is None else error.message(language)
