"""Check a statement's bundle without asking anybody: hashes, signatures, and every number computed again.

    python check_bundle.py bundle.zip [--keys documents.json] [--evidence folder] [--proofs folder]

Needs Python and, beside it, bundle_emissions.py, bundle_units.py and bundle_figures.py; nothing else. With PyJWT
(`pip install "pyjwt[crypto]"`) and verify_entry.py beside it signatures are checked too. `documents.json`: the jurisdiction's keys
(`/<tenant>/.well-known/documents.json`), fetched from an address you trust; without it nothing tells whose signature it is.
`--evidence`: a folder of evidence in hand, compared with the index. `--proofs`: a folder of proofs of the journal that the bundle
lacks (`/<tenant>/ledger/proofs/<movement>`).

Ends with
  0  whole: all agrees
  1  something differs
  2  nothing differs, but something is not proven: no keys, no PyJWT, a movement without proof; or a file that was given is missing
     or cannot be read, so that nothing was checked
"""

import json
import sys
import zipfile
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import bundle_emissions as emissions
import bundle_figures as figures
import bundle_units as units
from bundle_emissions import TAKEN, Checks

try:
    import jwt
except ImportError:
    jwt = None
D = Decimal


class Bundle:
    """The archive, read once; `published` are the keys of --keys, `proofs` those of --proofs by movement.

    `used` counts the formulas that were applied.
    """

    def __init__(self, path: Path, published: list | None, evidence: Path | None, proofs: Path | None = None) -> None:
        with zipfile.ZipFile(path) as archive:
            self.names = archive.namelist()
            self.files = {name: archive.read(name) for name in self.names}
        self.json = cache(lambda name: json.loads(self.files[name]))
        self.published, self.evidence, self.used = published, evidence, Counter()
        given = [json.loads(file.read_bytes()) for file in proofs.glob("*.json")] if proofs else []
        self.proofs = {json.loads(each["entry"])[1]: each for each in given}

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
    """文件哈希 Files: each is the one the manifest names, and there is no other."""
    manifest, document = bundle.json("manifest.json"), bundle.json("statement.json")
    stated = {each["name"]: each for each in manifest["files"]}
    wanted, found = Counter({"manifest.json", "signature.jws", *stated}), Counter(bundle.names)
    yield "files missing", "none", ", ".join(sorted(wanted - found)) or "none"
    yield "files too many", "none", ", ".join(sorted(found - wanted)) or "none"
    for name in sorted(set(bundle.names) & set(stated)):
        yield f"SHA-256 of {name}", stated[name]["sha256"], sha256(bundle.files[name]).hexdigest()
        yield f"size of {name}", stated[name]["size"], len(bundle.files[name])
    subject = document["subject"]
    yield "number of the statement", manifest["number"], document["number"]
    yield "account of the statement", manifest["account"], subject["number"]
    yield "id of the account", manifest["account_id"], subject["account_id"]
    yield "tenant of the statement", manifest["tenant"], document["issuer"]["tenant"]


def signature(bundle: Bundle) -> Checks:
    """签名 Signatures: a published document key signed the manifest, and the statement when it was issued."""
    for name, text in (("signature.jws", "manifest.json"), ("statement.jws", "statement.json")):
        head, middle, sign = bundle.files[name].decode().strip().split(".")
        wanted = json.loads(urlsafe_b64decode(head + "=="))["kid"]
        key = next((each for each in bundle.keys if each["kid"] == wanted), {})
        yield f"key of {name}, among the published ones", wanted, key.get("kid", "none")
        yield f"key of {name}, revoked at", "never", key.get("revoked_at") or "never"
        yield f"text inside {name}", "", middle
        if jwt is None:
            yield f"{name}: PyJWT is not installed", "valid", None
            continue
        try:
            signed = urlsafe_b64encode(bundle.files[text]).decode().rstrip("=")
            jwt.PyJWS().decode(f"{head}.{signed}.{sign}", jwt.PyJWK(key).key, ["ES256"])
            yield name, "valid", "valid"
        except jwt.PyJWTError:
            yield name, "valid", "not valid: another algorithm, another key, or the file was changed"
    yield "whose keys they are: --keys was not given", "known", None if bundle.published is None else "known"


def evidence(bundle: Bundle) -> Checks:
    """佐证材料 Evidence: what records and figures rest on is in the index; files in hand are the ones in it."""
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


CHECKS = (
    hashes, signature, emissions.parameters, emissions.quantities, emissions.coefficients, emissions.totals,
    units.claims, units.holdings, units.journal, figures.figures, evidence,
)  # fmt: skip
MOST_SHOWN = 5


class Outcome(NamedTuple):
    """What came of a check: how much agrees, what is taken as stated, what differs, what is not proven."""

    agrees: int
    taken: list[str]
    differs: list[str]
    unproven: list[str]

    @property
    def sign(self) -> str:
        """The sign printed before it."""
        return "✗" if self.differs else "?" if self.unproven else "✓"


def holds(stated: Any, found: Any) -> bool:  # noqa: ANN401 - numbers and texts of JSON
    """Return whether a number or a text is the one that was found."""
    is_number = isinstance(found, Decimal) and stated != "untold"
    return D(stated) == found if is_number else stated == found


def run(bundle: Bundle, check: Any) -> Outcome:  # noqa: ANN401 - one of CHECKS
    """Return what comes of a check."""
    agrees, taken, differs, unproven = 0, [], [], []
    try:
        for what, stated, found in check(bundle):
            if found is None:
                unproven.append(what)
            elif found is TAKEN:
                taken.append(what)
            elif holds(stated, found):
                agrees += 1
            else:
                differs.append(f"{what}: 载明 stated {stated}, 得出 found {found}")
    except KeyError as error:
        differs.append(f"缺少 missing: {error.args[0]}")
    except Exception:  # noqa: BLE001 - whatever a forged file does to a check, the check has failed
        differs.append("内容无法解读 a file of the archive cannot be understood")
    return Outcome(agrees, taken, differs, unproven)


def report(bundle: Bundle, outcomes: dict[str, Outcome]) -> list[str]:
    """Return the lines that tell of every check, of the figures, and of the formulas that were applied."""
    lines = ["检查项目（数字为一致的项数） Checks (the numbers count what agrees)"]
    for title, each in outcomes.items():
        lines.append(f"{each.sign} {each.agrees:>6}  {title.rstrip('.')}")
        for word, found in (("✗ 不符 differs", each.differs), ("? 未证实 not proven", each.unproven)):
            shown = [*found[:MOST_SHOWN], *([f"… {len(found) - MOST_SHOWN} more"] if found[MOST_SHOWN:] else [])]
            lines += [f"          {word}: {one}" for one in shown]
    own = outcomes[figures.figures.__doc__]
    if own.agrees:
        count, taken = len({each["id"] for each in bundle.figures}), sorted({one.split()[-1] for one in own.taken})
        lines += ["", f"报告数值 Figures of the statement: {count}", f"{count - len(taken):>8}  复算 computed again"]
        lines += [f"{len(taken):>8}  照录 {TAKEN}: {', '.join(taken)}"] if taken else []
    lines += ["", "公式 Formulas applied（次数 times · 公式 formula · 出处 source · 可信程度 confidence）"]
    texts = sorted({key[:3] for key in bundle.used})
    for text in texts:
        trees = {key[3]: count for key, count in bundle.used.items() if key[:3] == text}
        lines.append(f"{sum(trees.values()):>8}  {' · '.join(each or '—' for each in text)}")
        lines += [f"          = {tree}" for tree in sorted(trees)]
    return lines


def result(outcomes: dict[str, Outcome]) -> tuple[str, int]:
    """Return the verdict in words, and what the script ends with."""
    names = {
        sign: ", ".join(each.partition(":")[0] for each, one in outcomes.items() if one.sign == sign) for sign in "✗?"
    }
    if names["✗"]:
        return f"✗ 不符 DIFFERS: {names['✗']}", 1
    if names["?"]:
        return f"? 未全部证实，不得视为完整 NOT PROVEN IN FULL, so not whole: {names['?']}", 2
    return "✓ 完整且全部一致 WHOLE: everything agrees", 0


def main() -> int:
    """Print what comes of the checks; return 0, 1 or 2."""
    given = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    given.add_argument("bundle", type=Path)
    for name in ("--keys", "--evidence", "--proofs"):
        given.add_argument(name, type=Path)
    asked = given.parse_args()
    for path in (asked.bundle, asked.keys, asked.evidence, asked.proofs):
        if path is not None and not path.exists():
            print(f"? 找不到 no such file or folder: {path}")
            return 2
    try:
        published = json.loads(asked.keys.read_bytes())["keys"] if asked.keys else None
        bundle = Bundle(asked.bundle, published, asked.evidence, asked.proofs)
    except (zipfile.BadZipFile, zipfile.zlib.error, EOFError):
        print(f"? 不是完整的压缩包，未核验 no archive, or a broken one, so nothing was checked: {asked.bundle}")
        return 2
    except (OSError, ValueError, TypeError, LookupError):
        print("? 无法读取公钥或存证 the keys or a proof cannot be read: give them as they were downloaded, unchanged")
        return 2
    outcomes = {check.__doc__: run(bundle, check) for check in CHECKS}
    words, code = result(outcomes)
    print(*report(bundle, outcomes), "", f"结论 Result: {words}", sep="\n")
    return code


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main())
