"""The layout of activity data in a file: one set of columns for template, export, import and annotation.

The keys are stable and the same in workbook and CSV. Readers find a column by its key or by either of its
titles; columns they do not know are left alone, so a user may keep notes of his own beside ours.
"""

from collections.abc import Iterable, Sequence

from backend.emissions.methods import METHODS
from backend.emissions.values import Need, Parameter
from backend.kit import tables
from backend.kit.tables import Column

SITE = Column("site", "场所编号", "Site", "可留空。", "May be empty.", 12)
SOURCE = Column("source", "排放源编号", "Source", "从下拉列表中选择。", "Choose from the list.", 14, is_required=True)
SOURCE_NAME = Column(
    "source_name", "排放源名称", "Source name", "仅供参考，导入时忽略。", "For your eyes; not read on import.", 22
)
METER = Column("meter", "计量器具编号", "Meter", "有分表时选择，否则留空。", "Choose one, or leave empty.", 16)
MONTH = Column(
    "month", "月份", "Month", "YYYY-MM，例如 2025-03。", "YYYY-MM, for example 2025-03.", 10, is_required=True
)
QUANTITY = Column(
    "quantity", "数量", "Quantity", "计量器具读数差或消耗量，非负数；超过 15 位有效数字请以文本填写。",
    "The amount, not negative; write more than 15 significant digits as text.", 18, is_required=True, is_number=True,
)  # fmt: skip
UNIT = Column("unit", "计量单位", "Unit", "从下拉列表中选择。", "Choose from the list.", 10, is_required=True)
TIER = Column(
    "tier", "数据来源", "How known", "metered 计量 / invoiced 票据 / estimated 估算；留空为 metered（有表）或 invoiced。",
    "metered, invoiced or estimated; empty means metered with a meter, else invoiced.", 12,
)  # fmt: skip
REPORTED = Column(
    "reported_t", "填报排放量 (t)", "Reported emission (t)", "可留空；填写后将与重新计算的结果核对，不入账。",
    "May be empty; it is compared with our own result and not stored.", 16, is_number=True,
)  # fmt: skip
EVIDENCE = Column(
    "evidence",
    "凭证",
    "Evidence",
    "已上传凭证的名称，从下拉列表中选择。",
    "An uploaded file; choose from the list.",
    28,
)
NOTE = Column("note", "备注", "Note", "可留空。", "May be empty.", 24)
RECORD = Column(
    "record",
    "记录编号",
    "Record id",
    "系统填写，请勿改动；新数据留空。",
    "Filled by the system; leave it as it is.",
    38,
)
REASON = Column(
    "correction_reason", "更正原因", "Reason of correction", "修改已有记录，或数量异常时必填。",
    "Needed when you change a record, or when a quantity is unusual.", 28,
)  # fmt: skip

BEFORE: tuple[Column, ...] = (SITE, SOURCE, SOURCE_NAME, METER, MONTH, QUANTITY, UNIT, TIER)
AFTER: tuple[Column, ...] = (REPORTED, EVIDENCE, NOTE, REASON, RECORD)
CORE: tuple[Column, ...] = (*BEFORE, *AFTER)

PROBLEM_ZH = Column("problem_zh", "问题", "Problem (zh)", "", "", 60)
PROBLEM_EN = Column("problem_en", "问题（英文）", "Problem (en)", "", "", 60)
ANNOTATION: tuple[Column, ...] = (PROBLEM_ZH, PROBLEM_EN)


def _of_parameter(parameter: Parameter) -> Column:
    unit = "" if parameter.unit == "1" else parameter.unit.replace("{base}", "单位 unit")
    return Column(
        parameter.code, parameter.label.zh, parameter.label.en,
        f"实测值，可留空。{unit}", f"Measured or declared value; may be empty. {unit}",
        16, is_number=True, unit=unit, spellings=parameter.aliases,
    )  # fmt: skip


def parameter_columns(methods: Iterable[str]) -> tuple[Column, ...]:
    """Return the columns of every number and text the methods can be told, each once, in the methods' order."""
    found: dict[str, Column] = {}
    used = set(methods)
    for code, method in METHODS.items():
        if code not in used:
            continue
        for parameter in method.parameters:
            found.setdefault(parameter.code, _of_parameter(parameter))
        for text in method.texts:
            found.setdefault(text.code, Column(text.code, text.label.zh, text.label.en, "文字说明。", "In words.", 24))
    return tuple(found.values())


def common_parameters(methods: Iterable[str]) -> frozenset[str]:
    """Return the codes of parameters people usually state (the others are shown narrow): not the overrides."""
    return frozenset(
        parameter.code
        for code in methods
        if code in METHODS
        for parameter in METHODS[code].parameters
        if parameter.need is not Need.OVERRIDE
    )


def layout(methods: Iterable[str]) -> tuple[Column, ...]:
    """Return the columns of an account's file, in their order."""
    return (*BEFORE, *parameter_columns(methods), *AFTER)


def positions(columns: Sequence[Column], titles: Sequence[object]) -> dict[str, int]:
    """Return where each known column stands in a row of titles; the first of two equal titles counts."""
    return tables.positions((*columns, *ANNOTATION), titles)
