"""A model read from data (a file, a request, a stored version), with everything wrong of it in words."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from backend.kit.errors import Invalid
from backend.scores.modelling.checking import faults
from backend.scores.modelling.content import ModelContent
from backend.scores.modelling.errors import ModelMalformed

_SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("is missing; add it.", "缺失，请补充。"),
    "extra_forbidden": ("is not a field of a model; check its spelling or remove it.", "不是模型字段，请检查拼写或删除。"),
    "not_exact": ("is {input}: write numbers with a point as text, they must stay exact.",
                  "的值为 {input}：带小数点的数字请以文本填写，以保持精确。"),
    "no_source": ("names no source: give a `document`, or set `is_placeholder` to true.",
                  "没有来源：请填写 document，或将 is_placeholder 设为 true。"),
    "no_note": ("is a placeholder: say in `note_zh` and `note_en` what is missing.",
                "是占位内容：请在 note_zh 与 note_en 中说明缺少什么。"),
    "string_pattern_mismatch": ("is '{input}', which does not fit {pattern}.", "的值“{input}”不符合格式 {pattern}。"),
    "string_too_short": ("is empty; fill it in.", "为空，请填写。"),
    "string_too_long": ("is longer than {max_length} characters.", "超过 {max_length} 个字符。"),
    "too_short": ("has too few entries: at least {min_length}.", "条目过少，至少 {min_length} 项。"),
    "too_long": ("has too many entries: at most {max_length}.", "条目过多，最多 {max_length} 项。"),
    "literal_error": ("is '{input}'; it must be {expected}.", "的值“{input}”无效，应为 {expected}。"),
    "enum": ("is '{input}'; it must be {expected}.", "的值“{input}”无效，应为 {expected}。"),
    "union_tag_invalid": ("has the kind '{tag}'; it must be {expected_tags}.", "的类型“{tag}”无效，应为 {expected_tags}。"),
    "union_tag_not_found": ("says no kind.", "未注明类型 kind。"),
    "decimal_parsing": ("is '{input}', which is no number.", "的值“{input}”不是数字。"),
    "finite_number": ("is '{input}', which is no finite number.", "的值“{input}”不是有限数值。"),
    "greater_than": ("must be above {gt}.", "应大于 {gt}。"),
    "greater_than_equal": ("must be at least {ge}.", "不得小于 {ge}。"),
    "less_than_equal": ("must be at most {le}.", "不得大于 {le}。"),
}  # fmt: skip


def read(data: Mapping[str, Any]) -> ModelContent:
    """Return the model the data describe.

    Raises:
        ModelMalformed: the first field that cannot be read; otherwise the first fault of `faults`.
    """
    try:
        content = ModelContent.model_validate(data)
    except ValidationError as error:
        raise malformed(error.errors(include_url=False)[0]) from error
    for fault in faults(content):
        raise fault
    return content


def all_faults(data: Mapping[str, Any]) -> list[Invalid]:
    """Return every fault of the data: of the shape, or, where that is right, of the whole."""
    try:
        content = ModelContent.model_validate(data)
    except ValidationError as error:
        return [malformed(each) for each in error.errors(include_url=False)]
    return list(faults(content))


def malformed(detail: ErrorDetails) -> ModelMalformed:
    """Turn a validator's finding into an error of ours."""
    path = tuple(str(part) for part in detail["loc"])
    said = {**detail.get("ctx", {}), "input": str(detail["input"])[:100]}
    en, zh = _SENTENCES.get(detail["type"], ("cannot be read: {reason}", "无法识别：{reason}"))
    said["reason"] = f"{detail['msg']}."
    return ModelMalformed(
        where=".".join(path) or "model", reason_en=en.format(**said), reason_zh=zh.format(**said), path=path
    )


def as_object(given: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON of a request
    """Return the JSON object of a request.

    Raises:
        ModelMalformed: it is no object.
    """
    if not isinstance(given, dict):
        raise ModelMalformed(where="content", reason_en="must be an object.", reason_zh="应为对象。", path=("content",))
    return given
