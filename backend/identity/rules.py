"""Rules of identity: credit codes (GB 32100-2015), e-mail addresses, passwords, lockout, periods. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from backend.identity.errors import (
    ConsentScopesInvalid,
    ConsentWider,
    CreditCodeInvalid,
    EmailInvalid,
    MessageTooLong,
    NameInvalid,
    PasswordWeak,
    PeriodInvalid,
    PurposeMissing,
    ReasonMissing,
)
from backend.identity.values import CONSENT_SCOPES, SUFFICIENT, RequestState, RequestValue
from backend.kit.scope import Kind

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of a credit code: no I, O, S, V, Z."""
CODE_LENGTH = 18
_WEIGHTS = tuple(pow(3, place, 31) for place in range(CODE_LENGTH - 1))
_PREFIXES = {
    Kind.ENTERPRISE: "91",
    Kind.BANK: "91",
    Kind.VERIFIER: "91",
    Kind.OPERATOR: "91",
    Kind.AUTHORITY: "11",
}
"""Registration department and category: 91 an enterprise of market regulation, 11 a state organ."""

LONGEST_NAME, LONGEST_TEXT = 200, 500
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
ATTEMPTS_BEFORE_LOCK = 5
FIRST_LOCK, LONGEST_LOCK = timedelta(minutes=1), timedelta(hours=1)
FORGET_FAILURES_AFTER = timedelta(hours=24)
REQUEST_LASTS = timedelta(days=30)
MOST_REQUESTS, PER = 60, timedelta(hours=1)
"""Requests a bank may send, refused ones counted: enough for a day's new customers, too few to try out names."""
LONGEST_PERIOD = timedelta(days=5 * 366)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_LONGEST_EMAIL = 254


def check_character(body: str) -> str:
    """Return the check character of the first 17: GB 32100-2015, sum of value x 3^i mod 31, 31 minus it."""
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def credit_code(written: str) -> str:
    """Return the code in its one spelling (upper case, no blanks).

    Raises:
        CreditCodeInvalid: wrong length, a character outside the 31, or a wrong check character.
    """
    code = re.sub(r"\s", "", unicodedata.normalize("NFKC", written)).upper()
    shown = written[:40]
    if len(code) != CODE_LENGTH:
        raise CreditCodeInvalid(
            credit_code=shown,
            reason_en=f"it has {len(code)} characters, not 18",
            reason_zh=f"长度为 {len(code)} 位，应为 18 位",
        )
    strange = [character for character in code if character not in ALPHABET]
    if strange:
        raise CreditCodeInvalid(
            credit_code=shown,
            reason_en=f"'{strange[0]}' does not occur in such codes (nor do I, O, S, V, Z)",
            reason_zh=f"不能含有字符“{strange[0]}”（代码不使用 I、O、S、V、Z）",
        )
    if check_character(code[:-1]) != code[-1]:
        raise CreditCodeInvalid(
            credit_code=shown,
            reason_en="the check character does not fit, a character is mistyped",
            reason_zh="校验码不符，请检查是否有输入错误",
        )
    return code


def fictitious_code(kind: Kind, division_code: str, number: int) -> str:
    """Return a well-formed code for a made-up organisation: category, division, a serial of its own, check.

    The nine characters of the organisation part begin with `DEM`, so that a demonstration shows in its codes.
    """
    serial = ""
    for _ in range(6):
        number, digit = divmod(number, len(ALPHABET))
        serial = ALPHABET[digit] + serial
    body = f"{_PREFIXES[kind]}{division_code}DEM{serial}"
    return body + check_character(body)


def plain_email(written: str) -> str:
    """Return an address as it is compared: NFKC, trimmed, lower case; whether it is one is not asked."""
    return unicodedata.normalize("NFKC", written).strip().lower()


def email(written: str) -> str:
    """Return the address as it is stored.

    Raises:
        EmailInvalid: it cannot be an address.
    """
    plain = plain_email(written)
    if len(plain) > _LONGEST_EMAIL or not _EMAIL.fullmatch(plain):
        raise EmailInvalid(email=written[:80], path=("input", "email"))
    return plain


def name(written: str, field: str = "name") -> str:
    """Return a name trimmed.

    Raises:
        NameInvalid: empty or longer than 200 characters.
    """
    plain = written.strip()
    if not 1 <= len(plain) <= LONGEST_NAME:
        raise NameInvalid(path=("input", field))
    return plain


def purpose(written: str) -> str:
    """Return a purpose trimmed.

    Raises:
        PurposeMissing: empty or longer than 500 characters.
    """
    plain = written.strip()
    if not 1 <= len(plain) <= LONGEST_TEXT:
        raise PurposeMissing(path=("input", "purpose"))
    return plain


def reason(written: str) -> str:
    """Return a reason trimmed.

    Raises:
        ReasonMissing: empty or longer than 500 characters.
    """
    plain = written.strip()
    if not 1 <= len(plain) <= LONGEST_TEXT:
        raise ReasonMissing(path=("input", "reason"))
    return plain


def password(chosen: str, address: str) -> None:
    """Refuse a password that is too short, too long, too uniform, or the address itself.

    Raises:
        PasswordWeak: says which.
    """
    if not SHORTEST_PASSWORD <= len(chosen) <= LONGEST_PASSWORD:
        raise PasswordWeak(
            reason_en="10 to 200 characters", reason_zh="长度须为 10 至 200 个字符", path=("input", "password")
        )
    if len(set(chosen)) < 5:  # noqa: PLR2004 - fewer than five different characters is a pattern, not a password
        raise PasswordWeak(
            reason_en="at least five different characters", reason_zh="至少包含五个不同字符", path=("input", "password")
        )
    if chosen.lower() in {address, address.partition("@")[0]}:
        raise PasswordWeak(reason_en="not your e-mail address", reason_zh="不能与邮箱相同", path=("input", "password"))


def lock_for(failures: int) -> timedelta | None:
    """Return how long an address is locked after its n-th failure in a row: from the fifth on, doubling to an hour."""
    beyond = failures - ATTEMPTS_BEFORE_LOCK
    if beyond < 0:
        return None
    # Capped before the power, so that a patient attacker cannot make it overflow.
    return min(FIRST_LOCK * 2 ** min(beyond, 10), LONGEST_LOCK)


def is_forgotten(last_failed_at: datetime, now: datetime) -> bool:
    """Tell whether failures are so old that counting begins again."""
    return now - last_failed_at > FORGET_FAILURES_AFTER


def period(starts_on: date, ends_on: date, today: date) -> None:
    """Refuse a period that cannot be used.

    Raises:
        PeriodInvalid: it ends before it starts, is over, or is longer than five years.
    """

    def wrong(reason_en: str, reason_zh: str) -> PeriodInvalid:
        return PeriodInvalid(
            starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat(), reason_en=reason_en, reason_zh=reason_zh,
            path=("input", "endsOn"),
        )  # fmt: skip

    if ends_on < starts_on:
        raise wrong("it ends before it starts", "结束日期早于开始日期")
    if ends_on < today:
        raise wrong("it is over already", "期间已结束")
    if ends_on - starts_on > LONGEST_PERIOD:
        raise wrong("it is longer than five years", "期间不得超过五年")


def scopes(written: Sequence[str]) -> list[str]:
    """Return the scopes of a consent, each once, in the order of `CONSENT_SCOPES`.

    Raises:
        ConsentScopesInvalid: none, or one that does not exist.
    """

    def wrong(reason_en: str, reason_zh: str) -> ConsentScopesInvalid:
        return ConsentScopesInvalid(
            reason_en=reason_en, reason_zh=reason_zh, known=", ".join(CONSENT_SCOPES), path=("input", "scopes")
        )

    if not written:
        raise wrong("none is given", "未选择任何一项")
    for each in written:
        if each not in CONSENT_SCOPES:
            raise wrong(f"there is no '{each[:LONGEST_NAME]}'", f"没有“{each[:LONGEST_NAME]}”这一项")
    return [each for each in CONSENT_SCOPES if each in written]


def message(written: str) -> str:
    """Return a message trimmed; it may be empty.

    Raises:
        MessageTooLong: more than 500 characters.
    """
    plain = written.strip()
    if len(plain) > LONGEST_TEXT:
        raise MessageTooLong(length=len(plain), most=LONGEST_TEXT, path=("input", "message"))
    return plain


def check_narrower(request: RequestValue, opened: Sequence[str], starts_on: date, ends_on: date) -> None:
    """Refuse an answer that opens more than was asked for.

    Raises:
        ConsentWider: a scope that was not asked for, or a day outside the period that was.
    """
    wider = [each for each in opened if not set(SUFFICIENT[each]) & set(request.scopes)]
    if not wider and request.starts_on <= starts_on and ends_on <= request.ends_on:
        return
    raise ConsentWider(
        scopes=", ".join(request.scopes), starts_on=request.starts_on.isoformat(), ends_on=request.ends_on.isoformat(),
        path=("input", "scopes" if wider else "startsOn" if starts_on < request.starts_on else "endsOn"),
    )  # fmt: skip


def state_of(stored: str, lapses_at: datetime, moment: datetime) -> RequestState:
    """Return the state of a request at a moment: what nobody answered in time has lapsed, stored or not."""
    state = RequestState(stored)
    return RequestState.LAPSED if state is RequestState.ASKED and lapses_at <= moment else state
