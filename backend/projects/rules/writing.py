"""Applications and what they came to, as JSON and back: decimals are text, days are ISO days."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from backend.projects.values import (
    Assessment,
    DocumentKind,
    EiaReduction,
    EiaReference,
    Factor,
    Intensity,
    Line,
    LineKind,
    MethodLine,
    Nature,
    Output,
    Paper,
    ProjectFacts,
    Share,
    Words,
)


def plain(value: Any) -> Any:  # noqa: ANN401 - anything a value holds
    """Return a value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return _bare(value)


def _bare(value: Any) -> Any:  # noqa: ANN401 - anything a value holds
    match value:
        case Enum():
            return value.value
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return value


def as_json(value: ProjectFacts | Assessment) -> dict[str, Any]:
    """Return an application, or what it came to, as JSON."""
    return plain(asdict(value))


def digest(facts: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an application and what it came to, in one canonical spelling."""
    text = json.dumps([facts, result], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def facts_of(given: Mapping[str, Any]) -> ProjectFacts:
    """Return an application that `as_json` wrote."""
    read: dict[str, Any] = {
        **given,
            "nature": Nature(given["nature"]),
            "starts_on": date.fromisoformat(given["starts_on"]),
            "produces_on": date.fromisoformat(given["produces_on"]),
            "value_added": _number(given["value_added"]),
            "electricity_equivalent": _number(given["electricity_equivalent"]),
            "lines": tuple(
                Line(
                    LineKind(each["kind"]), each["key"], Decimal(each["quantity"]), each["unit"], _number(each["factor"]),
                    each["document"],
                )
                for each in given["lines"]
            ),
            "outputs": tuple(
                Output(each["product"], Decimal(each["quantity"]), each["unit"], Decimal(each["share"]))
                for each in given["outputs"]
            ),
            **{name: _number(given.get(name)) for name in ("output_value", "existing_tce", "existing_coal", "existing_tonnes")},
            "eia_references": tuple(
                EiaReference(each["product"], Decimal(each["tonnes"]), each["unit"], each["level"], each["document"])
                for each in given.get("eia_references", ())
            ),
            "eia_reductions": tuple(
                EiaReduction(each["what"], Decimal(each["tonnes"])) for each in given.get("eia_reductions", ())
            ),
            "papers": tuple(Paper(DocumentKind(each["kind"]), UUID(each["evidence_id"])) for each in given["papers"]),
    }  # fmt: skip
    return ProjectFacts(**read)


def result_of(given: Mapping[str, Any]) -> Assessment:
    """Return what an application came to, as `as_json` wrote it."""
    return Assessment(
        **{
            name: _number(given.get(name))
            for name in ("tce", "tce_equivalent", "coal", "scope1", "scope2", "tonnes", "fossil_tce")
        },
        lines=tuple(_line(each) for each in given["lines"]),
        intensities=tuple(
            Intensity(
                each["what"],
                each["unit"],
                _number(each["tce"]),
                _number(each["tonnes"]),
                _number(each.get("fossil_tce")),
            )
            for each in given["intensities"]
        ),
        structure=tuple(Share(each["energy"], Decimal(each["share"])) for each in given["structure"]),
        carbon=tuple(Share(each["energy"], Decimal(each["share"])) for each in given.get("carbon", ())),
    )


def _line(given: Mapping[str, Any]) -> MethodLine:
    reason = given["reason"]
    return MethodLine(
        LineKind(given["kind"]), given["key"], Decimal(given["quantity"]), given["unit"], given["formula"],
        given["formula_source"],
        tuple(
            Factor(
                each["letter"], Decimal(each["value"]), each["unit"],
                None if each["version_id"] is None else UUID(each["version_id"]), each["document"], each["confidence"],
            )
            for each in given["factors"]
        ),
        _number(given["tonnes"]), _number(given["tce"]), given["tce_rule"],
        None if reason is None else Words(reason["zh"], reason["en"]),
    )  # fmt: skip


def _number(given: str | None) -> Decimal | None:
    return None if given is None else Decimal(given)
