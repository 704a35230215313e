"""A publication as an XBRL report: xBRL-JSON (the Open Information Model's JSON), and the schema of the concepts it uses.

Concepts are an extension taxonomy of ours, one for each data point, labelled in both languages and documented with the codes
of the standards they answer. A concept's name is the point's, with `:` as `_`. Figures are exact: `decimals` is left out,
which says so. A figure that rests on what was not confirmed, or on a placeholder, has that as footnotes in both languages.
`docs/decisions/0013` tells why no published taxonomy is used.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Any

from backend.esg.exports.speaking import DOUBTS, NOTES, clean, doubts
from backend.esg.exports.values import Paper
from backend.esg.values import PointState
from backend.kit.quantities import EXACT

NAMESPACE = "urn:carbon-account:disclosure:1"
NAMESPACES = {
    "ca": NAMESPACE,
    "unit": "urn:carbon-account:unit",
    "account": "urn:carbon-account:account",
    "iso4217": "http://www.xbrl.org/2003/iso4217",
    "xbrl": "https://xbrl.org/2021",
}
DOCUMENT_TYPE = "https://xbrl.org/2021/xbrl-json"
FOOTNOTE, STANDARD = "footnote", "_"
"""The kind of our links and the group they are in: the two names the model reserves for the standard ones."""
LINK_TYPES = {FOOTNOTE: "http://www.xbrl.org/2003/arcrole/fact-footnote"}
LINK_GROUPS = {STANDARD: "http://www.xbrl.org/2003/role/link"}
LANGUAGES = ("zh", "en")
_MONEY = {"CNY": 0, "万CNY": 4}
"""Powers of ten to whole yuan."""
_TOLD = {PointState.FILLED, PointState.RESTATED}
_LABEL, _DOCUMENTATION = "http://www.xbrl.org/2003/role/label", "http://www.xbrl.org/2003/role/documentation"


def concept(point: str) -> str:
    """Return a point's concept."""
    return point.replace(":", "_")


def measured(value: str, unit: str) -> tuple[str, str | None]:
    """Return a figure in a unit as XBRL writes it: shares as plain numbers, money in yuan; no unit: a plain number."""
    amount = Decimal(value)
    if unit == "%":
        return format(amount.scaleb(-2, EXACT), "f"), None
    if not unit:
        return format(amount, "f"), None
    above, _, below = unit.partition("/")
    power = _MONEY.get(above, 0) - _MONEY.get(below, 0)
    named = _measure(above) + (f"/{_measure(below)}" if below else "")
    return format(amount.scaleb(power, EXACT), "f"), named


def _measure(unit: str) -> str:
    return "iso4217:CNY" if unit in _MONEY else f"unit:{unit}"


def report(paper: Paper, schema_name: str) -> bytes:
    """Return the report of a publication; `schema_name` is the file beside it that has the concepts."""
    facts = {f"f{at}": each for at, each in enumerate(_facts(paper.content), 1)}
    found = {
        "documentInfo": {
            "documentType": DOCUMENT_TYPE, "namespaces": NAMESPACES, "linkTypes": LINK_TYPES,
            "linkGroups": LINK_GROUPS, "taxonomy": [schema_name],
        },
        "facts": {**facts, **_notes(facts)},
    }  # fmt: skip
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def _facts(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    number, year = content["account"]["number"], content["year"]
    for each in content["points"]:
        about = {"concept": f"ca:{concept(each['point'])}", "entity": f"account:{number}"}
        this = {**about, "period": _year(year)}
        if each["state"] not in _TOLD:
            continue
        marks = _marks(doubts(each))
        if each["value"] is not None:
            yield {**_figure(each["value"], each["unit"], this), **marks}
            before = each["comparative"] or {}
            # What the account says of the prior year now; where it says nothing, what was published.
            prior = before.get("current") or before.get("published")
            if prior is not None and before["unit"] == each["unit"]:
                yield _figure(prior, each["unit"], {**about, "period": _year(before["year"])})
        elif each["text"] is not None:
            # What was said in one language alone stands for both; it is a fact of that one.
            said = each["text"] if each["text"]["zh"] != each["text"]["en"] else {"zh": each["text"]["zh"], "en": ""}
            for language in LANGUAGES:
                if said[language]:
                    yield {"value": clean(said[language]), "dimensions": {**this, "language": language}, **marks}


def _marks(codes: Sequence[str]) -> dict[str, Any]:
    """Return the links from a fact to the footnotes of its doubts; a fact without doubt has none."""
    named = [f"{code}-{language}" for code in codes for language in LANGUAGES]
    return {"links": {FOOTNOTE: {STANDARD: named}}} if named else {}


def _notes(facts: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the footnotes that facts are linked to: of each doubt its words, once a language."""
    used = {name for each in facts.values() if "links" in each for name in each["links"][FOOTNOTE][STANDARD]}
    every = [(f"{code}-{language}", code, language) for code in DOUBTS for language in LANGUAGES]
    return {
        name: {
            # The words of a footnote are a piece of XHTML.
            "value": escape(NOTES[code].zh if language == "zh" else NOTES[code].en),
            "dimensions": {"concept": "xbrl:note", "noteId": name, "language": language},
        }
        for name, code, language in every
        if name in used
    }


def _figure(value: str, unit: str, about: Mapping[str, str]) -> dict[str, Any]:
    amount, named = measured(value, unit)
    return {"value": amount, "dimensions": {**about, **({} if named is None else {"unit": named})}}


def _year(year: int) -> str:
    return f"{year}-01-01T00:00:00/{year + 1}-01-01T00:00:00"


def schema(paper: Paper) -> bytes:
    """Return the taxonomy schema of a publication's concepts, with their labels inside."""
    points = paper.content["points"]
    elements = "\n".join(_element(each) for each in points)
    labels = "\n".join(_labels(each) for each in points)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xbrli="http://www.xbrl.org/2003/instance"
  xmlns:link="http://www.xbrl.org/2003/linkbase" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:ca="{NAMESPACE}"
  targetNamespace="{NAMESPACE}" elementFormDefault="qualified" attributeFormDefault="unqualified">
<xs:annotation><xs:appinfo>
<link:linkbase><link:labelLink xlink:type="extended" xlink:role="http://www.xbrl.org/2003/role/link">
{labels}
</link:labelLink></link:linkbase>
</xs:appinfo></xs:annotation>
<xs:import namespace="http://www.xbrl.org/2003/instance" schemaLocation="http://www.xbrl.org/2003/xbrl-instance-2003-12-31.xsd"/>
{elements}
</xs:schema>
""".encode()


def _element(point: Mapping[str, Any]) -> str:
    name = escape(concept(point["point"]))
    return (
        f'<xs:element name="{name}" id="ca_{name}" type="xbrli:{_kind(point)}" substitutionGroup="xbrli:item"'
        ' nillable="true" xbrli:periodType="duration"/>'
    )


def _kind(point: Mapping[str, Any]) -> str:
    if point["kind"] != "quantitative":
        return "stringItemType"
    return "monetaryItemType" if point["unit"] in _MONEY else "decimalItemType"


def _labels(point: Mapping[str, Any]) -> str:
    name = escape(concept(point["point"]))
    answers = ", ".join(point["answers"])
    told = [(_LABEL, language, clean(point["name"][language])) for language in ("zh", "en")]
    if answers:
        told.append((_DOCUMENTATION, "en", f"Answers: {answers}"))
    found = [f'<link:loc xlink:type="locator" xlink:href="#ca_{name}" xlink:label="c_{name}"/>']
    found += [
        f'<link:label xlink:type="resource" xlink:label="l_{name}" xlink:role="{role}" xml:lang="{language}">'
        f"{escape(text)}</link:label>"
        for role, language, text in told
    ]
    found.append(
        f'<link:labelArc xlink:type="arc" xlink:arcrole="http://www.xbrl.org/2003/arcrole/concept-label"'
        f' xlink:from="c_{name}" xlink:to="l_{name}"/>'
    )
    return "".join(found)
