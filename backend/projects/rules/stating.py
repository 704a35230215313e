"""Whether what an application says can be right."""

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from backend.kit.quantities import canonical
from backend.projects.errors import ProjectFactsInvalid, ProjectTextInvalid
from backend.projects.values import OF_MONEY, LineKind, Nature, ProjectFacts

LONGEST_NAME, LONGEST_TEXT = 200, 4_000
MOST_LINES, MOST_PAPERS = 200, 50
MOST = Decimal(10) ** 12
PLACES = 8
EARLIEST_YEAR, LATEST_YEAR = 2016, 2100


def size(**amounts: Decimal | None) -> None:
    """Accept a project's size before anything is recorded; what is not known is left out.

    Raises:
        ProjectFactsInvalid: an amount that cannot be.
    """
    for field, value in amounts.items():
        if value is not None and not (value.is_finite() and 0 <= value < MOST):
            raise ProjectFactsInvalid(
                field=field, value=str(value)[:40], reason_en="not negative and less than 10^12",
                reason_zh="须为非负数且小于 10^12", path=("size", "tceEquivalent" if field == "tce_equivalent" else field),
            )  # fmt: skip


def text(field: str, value: str, *, least: int = 1, most: int = LONGEST_TEXT) -> str:
    """Return a text without its margins.

    Raises:
        ProjectTextInvalid: too short, or too long.
    """
    bare = value.strip()
    if not least <= len(bare) <= most:
        raise ProjectTextInvalid(field=field, least=least, most=most, path=("input", field))
    return bare


def checked(facts: ProjectFacts, sectors: Collection[str]) -> ProjectFacts:
    """Return the facts with their texts trimmed.

    Raises:
        ProjectTextInvalid: code, name or another text.
        ProjectFactsInvalid: sector, days, amounts, shares.
        UnknownUnit: a unit of an energy.
    """
    _check_frame(facts, sectors)
    _check_sizes(facts)
    _check_evaluation(facts)
    _check_lines(facts)
    _check_outputs(facts)
    return replace(
        facts,
        code=text("code", facts.code, most=60),
        name=text("name", facts.name, most=LONGEST_NAME),
        electricity_equivalent_document=text("electricityEquivalentDocument", facts.electricity_equivalent_document, least=0),
        environmental_grade=text("environmentalGrade", facts.environmental_grade, least=0, most=20),
        eia_level=text("eiaLevel", facts.eia_level, least=0),
        eia_measures=text("eiaMeasures", facts.eia_measures, least=0),
        lines=tuple(
            replace(
                each, key=text("lines.key", each.key, least=0 if each.kind is not LineKind.FUEL else 1, most=LONGEST_NAME),
                unit=text("lines.unit", each.unit, most=20), document=text("lines.document", each.document, least=0),
            )
            for each in facts.lines
        ),
        outputs=tuple(
            replace(
                each, product=text("outputs.product", each.product, most=LONGEST_NAME),
                unit=text("outputs.unit", each.unit, most=20),
            )
            for each in facts.outputs
        ),
        eia_references=tuple(
            replace(
                each, product=text("eiaReferences.product", each.product, most=LONGEST_NAME),
                unit=text("eiaReferences.unit", each.unit, most=20), level=text("eiaReferences.level", each.level, most=LONGEST_NAME),
                document=text("eiaReferences.document", each.document, most=LONGEST_NAME),
            )
            for each in facts.eia_references
        ),
        eia_reductions=tuple(
            replace(each, what=text("eiaReductions.what", each.what, most=LONGEST_NAME)) for each in facts.eia_reductions
        ),
    )  # fmt: skip


def _check_frame(facts: ProjectFacts, sectors: Collection[str]) -> None:
    if facts.sector not in sectors:
        raise _wrong("sector", facts.sector, "the jurisdiction has no such sector", "本地区没有该行业代码")
    years = facts.starts_on.year >= EARLIEST_YEAR and facts.produces_on.year <= LATEST_YEAR
    if not (years and facts.starts_on <= facts.produces_on):
        raise _wrong(
            "producesOn", facts.produces_on, "production begins after construction, from 2016 to 2100",
            "投产日期不得早于开工日期，且须在 2016 至 2100 年之间",
        )  # fmt: skip


def _check_sizes(facts: ProjectFacts) -> None:
    for name, items, most in (
        ("lines", facts.lines, MOST_LINES), ("outputs", facts.outputs, MOST_LINES), ("papers", facts.papers, MOST_PAPERS),
        ("eiaReferences", facts.eia_references, MOST_PAPERS), ("eiaReductions", facts.eia_reductions, MOST_PAPERS),
    ):  # fmt: skip
        if len(items) > most:
            raise _wrong(name, len(items), f"at most {most}", f"至多 {most} 项")
    if not facts.lines:
        raise _wrong("lines", 0, "at least one energy or process is needed", "至少填写一项能源或过程排放")
    for name, value in (
        ("valueAdded", facts.value_added), ("outputValue", facts.output_value),
        ("electricityEquivalent", facts.electricity_equivalent),
    ):  # fmt: skip
        if value is not None:
            _amount(name, value, is_zero_allowed=False)
    if facts.electricity_equivalent is not None and not facts.electricity_equivalent_document.strip():
        raise _wrong(
            "electricityEquivalentDocument",
            "",
            "name the document of the equivalent value",
            "须注明电力等价值的来源文件",
        )


def _check_evaluation(facts: ProjectFacts) -> None:
    for name, value in (
        ("existingTce", facts.existing_tce), ("existingCoal", facts.existing_coal),
        ("existingTonnes", facts.existing_tonnes),
    ):  # fmt: skip
        if value is not None and facts.nature is Nature.NEW:
            raise _wrong(name, value, "what is new has nothing before it", "新建项目没有改扩建前的数据")
        if value is not None:
            _amount(name, value)
    for reference in facts.eia_references:
        _amount("eiaReferences.tonnes", reference.tonnes, is_zero_allowed=False)
    for reduction in facts.eia_reductions:
        _amount("eiaReductions.tonnes", reduction.tonnes)


def _check_lines(facts: ProjectFacts) -> None:
    for line in facts.lines:
        _amount("lines.quantity", line.quantity)
        if line.kind is not LineKind.PROCESS:
            canonical(line.unit)
        if line.factor is not None:
            _amount("lines.factor", line.factor)


def _check_outputs(facts: ProjectFacts) -> None:
    for output in facts.outputs:
        _amount("outputs.quantity", output.quantity, is_zero_allowed=False)
        _amount("outputs.share", output.share)
        if output.product.strip() in OF_MONEY:
            raise _wrong("outputs.product", output.product, "that is no product", "不是产品名称")
    if facts.outputs and sum((each.share for each in facts.outputs), Decimal(0)) != 1:
        raise _wrong("outputs.share", "", "the shares of all products come to 1", "各产品分摊比例之和须为 1")


def _amount(field: str, value: Decimal, *, is_zero_allowed: bool = True) -> None:
    if not (value.is_finite() and (value > 0 or (is_zero_allowed and value == 0)) and value < MOST):
        least = ("not negative", "须为非负数") if is_zero_allowed else ("more than zero", "须大于零")
        raise _wrong(field, value, f"{least[0]} and less than 10^12", f"{least[1]}且小于 10^12")
    if value != round(value, PLACES):
        raise _wrong(field, value, f"at most {PLACES} decimals", f"至多 {PLACES} 位小数")


def _wrong(field: str, value: object, en: str, zh: str) -> ProjectFactsInvalid:
    return ProjectFactsInvalid(
        field=field, value=str(value)[:40], reason_en=en, reason_zh=zh, path=("input", "facts", field.partition(".")[0])
    )
