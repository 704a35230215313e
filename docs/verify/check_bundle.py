"""Check a statement's bundle without asking anybody: hashes, signature, and every number computed again.

    python check_bundle.py bundle.zip [--keys documents.json] [--evidence folder]

Needs Python, bundle_emissions.py and bundle_units.py beside it and nothing else; with PyJWT (`pip install "pyjwt[crypto]"`) and
verify_entry.py beside it signatures are checked too. `documents.json`: the jurisdiction's keys (`/<tenant>/.well-known/documents.json`), fetched from an
address you trust; without it nothing tells whose signature it is. `folder`: evidence in hand, compared with the index.
Ends with 0 when all holds, 1 when something does not, 2 when something cannot be told.
"""

import json
import re
import sys
import zipfile
from argparse import ArgumentParser
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import bundle_emissions as emissions
import bundle_units as units
from bundle_emissions import EXACT, SUMS, TAKEN, Checks, add, conversion, multiply

try:
    import jwt
except ImportError:
    jwt = None
D = Decimal
BOUGHT = ("purchased_electricity", "purchased_green_electricity")
TOTAL = re.compile(r"(?:emissions\.)?(?P<name>\w+)\.(?P<year>\d{4})(?:\.(?P<first>\d\d)-(?P<last>\d\d))?")


class Bundle:
    """The archive, read once; `published` are the keys of --keys, `used` counts the formulas that were applied."""

    def __init__(self, path: Path, published: list | None, evidence: Path | None) -> None:
        with zipfile.ZipFile(path) as archive:
            self.names = archive.namelist()
            self.files = {name: archive.read(name) for name in self.names}
        self.json = cache(lambda name: json.loads(self.files[name]))
        self.published, self.evidence, self.used = published, evidence, Counter()

    @property
    def keys(self) -> list:
        """The keys signatures are checked with: the published ones, else the archive's copy."""
        return self.json("keys.json")["keys"] if self.published is None else self.published

    @property
    def inventories(self) -> list:
        """The inventories the statement's emissions come from."""
        return self.json("inputs/inventories.json")

    @property
    def lines(self) -> list:
        """All their lines."""
        return [line for one in self.inventories for line in one["lines"]]

    @property
    def figures(self) -> list:
        """Every figure of the statement: whatever in it has an id, a value and a formula."""
        return _figures(self.json("statement.json"))


def _figures(part: Any) -> list:  # noqa: ANN401 - any JSON
    if isinstance(part, dict) and {"id", "value", "formula"} <= set(part):
        return [part]
    inside = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [each for one in inside for each in _figures(one)]


def hashes(bundle: Bundle) -> Checks:
    """文件哈希 files: each is the one the manifest names, and there is no other."""
    manifest, document = bundle.json("manifest.json"), bundle.json("statement.json")
    stated = {each["name"]: each for each in manifest["files"]}
    yield "names in the archive", sorted({"manifest.json", "signature.jws", *stated}), sorted(bundle.names)
    for name in sorted(set(bundle.names) & set(stated)):
        yield f"SHA-256 of {name}", stated[name]["sha256"], sha256(bundle.files[name]).hexdigest()
        yield f"size of {name}", stated[name]["size"], len(bundle.files[name])
    subject = document["subject"]
    yield "number of the statement", manifest["number"], document["number"]
    yield "account of the statement", manifest["account"], subject["number"]
    yield "account of the statement", manifest["account_id"], subject["account_id"]
    yield "tenant of the statement", manifest["tenant"], document["issuer"]["tenant"]


def signature(bundle: Bundle) -> Checks:
    """签名 signature: a published document key signed the manifest, and the statement when it was issued."""
    for name, text in (("signature.jws", "manifest.json"), ("statement.jws", "statement.json")):
        head, middle, sign = bundle.files[name].decode().strip().split(".")
        wanted = json.loads(urlsafe_b64decode(head + "=="))["kid"]
        key = next((each for each in bundle.keys if each["kid"] == wanted), {})
        yield f"key of {name}, among the published ones", wanted, key.get("kid", "none")
        yield f"key of {name}, revoked at", "never", key.get("revoked_at") or "never"
        yield f"text inside {name}", "", middle
        if jwt is not None:
            signed = urlsafe_b64encode(bundle.files[text]).decode().rstrip("=")
            jwt.PyJWS().decode(f"{head}.{signed}.{sign}", jwt.PyJWK(key).key, ["ES256"])
        yield f"{name} (needs PyJWT)", "valid", None if jwt is None else "valid"
    yield "whose keys they are (needs --keys)", "known", None if bundle.published is None else "known"


def evidence(bundle: Bundle) -> Checks:
    """佐证材料 evidence: what records and figures rest on is in the index; files in hand are the ones in it."""
    index = {each["id"]: each for each in bundle.json("evidence/index.json")}
    stated = [
        *bundle.json("inputs/figures.json"),
        *(one for own in bundle.json("inputs/records.json").values() for one in own),
    ]
    for own in sorted({each["evidence"] for each in stated if each["evidence"]}):
        yield f"evidence {own}", own, index.get(own, {}).get("id", "not in the index")
    for file in sorted(bundle.evidence.iterdir()) if bundle.evidence else ():
        found = sha256(file.read_bytes()).hexdigest()
        known = {each["sha256"] for each in index.values()}
        yield f"file {file.name}", found, found if found in known else "not in the index"


def _from_inputs(bundle: Bundle) -> dict[str, Decimal]:
    """Return what the inputs say of the figures that are taken from them in one place of the statement or another."""
    document, known = bundle.json("statement.json"), {}
    by_id = {each["id"]: each for each in bundle.inventories}
    for year in (each for each in document["emissions"] if each["inventory"]):
        lines = by_id[year["inventory"]["id"]]["lines"]
        for each in year["sources"]:
            own = [one for one in lines if all(one[name] == each[name] for name in ("source_id", "scope", "category"))]
            for side in ("location", "market"):
                known[each[side]["id"]] = add(one["co2e_t"] for one in own if one["basis"] in ("both", side))
        located = [each for each in lines if each["basis"] != "market"]
        bought = add(each["base_quantity"] for each in located if each["method"] in BOUGHT)
        sold = add(each["base_quantity"] for each in located if each["method"] == "sold_electricity")
        known[f"electricity.purchased.{year['calendar_year']}"] = max(EXACT.subtract(bought, sold), D(0))
    claimed = bundle.json("inputs/claims.json")["statement"]
    for each in document["cover"]:
        known[each["claimed"]["id"]] = add(one["mwh"] for one in claimed if one["year"] == each["calendar_year"])
    moved = {each["number"]: each["quantity"] for each in bundle.json("inputs/ledger.json")["movements"]}
    return known | {each["quantity"]["id"]: D(moved[each["number"]]) for each in document["uses"]}


def _total(bundle: Bundle, own: str) -> Decimal | None:
    """Return what the inventory of its year says of a total, by the id of the figure (`energy.2025.01-03`); else None."""
    named = TOTAL.fullmatch(own)
    one = next((each for each in bundle.inventories if named and str(each["year"]) == named["year"]), None)
    name = named["name"].replace("energy", "energy_tce") if named else ""
    if one is None or name not in SUMS:
        return None
    if named["first"] is None:
        return D(one["totals"][name])
    return add(each[name] for each in one["months"] if named["first"] <= each["month"][5:] <= named["last"])


def _of_source(bundle: Bundle, figure: dict) -> Decimal | None:
    """Return what the yearly figure says that a figure is taken from; None where it is taken from something else."""
    named = {each["id"] for each in figure["sources"] if each["kind"] == "YearFigure"}
    yearly = next((each for each in bundle.json("inputs/figures.json") if each["id"] in named), None)
    rate = conversion(yearly["unit"], figure["unit"]) if yearly else None
    return None if rate is None else multiply(yearly["quantity"], rate)


def figures(bundle: Bundle) -> Checks:
    """报告数值 statement: each figure is what its inputs say, or what its operation gives; one id is one number."""
    inputs, first = _from_inputs(bundle), {}
    for each in bundle.figures:
        own, value = each["id"], each["value"] or "untold"
        yield f"figure {own}, told twice", first.setdefault(own, value), value
        if each["formula"]["op"] == "taken":
            found = inputs[own] if own in inputs else _total(bundle, own)
            found = _of_source(bundle, each) if found is None else found
            if not own.startswith("holdings."):  # compared with the postings already
                yield f"figure {own}", value, TAKEN if found is None else found
    for each in (one for one in bundle.figures if one["formula"]["op"] != "taken"):
        values = [first[one] if one in first else _total(bundle, one) for one in each["formula"]["operands"]]
        found = None if "untold" in values else emissions.operation(each["formula"]["op"], [D(one) for one in values])
        yield f"figure {each['id']}", each["value"] or "untold", "untold" if found is None else found
    by_id = {each["id"]: each for each in bundle.inventories}
    for one in (each["inventory"] for each in bundle.json("statement.json")["emissions"] if each["inventory"]):
        for name in ("year", "version", "record_count", "excluded_count"):
            yield f"inventory {one['id']}, {name}", one[name], by_id[one["id"]][name]


CHECKS = (
    hashes, signature, emissions.parameters, emissions.quantities, emissions.coefficients, emissions.totals,
    units.claims, units.holdings, units.journal, figures, evidence,
)  # fmt: skip
MOST_SHOWN = 5


def holds(stated: Any, found: Any) -> bool:  # noqa: ANN401 - numbers and texts of JSON
    """Return whether a number or a text is the one that was found."""
    is_number = isinstance(found, Decimal) and stated != "untold"
    return D(stated) == found if is_number else stated == found


def run(bundle: Bundle, check: Any) -> tuple[int, int, list[str], list[str]]:  # noqa: ANN401 - one of CHECKS
    """Return how much of a check passed, how much was taken as stated, what failed, and what cannot be told."""
    passed, taken, failed, untold = 0, 0, [], []
    try:
        for what, stated, found in check(bundle):
            if found is None:
                untold.append(what)
            elif found is TAKEN:
                taken += 1
            elif holds(stated, found):
                passed += 1
            else:
                failed.append(f"{what}: {stated} is stated, {found} comes out")
    except Exception as error:  # noqa: BLE001 - whatever a forged file does to a check, the check has failed
        failed.append(f"cannot be read: {type(error).__name__}: {error}")
    return passed, taken, failed, untold


def main() -> int:
    """Print the table of checks; return 0, 1 or 2."""
    given = ArgumentParser(description="Check a statement's bundle.")
    given.add_argument("bundle", type=Path)
    given.add_argument("--keys", type=Path)
    given.add_argument("--evidence", type=Path)
    asked = given.parse_args()
    try:
        published = json.loads(asked.keys.read_text(encoding="utf-8"))["keys"] if asked.keys else None
        bundle = Bundle(asked.bundle, published, asked.evidence)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, zipfile.zlib.error) as error:
        print(f"✗ 无法读取 cannot be read: {error}")
        return 1
    results = set()
    for check in CHECKS:
        passed, taken, failed, untold = run(bundle, check)
        results.add("✗" if failed else "?" if untold else "✓")
        word = "不符 FAIL" if failed else "无法判断 cannot tell" if untold else "通过 pass"
        print(f"{'✗' if failed else '?' if untold else '✓'} {check.__doc__.rstrip('.')}")
        print(f"    {word}: {passed} as stated" + (f", {taken} {TAKEN}" if taken else ""))
        for mark, lines in (("✗", failed), ("?", untold)):
            shown = [*lines[:MOST_SHOWN], *([f"... {len(lines) - MOST_SHOWN} more"] if len(lines) > MOST_SHOWN else [])]
            print(*(f"    {mark} {each}\n" for each in shown), sep="", end="")
    print("公式 formulas applied:", *(f"  {count} x {text}" for text, count in sorted(bundle.used.items())), sep="\n")
    return 1 if "✗" in results else 2 if "?" in results else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main())
