"""Whether the levers of a model lead somewhere and keep out of each other's way."""

from collections.abc import Iterator
from decimal import Decimal
from math import prod

from backend.kit.errors import Invalid
from backend.scores.modelling.content import Lever, ModelContent, choices_of, is_number
from backend.scores.modelling.errors import ModelLeverInvalid
from backend.scores.modelling.ordering import decimal_of, in_order
from backend.scores.rules.levers import together
from backend.scores.values import FACTS

MOST_COMBINATIONS = 16
"""Wide levers are tried in every combination: that many at most."""
MOST_TOGETHER = 500
"""Levers that move a fact in common are tried in every combination, for every account: that many at most."""
SAME = {"value_added_intensity", "sector_ratio"}
"""The one is the other over the sector's mean: who moves the one moves the other in the same ratio."""


def faults(content: ModelContent) -> Iterator[Invalid]:
    """Give every fault of the levers."""
    by_fact = dict[str, str]()
    for place, lever in enumerate(content.levers):
        path = ("levers", str(place))
        if lever.fact in by_fact:
            yield wrong(lever, "another lever is of the same fact.", "同一数据项只能有一项改进措施。", path)
        by_fact[lever.fact] = lever.code
        yield from (_named if lever.to else _stepped)(lever, path)
        for fact, text in lever.also.items():
            if not (decimal_of(text) is not None if is_number(fact) else text in choices_of(fact)):
                yield wrong(lever, f"'{text}' is no value of '{fact}'.", f"“{text}”不是“{fact}”的取值。", path)
    set_too = dict[str, str]()
    for place, lever in enumerate(content.levers):
        for fact in lever.also:
            if fact in by_fact or fact in set_too:
                yield wrong(
                    lever, f"'{fact}' is brought about by another lever.", f"“{fact}”已由其他改进措施带动。",
                    ("levers", str(place), "also"),
                )  # fmt: skip
            set_too[fact] = lever.code
    if by_fact.keys() >= SAME:
        last = next(lever for lever in reversed(content.levers) if lever.fact in SAME)
        yield wrong(last, "intensity and its ratio to the sector's mean are moved by one lever.",
                    "碳排放强度与其行业比值同步变化，只能设一项改进措施。", ("levers",))  # fmt: skip
    yield from _together(content)
    ways = prod(1 + (len(lever.to) or lever.most) for lever in content.levers if lever.is_wide)
    if ways > MOST_COMBINATIONS:
        last = next(lever for lever in reversed(content.levers) if lever.is_wide)
        yield wrong(
            last, f"levers that touch several facts have {ways} combinations; at most {MOST_COMBINATIONS}.",
            f"涉及多个数据项的改进措施共有 {ways} 种组合，最多 {MOST_COMBINATIONS} 种。", ("levers",),
        )  # fmt: skip


def _together(content: ModelContent) -> Iterator[Invalid]:
    """Give the groups of levers that move facts in common and have too many combinations."""
    for group in together([lever for lever in content.levers if not lever.is_wide]):
        ways = prod(1 + (len(lever.to) or lever.most) for lever in group)
        if ways > MOST_TOGETHER:
            names = ", ".join(lever.code for lever in group)
            yield wrong(
                group[-1], f"with the levers it shares facts with ({names}) it has {ways} combinations; at most {MOST_TOGETHER}.",
                f"与影响相同数据项的改进措施（{names}）共有 {ways} 种组合，最多 {MOST_TOGETHER} 种。", ("levers",),
            )  # fmt: skip


def wrong(lever: Lever, en: str, zh: str, path: tuple[str, ...]) -> ModelLeverInvalid:
    """Return the fault of a lever."""
    return ModelLeverInvalid(lever=lever.code, reason_en=en, reason_zh=zh, path=path)


def _stepped(lever: Lever, path: tuple[str, ...]) -> Iterator[Invalid]:
    if not is_number(lever.fact):
        yield wrong(lever, "only numbers go by equal steps; name the values in `to`.",
                    "只有数值可按等步长变化，请在 to 中列出取值。", path)  # fmt: skip
    elif lever.step is None or lever.effort is None or lever.limit is None:
        yield wrong(lever, "give `step`, `effort` and `limit`, or the values in `to`.",
                    "请填写 step、effort 和 limit，或在 to 中列出取值。", path)  # fmt: skip


def _named(lever: Lever, path: tuple[str, ...]) -> Iterator[Invalid]:
    if lever.step is not None or lever.effort is not None or lever.limit is not None or lever.is_relative:
        yield wrong(lever, "values in `to` and equal steps exclude each other.", "to 与等步长只能选其一。", path)
    texts = [step.value for step in lever.to]
    if is_number(lever.fact):
        numbers = [decimal_of(text) for text in texts]
        known: list[Decimal] = [each for each in numbers if each is not None]
        is_right = len(known) == len(numbers) and len(set(known)) == len(known)
        is_right = is_right and known == sorted(known, reverse=FACTS[lever.fact].better == "lower")
    else:
        order = in_order(lever.fact)
        is_right = all(text in order for text in texts) and len(set(texts)) == len(texts)
        is_right = is_right and texts == sorted(texts, key=order.index)
    if not is_right:
        yield wrong(lever, "the values in `to` go from worse to better, each once.",
                    "to 中的取值应由差到好排列且不重复。", (*path, "to"))  # fmt: skip
