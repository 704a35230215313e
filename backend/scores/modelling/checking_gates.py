"""Whether the gates of a model test what can be tested, and never shut out the better."""

from collections.abc import Iterator

from backend.kit.errors import Invalid
from backend.scores.modelling.content import MAY_NOT_APPLY, Gate, ModelContent, choices_of, is_number
from backend.scores.modelling.errors import ModelGateBackwards, ModelGateInvalid, ModelGradeUnknown
from backend.scores.modelling.ordering import decimal_of, in_order
from backend.scores.values import FACTS, Quality

Faults = Iterator[Invalid]
NUMBER_TESTS = {"above": "lower", "at_least": "lower", "below": "higher", "at_most": "higher"}
"""A test of a number, and the direction of facts it may shut a gate for."""


def faults(content: ModelContent, gate: Gate, path: tuple[str, ...]) -> Faults:
    """Give every fault of a gate."""
    yield from _effect(content, gate, path)
    if gate.test == "quality_below":
        if len(gate.values) != 1 or gate.values[0] not in {Quality.VERIFIED.value, Quality.COMPUTED.value}:
            yield _wrong_gate(
                gate, "quality is tested against `verified` or `computed`.", "数据质量只能与 verified 或 computed 比较。",
                (*path, "values"),
            )  # fmt: skip
    elif is_number(gate.fact):
        yield from _number_gate(gate, path)
    else:
        yield from _code_gate(gate, path)


def _effect(content: ModelContent, gate: Gate, path: tuple[str, ...]) -> Faults:
    if gate.effect == "cap" and gate.grade is None:
        yield _wrong_gate(gate, "a cap names the best grade it lets through.", "限制类条件须注明最高可评等级。", path)
    if gate.effect == "block" and gate.grade is not None:
        yield _wrong_gate(gate, "a block names no grade.", "否决类条件不填写等级。", path)
    if gate.grade is not None and gate.grade not in content.ranks:
        yield ModelGradeUnknown(value=gate.grade, known=", ".join(content.ranks), path=(*path, "grade"))
    elif gate.grade is not None and content.ranks[gate.grade] == 0:
        yield _wrong_gate(gate, "a cap at the best grade does nothing.", "限制为最高等级没有作用。", path)
    if gate.when_missing == "open" and gate.fact not in MAY_NOT_APPLY:
        known = ", ".join(sorted(MAY_NOT_APPLY))
        yield _wrong_gate(
            gate, f"what is missing shuts it; only {known} may not apply.", f"缺少数据时须视为未满足；仅 {known} 可不适用。",
            path,
        )  # fmt: skip


def _number_gate(gate: Gate, path: tuple[str, ...]) -> Faults:
    fact = FACTS[gate.fact]
    if gate.test not in NUMBER_TESTS or len(gate.values) != 1 or decimal_of(gate.values[0]) is None:
        yield _wrong_gate(
            gate, "a number is tested by above, at_least, below or at_most against one number.",
            "数值应以 above、at_least、below、at_most 与一个数比较。", (*path, "values"),
        )  # fmt: skip
    elif NUMBER_TESTS[gate.test] != fact.better:
        yield ModelGateBackwards(gate=gate.code, fact=fact.code, path=(*path, "test"))


def _code_gate(gate: Gate, path: tuple[str, ...]) -> Faults:
    codes = choices_of(gate.fact)
    if gate.test in NUMBER_TESTS or any(value not in codes for value in gate.values):
        yield _wrong_gate(
            gate, f"test by is, is_not or one_of against {', '.join(codes)}.",
            f"应以 is、is_not、one_of 与 {'、'.join(codes)} 比较。", (*path, "values"),
        )  # fmt: skip
        return
    order = in_order(gate.fact)
    shut = [(code in gate.values) == (gate.test != "is_not") for code in order]
    if shut != sorted(shut, reverse=True):
        yield ModelGateBackwards(gate=gate.code, fact=gate.fact, path=(*path, "test"))


def _wrong_gate(gate: Gate, en: str, zh: str, path: tuple[str, ...]) -> ModelGateInvalid:
    return ModelGateInvalid(gate=gate.code, reason_en=en, reason_zh=zh, path=path)
