"""Turning what a source says into versions to store. Pure: a correction never touches what it corrects."""

from collections.abc import Sequence

from backend.factors import rules
from backend.factors.errors import ParameterInvalid
from backend.factors.values import (
    LENGTHS,
    LIMITS,
    NAME,
    Confidence,
    Entry,
    State,
    Version,
    by_identity,
    is_printable,
    is_written_down,
)
from backend.kit.clock import now
from backend.kit.ids import new_id
from backend.kit.scope import Scope


def plan(
    scope: Scope, entries: Sequence[Entry], known: Sequence[Version], *, as_draft: bool, is_upgrade: bool = False
) -> list[Version]:
    """Return the versions to store: those entries that the newest version of the same validity does not say.

    An upgrade of the product (`is_upgrade`) holds what would change results: a value that differs, or a new data
    year of a known parameter, counts only once somebody has seen its effect and activated it.
    """
    at = now()
    stored = by_identity(known)
    planned: list[Version] = []
    for entry in entries:
        overlapping = [each for each in stored.get(entry.identity, ()) if each.valid.overlaps(entry.valid)]
        standing = sorted(
            (each for each in overlapping if each.state is not State.REJECTED), key=lambda each: each.version
        )
        newest = standing[-1] if standing else None
        same = [each for each in standing if each.valid == entry.valid]
        if same and not rules.differs(entry, same[-1]):
            continue
        # What a person of this jurisdiction entered is not overridden by a file: the new value waits as a draft.
        is_foreign = newest is not None and newest.recorded_by not in {None, scope.actor_id}
        is_felt = (
            is_upgrade and bool(stored.get(entry.identity)) and not (same and rules.is_same_value(entry, same[-1]))
        )
        is_held = as_draft or is_foreign or is_felt
        superseded = [each for each in standing if each.state is State.ACTIVE]
        planned.append(
            Version(
                **{name: getattr(entry, name) for name in Entry.__dataclass_fields__},
                id=new_id(),
                version=max((each.version for each in overlapping), default=0) + 1,
                state=State.DRAFT if is_held else State.ACTIVE,
                supersedes_id=superseded[-1].id if superseded else None,
                recorded_at=at,
                recorded_by=scope.actor_id,
                activated_at=None if is_held else at,
                activated_by=None if is_held else scope.actor_id,
            )
        )
    return planned


def check(entry: Entry) -> None:
    """Raise ParameterInvalid for the first field that cannot be right."""
    for field in ("name", "key", "unit", "document", "source"):
        if not getattr(entry, field).strip():
            raise _wrong(field, "is empty; fill it in.", "为空，请填写。")
    for field, most in LENGTHS.items():
        text = getattr(entry, field) or ""
        if len(text) > most or not is_printable(text):
            raise _wrong(
                field, f"has more than {most} characters or control characters.", f"超过 {most} 字或含控制字符。"
            )
    if NAME.fullmatch(entry.name) is None:
        raise _wrong("name", "is written like grid.electricity.", "应形如 grid.electricity。")
    if entry.confidence not in set(Confidence):
        known = ", ".join(Confidence)
        raise _wrong("confidence", f"is not one of: {known}.", f"无效，应为：{known}。")
    _check_numbers(entry)
    start, end = entry.valid.start, entry.valid.end
    if start is not None and end is not None and end <= start:
        raise _wrong("validUntil", "is not after validFrom.", "须晚于 validFrom。")


def _check_numbers(entry: Entry) -> None:
    if entry.value is None and entry.low is None and not (entry.text_value or "").strip():
        raise _wrong("value", "give a value, a range or a text.", "请填写数值、范围或文字。")
    if (entry.low is None) != (entry.high is None):
        raise _wrong("low", "a range needs both ends.", "范围须同时填写上下限。")
    limits = LIMITS.get(entry.name)
    for field in ("value", "low", "high"):
        number = getattr(entry, field)
        if number is None:
            continue
        if not is_written_down(number):
            raise _wrong(field, "has more digits than anybody writes down.", "位数过多。")
        if limits and not limits[0] <= number <= limits[1]:
            raise _wrong(
                field,
                f"is impossible; it lies between {limits[0]} and {limits[1]}.",
                f"不可能，应在 {limits[0]} 与 {limits[1]} 之间。",
            )
    if entry.low is not None and entry.high is not None and entry.low > entry.high:
        raise _wrong("low", "is above the upper end.", "大于上限。")


def _wrong(field: str, en: str, zh: str) -> ParameterInvalid:
    return ParameterInvalid(field=field, reason_en=en, reason_zh=zh, path=("input", field))
