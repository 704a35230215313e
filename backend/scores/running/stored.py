"""Scores as JSON, written once and read back: the ready answer, its indicators, and what tells one score from another.

    answer      who, which model and version, state, grade, points, dates, reasons in words, gates
    indicators  each indicator with its fact, value, quality and sources; the cheapest changes to a better grade

Numbers are text in plain decimals, names and sentences are objects of `zh` and `en`.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.scores.modelling.content import ModelContent
from backend.scores.peers.rules import SectorPeers
from backend.scores.values import (
    Assessment,
    Change,
    Fact,
    Gate,
    Indicator,
    Quality,
    ScoreValue,
    Source,
    State,
    Words,
)

Value = Decimal | str | bool | None
RULES = 2
"""Counts the changes of the rules themselves that make a score another one: every account is then scored anew."""


def dumped(value: Any) -> str:  # noqa: ANN401 - JSON of ours
    """Return JSON in its one spelling."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def plain(value: Decimal | None) -> str | None:
    """Return a decimal without exponent."""
    return None if value is None else format(value, "f")


def words(value: Words) -> dict[str, str]:
    """Return a sentence as it is kept."""
    return {"zh": value.zh, "en": value.en}


def of_value(value: Value) -> dict[str, Any]:
    """Return a fact's value with the word for what it is: `number`, `code`, `truth` or `missing`."""
    if value is None:
        return {"kind": "missing", "value": None}
    if isinstance(value, bool):
        return {"kind": "truth", "value": value}
    if isinstance(value, Decimal):
        return {"kind": "number", "value": format(value, "f")}
    return {"kind": "code", "value": value}


def source(value: Source) -> dict[str, str]:
    """Return a source as it is kept."""
    return {"kind": value.kind, "id": value.id, "version": value.version}


def core_of(content: ModelContent, version: int, year: int, found: Assessment) -> dict[str, Any]:
    """Return what a score says, without number and dates."""
    facts = {gate.code: gate.fact for gate in content.gates}
    return {
        "year": year,
        "model": {
            "code": content.code, "version": version, "name": words(content.name),
            "is_placeholder": content.is_placeholder,
        },
        "state": found.state.value,
        "grade": found.grade,
        "grade_name": words(found.grade_name),
        "colour": found.colour,
        "points": plain(found.points),
        "helps": [words(each) for each in found.helps],
        "harms": [words(each) for each in found.harms],
        "gates": [
            {
                "code": each.code, "name": words(each.name), "fact": facts.get(each.code, ""), "is_open": each.is_open,
                "effect": each.effect, "reason": words(each.reason),
            }
            for each in found.gates
        ],
        "next_grade": found.next_grade,
    }  # fmt: skip


def answer_of(core: Mapping[str, Any], *, own_id: UUID, number: int, cause: str, at: datetime, until: date) -> str:
    """Return the ready answer: what the score says, with its number and dates."""
    head = {"id": str(own_id), "number": number, "computed_at": at.isoformat(), "valid_until": until.isoformat()}
    return dumped({**head, "cause": cause, **core})


def indicators_of(found: Assessment) -> str:
    """Return the indicators and changes as they are kept and served."""
    return dumped({
        "indicators": [
            {
                "code": each.code, "name": words(each.name), "points": plain(each.points), "weight": plain(each.weight),
                "contribution": plain(each.contribution), "best": plain(each.best), "reason": words(each.reason),
                "fact": {
                    "code": each.fact.code, **of_value(each.fact.value), "unit": each.fact.unit,
                    "quality": each.fact.quality.value, "note": words(each.fact.note),
                    "sources": [source(one) for one in each.fact.sources],
                },
            }
            for each in found.indicators
        ],
        "changes": [
            {
                "indicator": each.indicator, "fact": each.fact, "before": of_value(each.before),
                "after": of_value(each.after), "unit": each.unit, "effort": plain(each.effort),
                "words": words(each.words),
            }
            for each in found.changes
        ],
    })  # fmt: skip


def fingerprint(content: ModelContent, version: int, year: int, facts: Mapping[str, Fact], peers: SectorPeers) -> str:
    """Return the SHA-256 (hex) over everything a score follows from: model, year, the facts it looks at, the groups.

    The same fingerprint is the same score, so that an account nothing happened to costs no assessment.
    """
    told = [
        [code, *of_value(each.value).values(), each.unit, each.quality.value, each.note.zh,
         [(one.kind, one.id, one.version) for one in each.sources]]
        for code in content.looked_at
        if (each := facts.get(code)) is not None
    ]  # fmt: skip
    return hashlib.sha256(dumped([RULES, content.code, version, year, told, peers.told]).encode()).hexdigest()


def score_of(row: Any) -> ScoreValue:  # noqa: ANN401 - a row of `score`
    """Return a stored row as a value."""
    answer, told = json.loads(row.answer), json.loads(row.indicators)
    return ScoreValue(
        account_id=row.account_id,
        id=row.id,
        number=row.number,
        year=row.year,
        model_code=row.model_code,
        model_version=row.model_version,
        model_name=_words(answer["model"]["name"]),
        is_placeholder=answer["model"]["is_placeholder"],
        assessment=_assessment(row.points, answer, told),
        inputs=tuple(Source(**each) for each in row.inputs),
        cause=row.cause,
        computed_at=row.computed_at,
        valid_until=row.valid_until,
    )


def _assessment(points: Decimal | None, answer: dict[str, Any], told: dict[str, Any]) -> Assessment:
    return Assessment(
        state=State(answer["state"]),
        points=points,
        grade=answer["grade"],
        grade_name=_words(answer["grade_name"]),
        colour=answer["colour"],
        indicators=tuple(_indicator(each) for each in told["indicators"]),
        gates=tuple(
            Gate(each["code"], _words(each["name"]), each["is_open"], each["effect"], _words(each["reason"]))
            for each in answer["gates"]
        ),
        helps=tuple(_words(each) for each in answer["helps"]),
        harms=tuple(_words(each) for each in answer["harms"]),
        next_grade=answer["next_grade"],
        changes=tuple(_change(each) for each in told["changes"]),
    )


def _words(value: dict[str, str]) -> Words:
    return Words(value["zh"], value["en"])


def _value(told: dict[str, Any]) -> Value:
    return Decimal(told["value"]) if told["kind"] == "number" else told["value"]


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _indicator(told: dict[str, Any]) -> Indicator:
    fact = told["fact"]
    return Indicator(
        code=told["code"],
        name=_words(told["name"]),
        fact=Fact(
            fact["code"], _value(fact), fact["unit"], Quality(fact["quality"]),
            tuple(Source(**each) for each in fact["sources"]), _words(fact["note"]),
        ),
        points=_decimal(told["points"]),
        weight=Decimal(told["weight"]),
        contribution=Decimal(told["contribution"]),
        best=Decimal(told["best"]),
        reason=_words(told["reason"]),
    )  # fmt: skip


def _change(told: dict[str, Any]) -> Change:
    after = _value(told["after"])
    return Change(
        told["indicator"], told["fact"], _value(told["before"]), "" if after is None else after, told["unit"],
        Decimal(told["effort"]), _words(told["words"]),
    )  # fmt: skip
