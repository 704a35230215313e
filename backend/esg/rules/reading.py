"""Reading the reference files: TOML and CSV text in, values out; what is broken is refused with where it is.

The files are ours, checked by tests and again when they are loaded: a standard that cannot be read is not loaded.
"""

import csv
import hashlib
import io
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from backend.esg.errors import ReferenceUnreadable
from backend.esg.values import (
    TOPICS,
    Binding,
    Crossing,
    Level,
    MaterialityTerms,
    Metric,
    Pillar,
    Relation,
    Requirement,
    RequirementKind,
    Standard,
    Test,
    Topic,
    Words,
)

Rows = list[dict[str, Any]]


def sha256(content: str) -> str:
    """Return the hash that tells whether a file of one version was changed."""
    return hashlib.sha256(content.encode()).hexdigest()


def header(content: str) -> Mapping[str, Any]:
    """Return what a TOML reference file says.

    Raises:
        ReferenceUnreadable: not TOML, or without code and version.
    """
    try:
        found = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise ReferenceUnreadable(file="toml", reason=str(error)) from error
    if not found.get("code") or not found.get("version"):
        raise ReferenceUnreadable(file="toml", reason="code or version is missing")
    return found


def valid_from(content: str) -> date | None:
    """Return the first day a standard holds, None where it does not say.

    Raises:
        ReferenceUnreadable: not TOML, or without code and version.
    """
    return _day(header(content), "valid_from")


def topics(content: str) -> dict[int, Topic]:
    """Return the exchanges' topics by number.

    Raises:
        ReferenceUnreadable: not the 21 topics.
    """
    found: dict[int, Topic] = {}
    for row in csv.DictReader(io.StringIO(content)):
        number = int(row["topic_no"])
        found[number] = Topic(
            number=number, pillar=Pillar(row["pillar"].lower()), name=Words(row["topic_cn"], row["topic_en"]),
            article=row["article"], mapping=row["gri_ifrs_mapping"], note=row["note"], source=row["source"],
            confidence=row["confidence"], confidence_note=row["confidence_note"],
        )  # fmt: skip
    if sorted(found) != list(range(1, TOPICS + 1)):
        raise ReferenceUnreadable(file="topics", reason=f"{len(found)} topics, not {TOPICS}")
    return found


def standard(content: str, known: Mapping[int, Topic], metrics: Mapping[str, Metric]) -> Standard:
    """Return a version of a standard.

    Raises:
        ReferenceUnreadable: a field is missing or unknown, a code is there twice, or a metric is not in the catalogue.
    """
    given = header(content)
    code = str(given["code"])
    try:
        rows = [_requirement(given, row, metrics) for row in given["requirements"]["rows"]]
        if given.get("has_topics"):
            rows += [_of_topic(given, each) for each in known.values()]
        found = Standard(
            code=code, version=str(given["version"]), name=Words(given["name_zh"], given["name_en"]),
            document=given["document"], issued_on=_day(given, "issued_on"), valid_from=_day(given, "valid_from"),
            source=given["source"], confidence=given["confidence"], confidence_note=given.get("confidence_note", ""),
            binding=_binding(given["binding"]), requirements=tuple(rows), sha256=sha256(content),
        )  # fmt: skip
    except (KeyError, ValueError) as error:
        raise ReferenceUnreadable(file=code, reason=f"{type(error).__name__}: {error}") from error
    keys = [each.key for each in rows]
    if len(keys) != len(set(keys)):
        raise ReferenceUnreadable(file=code, reason="a requirement's code is there twice")
    return found


def _day(given: Mapping[str, Any], name: str) -> date | None:
    value = given.get(name)
    return value if isinstance(value, date) else None


def _requirement(given: Mapping[str, Any], row: Mapping[str, Any], metrics: Mapping[str, Metric]) -> Requirement:
    metric = row.get("metric")
    return Requirement(
        standard=given["code"], code=row["code"], name=Words(row["name_zh"], row["name_en"]),
        pillar=Pillar(row["pillar"]), kind=RequirementKind(row["kind"]), level=Level(row["level"]),
        topic=row.get("topic"), metric=metric, unit=row.get("unit", metrics[metric].unit if metric else ""),
        may_explain=row.get("explain", False), needs_evidence=row.get("evidence", False), clause=row["clause"],
        mandatory_for=Words(given["mandatory_for_zh"], given["mandatory_for_en"]),
        source=given["source"], confidence=row.get("confidence", _usual(given)),
        confidence_note=row.get("confidence_note", given.get("confidence_note", "")),
    )  # fmt: skip


def _usual(given: Mapping[str, Any]) -> str:
    """Return how sure a requirement is that says nothing of its own.

    A document that was looked up does not vouch for the wording of its single requirements: those are from memory.
    """
    return "from-memory" if given["confidence"] == "verified-by-lookup" else given["confidence"]


def _of_topic(given: Mapping[str, Any], topic: Topic) -> Requirement:
    return Requirement(
        standard=given["code"], code=f"T{topic.number:02d}", name=topic.name, pillar=topic.pillar,
        kind=RequirementKind.NARRATIVE, level=Level.MATERIAL, topic=topic.number, metric=None, unit="",
        may_explain=True, needs_evidence=False, clause=f"第{topic.article}条",
        mandatory_for=Words(given["mandatory_for_zh"], given["mandatory_for_en"]), source=topic.source,
        confidence=topic.confidence, confidence_note=topic.confidence_note,
    )  # fmt: skip


def _binding(given: Mapping[str, Any]) -> Binding:
    return Binding(
        tests=tuple(
            Test(each["fact"], tuple(each["among"]), Words(each["reason_zh"], each["reason_en"]))
            for each in given.get("tests", [])
        ),
        first_year=given["first_year"], due_month=given.get("due_month"), due_day=given.get("due_day"),
        otherwise=Words(given["otherwise_zh"], given["otherwise_en"]),
    )  # fmt: skip


def metrics(content: str) -> dict[str, Metric]:
    """Return the metric catalogue by code.

    Raises:
        ReferenceUnreadable: a field is missing or unknown.
    """
    given = header(content)
    try:
        rows: Rows = given["metrics"]["rows"]
        return {
            row["code"]: Metric(
                code=row["code"], name=Words(row["name_zh"], row["name_en"]), unit=row["unit"],
                kind=RequirementKind(row.get("kind", "quantitative")), pillar=Pillar(row.get("pillar", "e")),
                topic=row.get("topic"), rule=row.get("rule"), formula=Words(row["formula_zh"], row["formula_en"]),
                confidence=row.get("confidence", ""),
            )
            for row in rows
        }  # fmt: skip
    except (KeyError, ValueError) as error:
        raise ReferenceUnreadable(file="metrics", reason=f"{type(error).__name__}: {error}") from error


def materiality(content: str) -> MaterialityTerms:
    """Return the terms of materiality.

    Raises:
        ReferenceUnreadable: a field is missing, or the threshold lies outside the scale.
    """
    given = header(content)
    try:
        found = MaterialityTerms(
            version=given["version"], low=Decimal(given["low"]), high=Decimal(given["high"]),
            threshold=Decimal(given["threshold"]), document=given["document"], confidence=given["confidence"],
            is_placeholder=given["is_placeholder"],
        )  # fmt: skip
    except (KeyError, ArithmeticError) as error:
        raise ReferenceUnreadable(file="materiality", reason=f"{type(error).__name__}: {error}") from error
    if not found.low < found.threshold <= found.high:
        raise ReferenceUnreadable(file="materiality", reason="the threshold lies outside the scale")
    return found


def crosswalk(content: str) -> tuple[Crossing, ...]:
    """Return the pairs of the crosswalk.

    Raises:
        ReferenceUnreadable: a field is missing or unknown, or a pair relates a requirement to itself.
    """
    try:
        found = tuple(
            Crossing(row["from_key"], row["to_key"], Relation(row["relation"]), row["confidence"], row["note"])
            for row in csv.DictReader(io.StringIO(content))
        )
    except (KeyError, ValueError) as error:
        raise ReferenceUnreadable(file="crosswalk", reason=f"{type(error).__name__}: {error}") from error
    if any(each.from_key == each.to_key for each in found):
        raise ReferenceUnreadable(file="crosswalk", reason="a requirement is related to itself")
    return found
