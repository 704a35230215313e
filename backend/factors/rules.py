"""Choosing a version, saying why, and how far it can be relied on. Pure: a `Book` holds what was read before.

The rule for grid factors is the field's own: use the newest factor published when the report is made, unless a
rule names a year. Everything else is dated by validity: the version valid on the activity's day counts. In
both cases a value the world did not know yet (`published_on`) or we had not activated yet (`activated_at`) is
passed over, so that a past report can be looked up again as it was.
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any
from uuid import UUID

from backend.factors.errors import PolicyInvalid
from backend.factors.values import (
    LEGACY_KEYS,
    Ask,
    Asked,
    Certainty,
    Choice,
    Confidence,
    Entry,
    Missing,
    PassedOver,
    Reason,
    Selection,
    State,
    Trust,
    Validity,
    Version,
    by_identity,
    selection,
)

PUBLISHED = "published"
_NAMED_YEAR = re.compile(r"data_year:(\d{4})")
_SUSPECT = re.compile(r"suspect|unusual|typo|not confirmed|存疑|待核", re.IGNORECASE)
_SHOWN = 5
_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)

_TRUST = {
    Confidence.VERIFIED.value: (Certainty.VERIFIED, "已查证。", "Verified."),
    Confidence.SECONDARY.value: (
        Certainty.SECONDARY,
        "仅由二手来源查得，未见原文件，使用前请核对。",
        "Read in a secondary source only; check it against the document before relying on it.",
    ),
    Confidence.MEMORY.value: (
        Certainty.UNVERIFIED,
        "未经查证，使用前请核对原文件。",
        "Not verified; check it against the document before relying on it.",
    ),
    Confidence.PLACEHOLDER.value: (
        Certainty.UNVERIFIED,
        "占位数值，没有可查实的来源，由管理员替换。",
        "A placeholder without a confirmed source; an administrator replaces it.",
    ),
    Confidence.TENANT.value: (
        Certainty.UNVERIFIED,
        "由本辖区录入，产品未作查证。",
        "Entered by this jurisdiction; not verified by the product.",
    ),
}

_REASONS: dict[Reason, tuple[str, str]] = {
    Reason.DRAFT: ("草稿，尚未启用", "a draft, not activated"),
    Reason.LEGACY: ("仅供历史报告或减排项目使用", "for old reports or reduction projects only"),
    Reason.LOWER_LEVEL: ("已有更高层级的取值", "a higher level has a value"),
    Reason.NO_PUBLICATION_DATE: ("无发布日期，须指明年份方可使用", "no publication date: used only when its year is named"),
    Reason.NOT_KNOWN_YET: ("当时尚未录入或启用", "not yet activated here at that time"),
    Reason.NOT_NAMED_YEAR: ("不是指定的年份", "not the named year"),
    Reason.NOT_PUBLISHED_YET: ("当时尚未发布", "not published yet at that time"),
    Reason.NOT_VALID: ("在该日期无效", "not valid on that day"),
    Reason.OLDER_YEAR: ("已有更新年份的数值", "a newer data year is published"),
    Reason.OTHER_REGION: ("仅有其他地区的数值", "values exist for other regions only"),
    Reason.SUPERSEDED: ("已被新版本取代", "superseded by a newer version"),
}  # fmt: skip


def trust(confidence: str, note: str = "") -> Trust:
    """Say how sure a value is, from its source's confidence and what its note says against it."""
    certainty, zh, en = _TRUST.get(confidence, _TRUST[Confidence.MEMORY.value])
    if _SUSPECT.search(note):
        return Trust(Certainty.SUSPECT, f"数值存疑：{note}", f"The value is in doubt: {note}")
    return Trust(certainty, zh, en)


def change_percent(before: Decimal, after: Decimal, places: int = 1) -> Decimal | None:
    """Return (after - before) / before x 100, rounded half up for display; None when `before` is zero."""
    if before == 0:
        return None
    exact = _WIDE.multiply(_WIDE.divide(_WIDE.subtract(after, before), before), Decimal(100))
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)


def named_year(policy: str) -> int | None:
    """Return the year a policy names, None for `published`.

    Raises:
        PolicyInvalid: neither `published` nor `data_year:YYYY`.
    """
    if policy == PUBLISHED:
        return None
    match = _NAMED_YEAR.fullmatch(policy)
    if match is None:
        raise PolicyInvalid(policy=policy)
    return int(match[1])


def history(versions: Iterable[Version]) -> list[Version]:
    """Return the versions of one parameter in the order in which they became true, corrections last."""
    return sorted(versions, key=lambda each: (each.valid.start or date.min, each.version))


def previous(version: Version, others: Iterable[Version]) -> Version | None:
    """Return what the version follows: the one it corrects, else the newest of an earlier validity."""
    found: Version | None = None
    for other in history(others):
        if other.id == version.supersedes_id:
            return other
        earlier = (other.valid.start or date.min) < (version.valid.start or date.min)
        if other.state is State.ACTIVE and other.id != version.id and earlier:
            found = other
    return found


def differs(entry: Entry, version: Version) -> bool:
    """Tell whether the entry says anything the version does not."""
    return entry.content != version.content


def is_outdated(draft: Version, others: Iterable[Version]) -> bool:
    """Tell whether a later version is active already for a time the draft is about: it would outrank the draft."""
    return any(
        other.state is State.ACTIVE and other.version > draft.version and other.valid.overlaps(draft.valid)
        for other in others
    )


def is_same_value(entry: Entry, version: Version) -> bool:
    """Tell whether putting the entry in the version's place would change no result: only words differ."""
    return (entry.value, entry.low, entry.high, entry.text_value, entry.unit, entry.published_on) == (
        version.value, version.low, version.high, version.text_value, version.unit, version.published_on
    )  # fmt: skip


@dataclass(slots=True)
class _Trial:
    """One level being tried: who may be chosen, who fell out and why."""

    usable: list[Version] = field(default_factory=list[Version])
    passed: list[PassedOver] = field(default_factory=list[PassedOver])

    def drop(self, version: Version, reason: Reason) -> None:
        self.passed.append(passed_over(version, reason))


def passed_over(version: Version, reason: Reason) -> PassedOver:
    """Return the record of a version that was not chosen."""
    zh, en = _REASONS[reason]
    return PassedOver(
        reason=reason,
        zh=zh,
        en=en,
        name=version.name,
        key=version.key,
        region=version.region,
        version_id=version.id,
        value=version.value,
        unit=version.unit,
        years=version.valid.years,
        published_on=version.published_on,
    )


class Book:
    """The versions a report may know of, and the look-up over them.

    `published_by` is the day the report is made, `known_at` the instant whose knowledge counts, `as_active` the
    drafts to treat as if they were active (a preview). Answers are remembered: asking again costs nothing.
    """

    def __init__(
        self,
        versions: Iterable[Version],
        *,
        published_by: date,
        known_at: datetime,
        as_active: AbstractSet[UUID] = frozenset(),
    ) -> None:
        self.published_by = published_by
        self.known_at = known_at
        self.as_active = frozenset(as_active)
        self._versions = by_identity(versions)
        self._regions: dict[tuple[str, str], list[str]] = {}
        for name, key, region in self._versions:
            self._regions.setdefault((name, key), []).append(region)
        self._answers: dict[tuple[tuple[tuple[str, str, str], ...], date, str], Choice | Missing] = {}

    def find(self, name: str, key: str, regions: Sequence[str], on: date, policy: str = PUBLISHED) -> Choice | Missing:
        """Return the value of a parameter in the first of the regions that has one.

        Raises:
            PolicyInvalid: an unknown policy.
        """
        return self.first([Ask(name, key, region) for region in regions or ("",)], on, policy)

    def first(self, asked: Sequence[Asked], on: date, policy: str = PUBLISHED) -> Choice | Missing:
        """Return the value at the first level that has one; the levels may differ in key, region and family.

        Raises:
            PolicyInvalid: an unknown policy.
        """
        levels = tuple((each.name, each.key, each.region) for each in asked)
        question = (levels, on, policy)
        if question not in self._answers:
            self._answers[question] = self._answer(levels, on, policy)
        return self._answers[question]

    def automatic(self, province: str, grid_region: str, on: date, policy: str = PUBLISHED) -> Choice | Missing:
        """Return the location-based electricity factor: province, then grid region, then nation.

        Legacy and project factors of these places are listed as passed over; they are no level.
        """
        name = "grid.electricity"
        places = (province, grid_region, "CN")
        keys = ("provincial_average", "regional_average", "national_average")
        answer = self.first([Ask(name, key, region) for key, region in zip(keys, places, strict=True)], on, policy)
        legacy = [
            passed_over(version, Reason.LEGACY).as_json()
            for key in sorted(LEGACY_KEYS)
            for region in places
            for version in self._versions.get((name, key, region), ())
        ]
        return replace(answer, passed_over=[*answer.passed_over, *legacy])

    def versions(self, name: str, key: str, region: str) -> list[Version]:
        """Return every version of one parameter, in the order in which they became true."""
        return history(self._versions.get((name, key, region), ()))

    def keys(self, name: str) -> list[str]:
        """Return the members of a family that hold everywhere, sorted; which of them count is asked of `find`."""
        return sorted(key for family, key, region in self._versions if family == name and not region)

    def _answer(self, levels: tuple[tuple[str, str, str], ...], on: date, policy: str) -> Choice | Missing:
        year = named_year(policy)
        passed: list[PassedOver] = []
        for number, identity in enumerate(levels, 1):
            trial = self._try(identity, on, year)
            passed += trial.passed
            if trial.usable:
                chosen = trial.usable[0]
                for lower in levels[number:]:
                    below = self._try(lower, on, year)
                    passed += [passed_over(each, Reason.LOWER_LEVEL) for each in below.usable[:1]]
                return self._choice(chosen, number, on, year, passed)
        return self._missing(levels, on, year, passed)

    def _try(self, identity: tuple[str, str, str], on: date, year: int | None) -> _Trial:
        trial = _Trial()
        by_year = selection(identity[0]) is Selection.NEWEST_YEAR
        for version in history(self._versions.get(identity, ())):
            reason = self._refusal(version, on, year, by_year=by_year)
            if reason is None:
                trial.usable.append(version)
            else:
                trial.drop(version, reason)
        # A correction outranks what it corrects; among data years the newest comes first.
        if by_year:
            trial.usable.sort(key=lambda each: (each.valid.start or date.min, each.version), reverse=True)
        else:
            trial.usable.sort(key=lambda each: (each.version, each.valid.start or date.min), reverse=True)
        for beaten in trial.usable[1:]:
            same_time = beaten.valid.overlaps(trial.usable[0].valid)
            trial.drop(beaten, Reason.SUPERSEDED if same_time else Reason.OLDER_YEAR)
        return trial

    def _refusal(self, version: Version, on: date, year: int | None, *, by_year: bool) -> Reason | None:
        """Return why a version may not be used, None if it may."""
        reason: Reason | None = None
        if version.id not in self.as_active:
            if version.state is not State.ACTIVE:
                reason = Reason.DRAFT
            elif version.activated_at is None or version.activated_at > self.known_at:
                reason = Reason.NOT_KNOWN_YET
        if reason is None and version.published_on is not None and version.published_on > self.published_by:
            reason = Reason.NOT_PUBLISHED_YET
        if reason is None and by_year and year is not None and not version.valid.contains(date(year, 7, 1)):
            reason = Reason.NOT_NAMED_YEAR
        if reason is None and by_year and year is None and version.published_on is None:
            reason = Reason.NO_PUBLICATION_DATE
        if reason is None and not by_year and not version.valid.contains(on):
            reason = Reason.NOT_VALID
        return reason

    def _choice(self, version: Version, level: int, on: date, year: int | None, passed: Sequence[PassedOver]) -> Choice:
        rule, zh, en = self._rule(version, on, year)
        return Choice(
            version_id=version.id,
            name=version.name,
            key=version.key,
            region=version.region,
            value=version.value,
            low=version.low,
            high=version.high,
            text_value=version.text_value,
            unit=version.unit,
            label_zh=version.label_zh,
            label_en=version.label_en,
            document=version.document,
            source=version.source,
            confidence=version.confidence,
            note=version.note,
            published_on=version.published_on,
            valid=version.valid,
            version=version.version,
            rule=rule,
            rule_zh=zh,
            rule_en=en,
            level=level,
            trust=trust(version.confidence, version.note),
            passed_over=[each.as_json() for each in passed],
        )

    def _rule(self, version: Version, on: date, year: int | None) -> tuple[str, str, str]:
        where_zh = f"（{version.document}）" if version.document else ""
        where_en = f" ({version.document})" if version.document else ""
        if selection(version.name) is Selection.VALID_ON:
            day = on.isoformat()
            return (
                "valid_on",
                f"取 {day} 有效的数值{where_zh}。",
                f"The value valid on {day}{where_en}.",
            )
        years = version.valid.years or str(version.valid)
        if year is not None:
            return "named_year", f"按指定取 {year} 年数值{where_zh}。", f"The value of {year}, as named{where_en}."
        day = self.published_by.isoformat()
        return (
            "newest_published",
            f"取 {day} 前（含当日）已发布的最新年份：{years} 年，{version.published_on} 发布{where_zh}。",
            f"The newest data year published by {day}: {years}, published {version.published_on}{where_en}.",
        )

    def _missing(
        self,
        levels: tuple[tuple[str, str, str], ...],
        on: date,
        year: int | None,
        passed: Sequence[PassedOver],
    ) -> Missing:
        tried = tuple(dict.fromkeys(" ".join(part for part in level if part) for level in levels))
        others: list[PassedOver] = []
        for name, key, _ in levels:
            elsewhere = [region for region in self._regions.get((name, key), ()) if (name, key, region) not in levels]
            if elsewhere and all((each.name, each.key) != (name, key) for each in others):
                zh, en = _REASONS[Reason.OTHER_REGION]
                shown = ", ".join(sorted(elsewhere)[:_SHOWN]) + ("…" if len(elsewhere) > _SHOWN else "")
                others.append(
                    PassedOver(Reason.OTHER_REGION, f"{zh}：{shown}", f"{en}: {shown}", name, key, "")
                )  # fmt: skip
        named = f", data year {year}" if year is not None else ""
        named_zh = f"，指定 {year} 年" if year is not None else ""
        return Missing(
            name=levels[0][0],
            key=levels[0][1],
            tried=tried,
            en=f"No value of {' / '.join(tried)} for {on}{named} that was published by {self.published_by}.",
            zh=f"没有可用的参数：{' / '.join(tried)}（{on}{named_zh}，截至 {self.published_by} 已发布）。",
            passed_over=[each.as_json() for each in (*passed, *others)],
        )


def conflicting(entries: Sequence[Entry]) -> list[tuple[int, int]]:
    """Return the pairs of positions that state one parameter twice for overlapping times."""
    seen: dict[tuple[str, str, str], list[tuple[int, Validity]]] = {}
    pairs: list[tuple[int, int]] = []
    for position, entry in enumerate(entries):
        earlier = seen.setdefault(entry.identity, [])
        pairs += [(other, position) for other, valid in earlier if valid.overlaps(entry.valid)]
        earlier.append((position, entry.valid))
    return pairs


def facts(version: Version) -> dict[str, Any]:
    """Return what an audit event keeps of a version."""
    return {
        "name": version.name,
        "key": version.key,
        "region": version.region,
        "version": version.version,
        "value": format(version.value, "f") if version.value is not None else version.text_value,
        "unit": version.unit,
    }
