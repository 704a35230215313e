"""What makes a pack whole: the shape of the division tree, and references that lead somewhere.

Each check yields faults instead of raising at the first one, so that whoever writes a pack mends it in one go.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from backend.tenants.errors import DivisionUnknown
from backend.tenants.values import (
    LOCAL_CODE,
    NATIONAL_CLASSES,
    SIX_DIGITS,
    Division,
    DivisionLevel,
    Fault,
    Formula,
    Pack,
    Programme,
    ProgrammeKind,
    ProgrammeUnit,
    RetirementPurpose,
    TenantLevel,
    UnitDimension,
)

PACK_FILE = "pack.toml"
DIVISIONS_FILE = "divisions.csv"
TARGETS_FILE = "targets.toml"
"""A pack may have one: the numbers its documents set out to reach."""


def file_of(where: str) -> str:
    """Return the file of a pack in which a field stands."""
    return TARGETS_FILE if where.startswith("plan_targets") else PACK_FILE


def required_division(pack: Pack, code: str) -> Division:
    """Return the division with this code.

    Raises DivisionUnknown if the jurisdiction has none.
    """
    division = pack.division(code)
    if division is None:
        raise DivisionUnknown(division=code, jurisdiction_en=pack.name_en, jurisdiction_zh=pack.name_zh)
    return division


def expected_path(division: Division, paths: Mapping[str, str]) -> str:
    """Return the path the division must have, given the paths of the rows above it."""
    return f"{paths.get(division.parent_code or '', '')}{division.code}/"


def significant(code: str) -> str:
    """Return the digits of a GB/T 2260 code that its subdivisions share: two, four or all six."""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


def level_of(code: str) -> frozenset[DivisionLevel]:
    """Return the levels a GB/T 2260 code can stand for, by its zeros."""
    if code.endswith("0000"):
        return frozenset({DivisionLevel.PROVINCE})
    if code.endswith("00"):
        return frozenset({DivisionLevel.CITY})
    return frozenset({DivisionLevel.DISTRICT, DivisionLevel.COUNTY})


def tree_faults(divisions: Sequence[Division], lines: Sequence[int], *, file: str) -> Iterator[Fault]:
    """Yield what is wrong with the rows as a tree; `lines` are their line numbers in the file."""
    if not divisions:
        yield Fault(file, "line 2", "there is no division; list the province first.", "没有任何区划；请先列出省级。")
        return
    seen: dict[str, Division] = {}
    paths: dict[str, str] = {}
    for division, line in zip(divisions, lines, strict=True):
        where = f"line {line}"
        code, parent_code = division.code, division.parent_code
        if code in seen:
            yield Fault(
                file, where, f"the code {code} is listed twice; remove one row.", f"代码 {code} 重复，请删除一行。"
            )
            continue
        yield from (Fault(file, where, en, zh) for en, zh in _code_faults(division))
        if parent_code is None:
            if seen:
                en = f"{code} has no parent, but there is a root already; name its parent_code."
                yield Fault(file, where, en, f"{code} 没有上级，但根节点已存在；请填写 parent_code。")
        elif parent_code not in seen:
            en = f"the parent {parent_code} is not listed above; add it, or move it before its subdivisions."
            yield Fault(file, where, en, f"上级 {parent_code} 未在前面列出；请补充，或移到下级之前。")
        else:
            yield from (Fault(file, where, en, zh) for en, zh in _parent_faults(division, seen[parent_code]))
        path = expected_path(division, paths)
        if division.path != path:
            en = f"the path is {division.path}, but its parents give {path}; correct it, or leave it empty."
            yield Fault(file, where, en, f"路径为 {division.path}，按上级应为 {path}；请更正或留空。")
        seen[code], paths[code] = division, path


def _code_faults(division: Division) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a row's code and level in themselves."""
    code, level = division.code, division.level
    if not division.is_gbt2260:
        if not re.match(LOCAL_CODE, code):
            yield (
                f"{code} is not a GB/T 2260 division and needs a code such as 320200-JKQ (parent, hyphen, A-Z 0-9).",
                f"{code} 不是 GB/T 2260 区划，代码应如 320200-JKQ（上级代码、连字符、大写字母或数字）。",
            )
        if level is not DivisionLevel.ZONE:
            yield (
                f"{code} is a {level}, but only a zone may lie outside GB/T 2260; set is_gbt2260 or the level right.",
                f"{code} 的级别为 {level}，只有功能区可不属于 GB/T 2260；请更正 is_gbt2260 或级别。",
            )
        return
    if not re.match(SIX_DIGITS, code):
        yield f"{code} is not six digits, as GB/T 2260 asks.", f"{code} 不是 GB/T 2260 要求的六位数字。"
    elif level not in level_of(code):
        allowed = " / ".join(sorted(level_of(code)))
        yield (
            f"{code} is listed as {level}, but its zeros say {allowed}; correct the code or the level.",
            f"{code} 标注为 {level}，按代码末位应为 {allowed}；请更正代码或级别。",
        )


def _parent_faults(division: Division, parent: Division) -> Iterator[tuple[str, str]]:
    """Yield what is wrong between a row and its parent."""
    if not division.is_gbt2260:
        if re.match(LOCAL_CODE, division.code) and division.code.partition("-")[0] != parent.code:
            yield (
                f"the local code {division.code} must begin with its parent's code {parent.code}.",
                f"自定义代码 {division.code} 应以上级代码 {parent.code} 开头。",
            )
    elif not parent.is_gbt2260:
        yield (
            f"{division.code} is a GB/T 2260 division and cannot lie below the zone {parent.code}.",
            f"{division.code} 属于 GB/T 2260 区划，不能隶属于功能区 {parent.code}。",
        )
    elif not division.code.startswith(significant(parent.code)):
        yield (
            f"{division.code} does not begin with {significant(parent.code)}, as a subdivision of {parent.code} must.",
            f"{division.code} 应以 {significant(parent.code)} 开头，才能隶属于 {parent.code}。",
        )


def place_faults(pack: Pack) -> Iterator[Fault]:
    """Yield what is wrong between the pack's own codes and its tree."""
    root = pack.divisions[0]
    if root.code != pack.province_code:
        en = f"{pack.province_code} is not the tree's root ({root.code}); the tree starts with the province."
        zh = f"{pack.province_code} 不是区划树的根（{root.code}）；区划树应从省级开始。"
        yield Fault(PACK_FILE, "province_code", en, zh)
    own = pack.division(pack.division_code)
    if own is None:
        en = f"{pack.division_code} is not in {DIVISIONS_FILE}; add its row."
        yield Fault(PACK_FILE, "division_code", en, f"{pack.division_code} 不在 {DIVISIONS_FILE} 中，请补充。")
        return
    if own.level.value != pack.level.value:
        en = f"the pack is for a {pack.level}, but {own.code} is a {own.level}; correct one of them."
        zh = f"数据包级别为 {pack.level}，但 {own.code} 的级别为 {own.level}；请更正其一。"
        yield Fault(PACK_FILE, "level", en, zh)
    for division in pack.divisions:
        if not division.path.startswith(own.path) and not own.path.startswith(division.path):
            en = f"{division.code} does not lie in {own.code}; another jurisdiction's division has no place here."
            yield Fault(DIVISIONS_FILE, division.code, en, f"{division.code} 不属于 {own.code}，请删除其他辖区的区划。")


def reference_faults(pack: Pack) -> Iterator[Fault]:
    """Yield codes listed twice, and references that lead nowhere."""
    listed: tuple[tuple[str, Iterable[str]], ...] = (
        ("documents", (document.code for document in pack.documents)),
        ("method_packs", (method.code for method in pack.method_packs)),
        ("sectors", (sector.code for sector in pack.sectors)),
        ("programmes", (programme.code for programme in pack.programmes)),
        ("hosts", pack.hosts),
        ("plan_targets", (target.code for target in pack.plan_targets)),
    )
    for name, codes in listed:
        for code in sorted(code for code, count in Counter(codes).items() if count > 1):
            en = f"'{code}' is listed twice; remove one entry."
            yield Fault(file_of(name), name, en, f"“{code}”重复，请删除一项。")
    for where, part in pack.sourced():
        if part.document is not None and pack.document(part.document) is None:
            en = f"there is no document '{part.document}'; add it under [[documents]]."
            yield Fault(
                file_of(where), f"{where}.document", en, f"没有文件“{part.document}”，请在 [[documents]] 中补充。"
            )
    wanted = [("default_method_pack", pack.default_method_pack)]
    wanted += [(f"sectors.{sector.code}.method_pack", sector.method_pack) for sector in pack.sectors]
    for where, code in wanted:
        if pack.method_pack(code) is None:
            en = f"there is no method pack '{code}'; add it under [[method_packs]]."
            yield Fault(PACK_FILE, where, en, f"没有方法包“{code}”，请在 [[method_packs]] 中补充。")


def code_faults(pack: Pack, folder: str) -> Iterator[Fault]:
    """Yield what is wrong with the pack's own codes: they must agree with its folder and each other."""
    if pack.code != folder:
        en = f"the code is '{pack.code}', but the folder is '{folder}'; they must be the same."
        yield Fault(PACK_FILE, "code", en, f"代码为“{pack.code}”，文件夹为“{folder}”；两者应一致。")
    if pack.division_code[:2] != pack.province_code[:2]:
        en = f"{pack.division_code} does not lie in the province {pack.province_code}."
        yield Fault(PACK_FILE, "division_code", en, f"{pack.division_code} 不属于省级 {pack.province_code}。")
    if pack.level is TenantLevel.PROVINCE and pack.division_code != pack.province_code:
        en = "a province's division_code is its province_code."
        yield Fault(PACK_FILE, "division_code", en, "省级数据包的 division_code 应等于 province_code。")


def programme_faults(pack: Pack) -> Iterator[Fault]:
    """Yield what is wrong with programmes that issue units or sell trees."""
    classes = Counter(each.unit_class.code for each in pack.programmes if each.unit_class is not None)
    for code in sorted(code for code, count in classes.items() if count > 1):
        en = f"the class of units '{code}' is listed twice; each programme has a book of its own."
        yield Fault(PACK_FILE, "programmes", en, f"单位种类“{code}”重复；每个机制应有独立账簿。")
    for programme in pack.programmes:
        for where, en, zh in (*_unit_faults(programme), *_methodology_faults(programme)):
            yield Fault(PACK_FILE, f"programmes.{programme.code}.{where}", en, zh)


def _unit_faults(programme: Programme) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong between a programme's kind, its class of units and its rules."""
    made = programme.unit_class
    if made is None:
        for name in ("methodologies", "review", *(() if programme.trees else ("retirement",))):
            if getattr(programme, name):
                yield name, "needs a class of units; add `unit_class`.", "需要单位种类，请补充 unit_class。"
        return
    if made.code in NATIONAL_CLASSES:
        yield "unit_class.code", f"'{made.code}' is a national class; choose another code.", (
            f"“{made.code}”是全国性单位种类，请更换代码。"
        )  # fmt: skip
    kinds = {ProgrammeKind.CREDITS: UnitDimension.TONNE, ProgrammeKind.POINTS: UnitDimension.POINT}
    if kinds.get(programme.kind) is not made.dimension:
        yield "unit_class.dimension", (
            f"a programme of {programme.kind} cannot issue units of {made.dimension}; credits are tonnes, points are points."
        ), f"{programme.kind} 类机制不能签发 {made.dimension} 单位；减排量以吨计，积分以分计。"  # fmt: skip
    if made.is_serialised and made.scale:
        yield (
            "unit_class.scale",
            "units with serials are whole; set the scale to 0.",
            "带序列号的单位须为整数，scale 应为 0。",
        )
    for name in ("review", "retirement"):
        if getattr(programme, name) is None:
            yield name, "is missing; a programme that issues units says who decides and what units are for.", (
                "缺失；签发单位的机制须说明审核与用途规则。"
            )  # fmt: skip
    if made.dimension is UnitDimension.TONNE:
        yield from _tonne_faults(programme, made)


def _tonne_faults(programme: Programme, made: ProgrammeUnit) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with units that are tonnes."""
    if made.unit != "tCO2e":
        yield "unit_class.unit", "units of tonnes are tCO2e.", "减排量单位应为 tCO2e。"
    if not made.is_serialised:
        yield "unit_class.is_serialised", "tonnes carry serials, so that each is claimed once.", (
            "减排量应有序列号，以确保每一单位只使用一次。"
        )  # fmt: skip
    if programme.retirement is not None and RetirementPurpose.REDEEM in programme.retirement.purposes:
        yield "retirement.purposes", "tonnes are not redeemed; points are.", "减排量不能兑换，只有积分可以兑换。"


def _methodology_faults(programme: Programme) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a programme's methodologies."""
    for code, count in Counter(each.code for each in programme.methodologies).items():
        if count > 1:
            yield f"methodologies.{code}", "is listed twice; remove one entry.", "重复，请删除一项。"
    for each in programme.methodologies:
        if each.formula is Formula.DIFFERENCE and each.terms.factor is not None:
            yield f"methodologies.{each.code}.terms.factor", "has no place in a difference; remove it.", (
                "差额法不使用系数，请删除。"
            )  # fmt: skip
