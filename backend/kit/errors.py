"""Errors of the business.

    CarbonError                 everything a caller can be told
      NotFound                  not there, or not yours: the same answer on purpose
      Forbidden                 yours, but not allowed
      Unauthenticated           we do not know who is asking
      Invalid                   the input cannot be right; says where and how to mend it
      Conflict                  right input, wrong moment
      Limited                   too much, too large, too often
      Unavailable               a part we need is not there now; try again

A noun derives its own classes from these, each with a stable `code`. The code and the two message
templates are the contract; the door (GraphQL union, HTTP status) is chosen from the class alone, once,
in `backend/wire` and `backend/api`. Templates may use the keyword details given to the constructor.
"""

from typing import ClassVar


class CarbonError(Exception):
    """Base of every error a caller can be told.

    `path` names the input field (`("input", "rows", "3", "month")`), `details` fill the templates and are
    sent along so that a client can build its own sentence.
    """

    code: ClassVar[str] = "error"
    en: ClassVar[str] = "Something went wrong."
    zh: ClassVar[str] = "出现错误。"

    def __init__(self, *, path: tuple[str, ...] = (), **details: object) -> None:
        self.path = path
        self.details = details
        super().__init__(self.message("en"))

    def message(self, language: str) -> str:
        """Return the sentence for a person, `zh` or `en`."""
        template = self.zh if language.startswith("zh") else self.en
        try:
            return template.format(**self.details)
        except (KeyError, IndexError):
            return template


class NotFound(CarbonError):
    """Not there, or not yours: both give the same answer, so that existence is not leaked."""

    code = "not_found"
    en = "No {what} with this identifier."
    zh = "未找到该{what}。"


class Forbidden(CarbonError):
    """The object is visible to the caller, but the action is not granted."""

    code = "forbidden"
    en = "Your role does not include '{permission}'. Ask your organisation's administrator."
    zh = "您的角色不具备“{permission}”权限，请联系本单位管理员。"


class Unauthenticated(CarbonError):
    """No valid proof of who is asking."""

    code = "unauthenticated"
    en = "Sign in first: the request carries no valid access token."
    zh = "请先登录：请求中没有有效的访问令牌。"


class Invalid(CarbonError):
    """The input cannot be right."""

    code = "invalid"
    en = "The input is not valid: {reason}"
    zh = "输入无效：{reason}"


class Conflict(CarbonError):
    """The input is right, but not now."""

    code = "conflict"
    en = "This cannot be done in the present state: {reason}"
    zh = "当前状态下不能执行：{reason}"


class Limited(CarbonError):
    """Too much, too large or too often."""

    code = "limited"
    en = "A limit was reached: {reason}"
    zh = "超出限制：{reason}"


class Unavailable(CarbonError):
    """A part the answer needs is not there now."""

    code = "unavailable"
    en = "Temporarily unavailable: {reason}. Try again shortly."
    zh = "暂时不可用：{reason}，请稍后重试。"
