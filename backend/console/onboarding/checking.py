"""What an application to join must say."""

import re
from collections.abc import Collection

from backend.console import rules
from backend.console.errors import JoinFieldInvalid
from backend.console.values import JoinDraft
from backend.identity.errors import CreditCodeInvalid, EmailInvalid
from backend.identity.service import plain_credit_code, stored_email

FIELDS: dict[str, tuple[str, int, int]] = {
    "name": ("单位名称", 2, 200),
    "credit_code": ("统一社会信用代码", 18, 40),
    "division_code": ("所在区划", 1, 40),
    "sector": ("所属行业", 0, 40),
    "contact_name": ("联系人", 1, 100),
    "contact_email": ("电子邮箱", 3, 254),
    "contact_phone": ("联系电话", 5, 40),
    "note": ("补充说明", 0, 1000),
}
"""Each field's Chinese name, its least and most characters."""
_PHONE = re.compile(r"\+?[0-9][0-9 ()/-]{4,}")


def wrong(field: str, reason_zh: str, reason_en: str) -> JoinFieldInvalid:
    """Return the refusal of a field."""
    return JoinFieldInvalid(
        field=field, field_zh=FIELDS[field][0], reason_zh=reason_zh, reason_en=reason_en, path=(field,)
    )


def checked(draft: JoinDraft, *, divisions: Collection[str], sectors: Collection[str]) -> JoinDraft:
    """Return an application as it is kept; an empty sector stands for one the list does not name.

    Raises:
        JoinFieldInvalid: names the field.
    """
    given = {name: rules.plain(getattr(draft, name)) for name in FIELDS}
    for name, (_, least, most) in FIELDS.items():
        if not least <= len(given[name]) <= most:
            raise wrong(name, f"须为 {least} 至 {most} 个字符", f"{least} to {most} characters are needed")
    try:
        given["credit_code"] = plain_credit_code(given["credit_code"])
        given["contact_email"] = stored_email(given["contact_email"])
    except CreditCodeInvalid as error:
        raise wrong("credit_code", error.message("zh").rstrip("。"), error.message("en").rstrip(".")) from None
    except EmailInvalid as error:
        raise wrong("contact_email", error.message("zh").rstrip("。"), error.message("en").rstrip(".")) from None
    if not _PHONE.fullmatch(given["contact_phone"]):
        raise wrong("contact_phone", "只能包含数字、空格、括号和连字符", "only digits, blanks, brackets and hyphens")
    if given["division_code"] not in divisions:
        raise wrong("division_code", "不在本辖区名录内", "the jurisdiction has no such division")
    if given["sector"] and given["sector"] not in sectors:
        raise wrong("sector", "不在行业名录内", "the jurisdiction has no such sector")
    return JoinDraft(**given)
