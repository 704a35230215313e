"""Errors of jurisdictions.

    PackInvalid            a pack cannot be loaded; says file, line or field, and how to mend it
    PackDuplicate          two folders claim the same tenant code
    PackMissing            a tenant is to be served, but no pack describes it
    DivisionUnknown        no division with this code in this jurisdiction
"""

from backend.kit.errors import Invalid, NotFound


class PackInvalid(Invalid):
    """A pack's file cannot be right.

    `file` is the file's name with its pack's folder, `where` the line (`line 7`) or field (`grid.document`);
    `reason_en` and `reason_zh` say what is wrong and how to mend it.
    """

    code = "pack_invalid"
    en = "{file}, {where}: {reason_en}"
    zh = "{file}，{where}：{reason_zh}"


class PackDuplicate(Invalid):
    """Two pack folders have the same tenant code."""

    code = "pack_duplicate"
    en = "The tenant code '{tenant}' is used by two packs ({first} and {second}). Rename one of them."
    zh = "租户代码“{tenant}”被两个数据包（{first} 与 {second}）同时使用，请修改其中一个。"


class PackMissing(NotFound):
    """No pack for a tenant that is to be served."""

    code = "pack_missing"
    en = "No pack for the tenant '{tenant}'. Packs found: {known}."
    zh = "没有租户“{tenant}”的数据包。已找到：{known}。"


class DivisionUnknown(NotFound):
    """No such division in the jurisdiction."""

    code = "division_unknown"
    en = "No division '{division}' in {jurisdiction_en}. Take a code of the division list."
    zh = "{jurisdiction_zh}没有代码为“{division}”的区划，请使用区划列表中的代码。"
