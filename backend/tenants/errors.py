"""Errors of jurisdictions.

    PackInvalid            a pack cannot be loaded; every fault with file, line or field, and how to mend it
    PackDuplicate          a further pack claims a shipped tenant's code without replacing it
    PackMissing            a tenant is to be served, but no pack describes it
    PackNotForThisTenant   a pack is being loaded into another tenant's database
    TenantNotFurnished     no pack has been loaded into this database yet
    DivisionUnknown        no division with this code in this jurisdiction

The first four stop a process from starting; the others answer a caller.
"""

from collections.abc import Sequence

from backend.kit.errors import Invalid, NotFound
from backend.tenants.values import Fault


class PackInvalid(Invalid):
    """A pack's files cannot be right. `faults` holds every fault found, in the order of the files."""

    code = "pack_invalid"
    en = "The pack '{pack}' cannot be loaded. {faults_en}"
    zh = "数据包“{pack}”无法加载。{faults_zh}"

    def __init__(self, pack: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            pack=pack,
            faults_en=" ".join(f"{fault.file}, {fault.where}: {fault.en}" for fault in self.faults),
            faults_zh="".join(f"{fault.file}，{fault.where}：{fault.zh}" for fault in self.faults),
        )


class PackDuplicate(Invalid):
    """A pack of the extra folder has a shipped pack's code, but not a higher version."""

    code = "pack_duplicate"
    en = (
        "The pack '{pack}' version {version} in {folder} would hide the shipped one, version {shipped}. "
        "Give it another code, or a version above {shipped} to replace the shipped pack."
    )
    zh = (
        "{folder} 中的数据包“{pack}”（版本 {version}）与内置数据包（版本 {shipped}）重名。"
        "请更换代码；如需替换内置数据包，请将版本号改为高于 {shipped}。"
    )


class PackMissing(NotFound):
    """No pack for a tenant that is to be served."""

    code = "pack_missing"
    en = "No pack for the tenant '{tenant}'. Packs found: {known}."
    zh = "没有租户“{tenant}”的数据包。已找到：{known}。"


class PackNotForThisTenant(Invalid):
    """The pack describes another jurisdiction than the one whose database it should go into."""

    code = "pack_not_for_this_tenant"
    en = "The pack '{pack}' cannot be loaded into the tenant '{tenant}'."
    zh = "数据包“{pack}”不能载入租户“{tenant}”。"


class TenantNotFurnished(NotFound):
    """No pack is in force: the installation is not finished."""

    code = "tenant_not_furnished"
    en = "The jurisdiction '{tenant}' has no pack yet; run `carbon up` or `carbon reference load`."
    zh = "辖区“{tenant}”尚未载入数据包，请运行 carbon up 或 carbon reference load。"


class DivisionUnknown(NotFound):
    """No such division in the jurisdiction."""

    code = "division_unknown"
    en = "No division '{division}' in {jurisdiction_en}. Take a code from the division list."
    zh = "{jurisdiction_zh}没有代码为“{division}”的区划，请使用区划列表中的代码。"
