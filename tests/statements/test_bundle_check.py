"""The published checker against a whole bundle and every forgery of it: each is named, and nothing passes for another."""

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from factories.bundles import World, bundled_world, rezipped, unzipped
from factories.journal import new_key

from backend.kit.db import Databases
from backend.ledger import service as ledger
from backend.statements import signing
from backend.statements.bundle import archive, gathering
from backend.statements.values import DocumentKey

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "verify"
SCRIPTS = ("check_bundle.py", "bundle_emissions.py", "bundle_units.py", "bundle_figures.py")
CHECKS = 11
"""Lines of the report that begin with a sign, one for each check."""
DIGIT = re.compile(rb"[0-9]")


@pytest.fixture(scope="module")
async def world(databases: Databases, servers: Any) -> World:
    return await bundled_world(databases, servers.settings)


@pytest.fixture(scope="module")
def checker() -> Iterator[Any]:
    """The script as a module, found where a stranger has it: all its files in one folder."""
    sys.path.insert(0, str(FOLDER))
    yield importlib.import_module("check_bundle")
    sys.path.remove(str(FOLDER))


@pytest.fixture
def folder(tmp_path: Path, world: World) -> Path:
    (tmp_path / "documents.json").write_text(json.dumps({"keys": world.keys}), encoding="utf-8")
    (tmp_path / "bundle.zip").write_bytes(world.content)
    return tmp_path


def ran(folder: Path, *given: str, flags: tuple[str, ...] = ()) -> tuple[int, str]:
    """Run the script as a stranger would."""
    done = subprocess.run(
        [sys.executable, *flags, str(FOLDER / "check_bundle.py"), "bundle.zip", *given],
        cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def failing(checker: Any, folder: Path, content: bytes, keys: list[Any] | None) -> dict[str, list[str]]:
    """Return what fails, by check; what cannot be told is under `?`."""
    path = folder / "forged.zip"
    path.write_bytes(content)
    bundle = checker.Bundle(path, keys, None)
    found: dict[str, list[str]] = {}
    for check in checker.CHECKS:
        outcome = checker.run(bundle, check)
        if outcome.differs:
            found[check.__name__] = outcome.differs
        if outcome.unproven:
            found["?"] = [*found.get("?", []), *outcome.unproven]
    return found


def test_the_scripts_stay_short() -> None:
    for name in SCRIPTS:
        assert len((FOLDER / name).read_text(encoding="utf-8").splitlines()) < 250, name


def test_a_whole_bundle_holds(folder: Path, world: World, checker: Any) -> None:
    code, told = ran(folder, "--keys", "documents.json")
    assert code == 0, told
    assert told.count("\n✓ ") == CHECKS
    assert told.endswith("结论 Result: ✓ 完整且全部一致 WHOLE: everything agrees\n")
    figures = {each["id"] for each in checker.Bundle(folder / "bundle.zip", None, None).figures}
    assert f"报告数值 Figures of the statement: {len(figures)}\n" in told
    assert f"{len(figures) - 2:>8}  复算 computed again\n" in told
    assert "       2  照录 taken as stated: emissions.metered_share.2025, emissions.quality.2025\n" in told
    lines = [each for each in told.splitlines() if each.strip() and not each.strip().startswith("=")]
    assert len(lines) == len(set(lines))  # nothing is said twice
    assert "((((ncv * carbon_content) * oxidation_factor) * 44) / 12)" in told
    files = world.files()
    assert [each["name"] for each in json.loads(files["manifest.json"])["files"]] == sorted(
        set(files) - {"manifest.json", "signature.jws"}
    )
    proofs = [name for name in files if name.startswith("proofs/")]
    ledger = json.loads(files["inputs/ledger.json"])
    assert len(proofs) == len(ledger["movements"]) == 8
    inventories = json.loads(files["inputs/inventories.json"])
    assert [each["year"] for each in inventories] == [2024, 2025]  # the year before, for what intensities compare with
    assert all(each["tree"] is not None for each in json.loads(files["formulas/formulas.json"])["formulas"])
    assert len(json.loads(files["evidence/index.json"])) == 1
    # Nothing of the account on the other side of a transfer but what the journal's entry itself says.
    assert [name for name, each in files.items() if str(world.other.id).encode() in each and name not in proofs] == []
    transfer = next(each for each in ledger["movements"] if each["kind"] == "transfer")
    opened = json.loads(files[transfer["proof"]])["opened"]
    assert {json.loads(each)[2] for each in opened} == {str(world.works.id)}


def test_without_published_keys_nobody_can_tell_whose_signature_it_is(folder: Path) -> None:
    code, told = ran(folder)
    assert code == 2
    assert "? 未证实 not proven: whose keys they are: --keys was not given" in told
    assert told.count("\n✓ ") == CHECKS - 1
    assert told.splitlines()[-1].endswith("so not whole: 签名 Signatures")


def test_without_any_library_all_is_recomputed_and_signatures_cannot_be_told(folder: Path) -> None:
    code, told = ran(folder, "--keys", "documents.json", flags=("-S",))
    assert code == 2
    assert "not proven: signature.jws: PyJWT is not installed" in told
    assert "not proven: statement.jws: PyJWT is not installed" in told
    assert told.count("\n✓ ") == CHECKS - 2
    assert told.splitlines()[-1].endswith("签名 Signatures, 流水存证 Journal")


def test_evidence_in_hand_is_compared_with_the_index(folder: Path) -> None:
    (folder / "evidence").mkdir()
    (folder / "evidence" / "a.pdf").write_bytes(b"invoice 2024-01")
    assert ran(folder, "--keys", "documents.json", "--evidence", "evidence")[0] == 0
    (folder / "evidence" / "b.pdf").write_bytes(b"invoice 2024-02")
    code, told = ran(folder, "--keys", "documents.json", "--evidence", "evidence")
    assert code == 1
    assert "file b.pdf" in told


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"PK\x03\x04" + bytes(60)])
def test_what_is_no_archive_is_said_to_be_none(folder: Path, content: bytes) -> None:
    (folder / "bundle.zip").write_bytes(content)
    code, told = ran(folder, "--keys", "documents.json")
    assert code == 2
    assert told == "? 不是完整的压缩包，未核验 no archive, or a broken one, so nothing was checked: bundle.zip\n"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--keys", "nothing.json"), "找不到 no such file or folder: nothing.json"),
        (("--keys", "bundle.zip"), "the keys or a proof cannot be read"),
        (("--proofs", "nowhere"), "找不到 no such file or folder: nowhere"),
        (("--keys", "documents.json", "--proofs", "."), "the keys or a proof cannot be read"),
    ],
)
def test_what_it_cannot_check_with_is_said(folder: Path, given: tuple[str, ...], words: str) -> None:
    code, told = ran(folder, *given)
    assert code == 2
    assert words in told


async def test_movements_beyond_the_proofs_are_not_proven_until_theirs_are_fetched(
    databases: Databases, world: World, folder: Path
) -> None:
    async with databases.read(world.works.scope) as read:
        contents = await gathering.gather(read, world.works.scope, world.subject, most_proofs=3)
    assert (contents.movements, contents.proofs) == (8, 3)
    content = archive.made(world.subject, contents.parts, world.jws, world.key, world.keys)
    files = unzipped(content)
    books = json.loads(files["inputs/ledger.json"])
    missing = books["proofs"]["missing"]
    assert {name: books["proofs"][name] for name in ("movements", "given")} == {"movements": 8, "given": 3}
    assert [each["number"] for each in missing] == [each["number"] for each in books["movements"]][:5]
    assert {each["why"] for each in missing} == {"beyond_most"}
    assert missing[0]["address"] == f"/wuxi/ledger/proofs/{missing[0]['movement']}"
    assert "--proofs" in books["proofs"]["how_en"]
    assert "8 笔流水中仅 3 笔附有存证，5 笔超出附带上限，0 笔当时尚未纳入" in files["README.txt"].decode()
    assert "of 8 movements only 3 are proved" in files["README.txt"].decode()
    (folder / "bundle.zip").write_bytes(content)
    code, told = ran(folder, "--keys", "documents.json")
    assert code == 2
    assert told.count("\n✓ ") == CHECKS - 1
    assert told.count("? 未证实 not proven: movement ") == 5
    assert f"no proof in the bundle (beyond_most): GET {missing[0]['address']}, then --proofs" in told
    assert (
        told.splitlines()[-1]
        == "结论 Result: ? 未全部证实，不得视为完整 NOT PROVEN IN FULL, so not whole: 流水存证 Journal"
    )
    # A forger who leaves the list of them out is not better off: what has no proof is not proven.
    silent = json.loads(files["inputs/ledger.json"])
    silent["proofs"] = {"movements": 3, "given": 3, "missing": []}
    (folder / "bundle.zip").write_bytes(rezipped({**files, "inputs/ledger.json": json.dumps(silent).encode()}))
    assert "no proof in the bundle (missing)" in ran(folder, "--keys", "documents.json")[1]
    # Each is fetched where the bundle says; then all is proven.
    (folder / "bundle.zip").write_bytes(content)
    (folder / "proofs").mkdir()
    given = ("--keys", "documents.json", "--proofs", "proofs")
    async with databases.read(world.works.scope) as read:
        for each in missing:
            assert ran(folder, *given)[0] == 2
            proof = await ledger.prove(read, world.works.scope, UUID(each["movement"]))
            (folder / "proofs" / f"{each['number']}.json").write_text(json.dumps(proof.document()), encoding="utf-8")
    code, told = ran(folder, *given)
    assert code == 0, told
    # One that was changed on the way proves nothing.
    forged = folder / "proofs" / f"{missing[0]['number']}.json"
    forged.write_text(
        forged.read_text(encoding="utf-8").replace('"entry_hash": "', '"entry_hash": "0'), encoding="utf-8"
    )
    code, told = ran(folder, *given)
    assert code == 1
    assert f"✗ 不符 differs: movement {missing[0]['number']}, proof" in told


def changed(content: bytes, place: int) -> bytes:
    """Return the content with one digit replaced by the next."""
    return content[:place] + bytes([48 + (content[place] - 47) % 10]) + content[place + 1 :]


def places(content: bytes, most: int) -> list[int]:
    """Return places of digits, evenly over the file."""
    every = [each.start() for each in DIGIT.finditer(content)]
    return every[:: max(1, len(every) // most)]


def test_a_digit_changed_anywhere_is_named_by_its_file(world: World, checker: Any, folder: Path) -> None:
    files = world.files()
    for name, content in files.items():
        for place in places(content, 4):
            found = failing(checker, folder, rezipped({**files, name: changed(content, place)}), world.keys)
            named = "signature" if name in ("manifest.json", "signature.jws") else "hashes"
            assert named in found, (name, content[place - 30 : place + 10])
            if named == "hashes":
                assert any(name in each for each in found["hashes"])


COMPUTED: dict[str, tuple[str, ...]] = {
    "inputs/inventories.json": (
        "base_quantity", "coefficient", "result_t", "co2e_t", "energy_tce", "value", "quantity", "conversion", "scope1",
        "scope2_location", "scope2_market", "scope3", "record_count", "year",
    ),
    "inputs/records.json": ("quantity", "multiplier"),
    "inputs/claims.json": ("mwh",),
    "inputs/ledger.json": ("amount", "quantity", "balance", "number"),
    "inputs/figures.json": ("quantity",),
    "statement.json": ("value", "quantity", "change", "balance", "record_count"),
}  # fmt: skip
"""The numbers that are computed again: a forger who makes hashes fit is still found out by arithmetic."""
FACTORS = ("value",)
UNKNOWN = re.compile(r"^(quota|emissions\.quality|emissions\.metered_share|score|sector)")
"""Figures the bundle has no inputs of: they are taken as stated, and the script says how many."""


def is_covered_part(part: dict[str, Any]) -> bool:
    """Tell whether a line is what certificates cover: how many records that touches is told, and not computed again."""
    return part.get("method") == "claimed_electricity"


def numbers(part: Any, names: tuple[str, ...], way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every number of these names in a document, but for figures that are taken as stated."""
    if isinstance(part, dict):
        if UNKNOWN.match(str(part.get("id", ""))):
            return
        for name, each in part.items():
            if name == "record_count" and is_covered_part(part):
                continue
            if name in names and isinstance(each, str | int) and re.fullmatch(r"-?[0-9.]+", str(each)):
                yield (*way, name)
            else:
                yield from numbers(each, names, (*way, name))
    elif isinstance(part, list):
        for place, each in enumerate(part):
            yield from numbers(each, names, (*way, place))


def forged(document: Any, way: tuple[Any, ...]) -> bytes:
    """Return a document with one number changed in its last digit."""
    copied = json.loads(json.dumps(document))
    inside = copied
    for each in way[:-1]:
        inside = inside[each]
    kept = inside[way[-1]]
    text = str(kept)
    inside[way[-1]] = type(kept)(text[:-1] + str((int(text[-1]) + 1) % 10))
    return json.dumps(copied).encode()


def test_a_number_changed_is_found_by_arithmetic_even_when_the_hashes_fit(
    world: World, checker: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checker, "jwt", None)  # nobody looks at a signature
    files = world.files()
    assert set(failing(checker, folder, rezipped(files, is_listed=True), world.keys)) == {"?"}
    wanted = dict(COMPUTED) | {name: FACTORS for name in files if name.startswith("factors/")}
    tried, unseen = 0, list[Any]()
    for name, names in wanted.items():
        document = json.loads(files[name], parse_float=Decimal)
        for way in spread(list(numbers(document, names)), 40):
            tried += 1
            content = rezipped({**files, name: forged(document, way)}, is_listed=True)
            if not set(failing(checker, folder, content, world.keys)) - {"?", "signature", "hashes"}:
                unseen.append((name, way))
    assert unseen == []
    assert tried > 200


def spread(given: list[Any], most: int) -> list[Any]:
    return given[:: max(1, len(given) // most)]


def test_a_line_or_record_left_out_or_put_in_is_found(world: World, checker: Any, folder: Path) -> None:
    files = world.files()

    def after(name: str, change: Any) -> set[str]:
        document = json.loads(files[name])
        change(document)
        content = rezipped({**files, name: json.dumps(document).encode()}, is_listed=True)
        return set(failing(checker, folder, content, world.keys))

    assert "totals" in after("inputs/inventories.json", lambda found: found[1]["lines"].pop(3))
    assert "quantities" in after("inputs/records.json", lambda found: next(iter(found.values())).pop())
    assert "holdings" in after("inputs/ledger.json", lambda found: found["movements"].pop())
    assert "holdings" in after("inputs/ledger.json", lambda found: found["movements"].append(found["movements"][0]))
    assert "claims" in after(
        "inputs/claims.json", lambda found: found["inventories"].update({each: [] for each in found["inventories"]})
    )
    assert "evidence" in after("evidence/index.json", lambda found: found.pop())
    assert "figures" in after("inputs/figures.json", lambda found: found[0].update(quantity="1"))

    def other_formula(found: Any) -> None:
        for each in found["formulas"]:
            each["tree"] = "1"

    assert "coefficients" in after("formulas/formulas.json", other_formula)


async def test_only_the_jurisdictions_key_signs(world: World, checker: Any, folder: Path) -> None:
    files, own = world.files(), new_key()
    key = DocumentKey(own.id, b"", own.private)
    forged_manifest = {**files, "signature.jws": signing.detached(files["manifest.json"], key, archive.TYPE).encode()}
    found = failing(checker, folder, rezipped(forged_manifest), world.keys)
    assert "among the published ones" in found["signature"][0]
    # With a copy of keys of the forger's own it is consistent in itself: then nobody can tell whose it is, and it says so.
    keys = json.dumps({"keys": [*world.keys, {**own.public, "revoked_at": None}]}).encode()
    listed = unzipped(rezipped({**files, "keys.json": keys}, is_listed=True))
    listed["signature.jws"] = signing.detached(listed["manifest.json"], key, archive.TYPE).encode()
    assert set(failing(checker, folder, rezipped(listed), None)) == {"?"}
    assert "among the published ones" in failing(checker, folder, rezipped(listed), world.keys)["signature"][0]
    revoked = [{**each, "revoked_at": "2026-11-21T00:00:00+00:00"} for each in world.keys]
    assert "revoked at" in failing(checker, folder, world.content, revoked)["signature"][0]


@pytest.mark.parametrize("alg", ["none", "HS256", "ES384"])
def test_no_other_kind_of_signature_is_believed(world: World, checker: Any, folder: Path, alg: str) -> None:
    import base64  # noqa: PLC0415 - for this forgery alone

    files = world.files()
    head, _, sign = files["signature.jws"].decode().strip().split(".")
    facts = json.loads(base64.urlsafe_b64decode(head + "==")) | {"alg": alg}
    other = base64.urlsafe_b64encode(json.dumps(facts).encode()).decode().rstrip("=")
    forged_files = {**files, "signature.jws": f"{other}..{'' if alg == 'none' else sign}".encode()}
    assert "found not valid" in failing(checker, folder, rezipped(forged_files), world.keys)["signature"][0]


def test_files_too_many_missing_or_twice_are_named(world: World, checker: Any, folder: Path) -> None:
    files = world.files()
    assert "extra.json" in failing(checker, folder, rezipped({**files, "extra.json": b"{}"}), world.keys)["hashes"][0]
    for name in ("README.txt", "keys.json", "inputs/records.json", "statement.jws"):
        less = {each: content for each, content in files.items() if each != name}
        assert failing(checker, folder, rezipped(less), world.keys)["hashes"][0].endswith(f"found {name}")
        (folder / "bundle.zip").write_bytes(rezipped(less))
        code, told = ran(folder, "--keys", "documents.json")
        assert code == 1
        assert not any(each in told for each in ("Error", "Exception")), told
    content = rezipped(files)
    twice = folder / "twice.zip"
    twice.write_bytes(content)
    import warnings  # noqa: PLC0415 - for this forgery alone
    import zipfile  # noqa: PLC0415 - the same

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library warns of the very thing that is tried
        with zipfile.ZipFile(twice, "a") as opened:
            opened.writestr("statement.json", files["statement.json"])
    assert (
        "files too many: 载明 stated none, 得出 found statement.json"
        in failing(checker, folder, twice.read_bytes(), world.keys)["hashes"][0]
    )


def test_the_same_parts_give_the_same_archive(world: World) -> None:
    one = archive.manifest(world.subject, world.parts)
    two = archive.manifest(world.subject, list(reversed(world.parts)))
    assert one == two
    assert archive.zipped(world.parts, one, b"x") == archive.zipped(list(reversed(world.parts)), two, b"x")
