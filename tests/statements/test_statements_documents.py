"""The document itself: pages, signature, attachment; what a stranger's script says of it, and of every forgery."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from factories.statements import a_retirement, stated
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from backend.statements import rules, signing, typesetting
from backend.statements.errors import DocumentNotMade
from backend.statements.values import DocumentKey


@pytest.fixture(scope="module")
def key() -> DocumentKey:
    return signing.make_key("无锡市", datetime.now(UTC))


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    return stated(a_retirement([(100, 168), (300, 300)]), is_demonstration=True)


@pytest.fixture(scope="module")
def document(facts: dict[str, Any], key: DocumentKey) -> bytes:
    return signing.sign(typesetting.typeset(facts), key, facts)


def published(folder: Path, *keys: DocumentKey, revoked_at: str | None = None) -> Path:
    path = folder / "documents.json"
    path.write_text(json.dumps({"keys": [{**signing.public_jwk(each), "revoked_at": revoked_at} for each in keys]}))
    return path


def test_a_stranger_verifies_it_offline(tmp_path: Path, verify: Any, key: DocumentKey, document: bytes, facts) -> None:
    (tmp_path / "c.pdf").write_bytes(document)
    older = signing.make_key("无锡市", datetime(2020, 1, 1, tzinfo=UTC))
    assert verify(tmp_path / "c.pdf", published(tmp_path, older, key)) == facts


def test_no_byte_may_change(tmp_path: Path, verify: Any, key: DocumentKey, document: bytes) -> None:
    keys = published(tmp_path, key)
    for place in (2000, len(document) // 2, len(document) - 40):
        forged = bytearray(document)
        forged[place] ^= 1
        (tmp_path / "c.pdf").write_bytes(forged)
        with pytest.raises(Exception, match=r".") as refused:
            verify(tmp_path / "c.pdf", keys)
        assert not isinstance(refused.value, AssertionError), place


def test_nothing_may_be_added_behind_the_signature(
    tmp_path: Path, verify: Any, key: DocumentKey, document: bytes
) -> None:
    keys = published(tmp_path, key)
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    (tmp_path / "c.pdf").write_bytes(out.getvalue())
    with pytest.raises(ValueError, match="does not hold"):
        verify(tmp_path / "c.pdf", keys)


def test_an_unsigned_one_and_one_of_another_key_are_refused(
    tmp_path: Path, verify: Any, key: DocumentKey, document: bytes, facts
) -> None:
    stranger = signing.make_key("无锡市", datetime.now(UTC))
    (tmp_path / "c.pdf").write_bytes(signing.sign(typesetting.typeset(facts), stranger, facts))
    with pytest.raises(ValueError, match="has not published"):
        verify(tmp_path / "c.pdf", published(tmp_path, key))
    (tmp_path / "c.pdf").write_bytes(typesetting.typeset(facts))
    with pytest.raises(ValueError, match="one signature, not 0"):
        verify(tmp_path / "c.pdf", published(tmp_path, key))
    (tmp_path / "c.pdf").write_bytes(document)
    with pytest.raises(ValueError, match="key revoked"):
        verify(tmp_path / "c.pdf", published(tmp_path, key, revoked_at="2026-11-21T00:00:00+00:00"))


def test_it_is_set_from_its_facts_alone_and_again_the_same(facts: dict[str, Any]) -> None:
    first = typesetting.typeset(facts)
    assert typesetting.typeset(facts) == first
    reader = PdfFileReader(io.BytesIO(first))
    assert json.loads(reader.root["/AF"][0]["/EF"]["/F"].data) == facts
    assert reader.root["/Pages"]["/Count"] == 1
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in (each.get_object() for each in reader.root["/Pages"]["/Kids"])
        for font in page["/Resources"]["/Font"].get_object().values()
    }
    assert fonts == {"NotoSansSC-Regular-Identity-H", "NotoSerifSC-Regular-Identity-H"}


def test_three_hundred_ranges_run_over_pages() -> None:
    facts = stated(a_retirement([(each * 10, each * 10 + 4) for each in range(1, 301)]))
    reader = PdfFileReader(io.BytesIO(typesetting.typeset(facts)))
    assert 5 <= reader.root["/Pages"]["/Count"] <= 9
    assert len(rules.canonical(facts)) > 20_000


def test_what_people_write_is_text_and_never_markup() -> None:
    facts = stated(a_retirement([(1, 2)], beneficiary='#panic("x") $ * _ <a> \\ "', purpose="]#[="), holder="#eval(1)")
    assert typesetting.typeset(facts).startswith(b"%PDF-1.7")


def test_a_document_that_cannot_be_set_is_a_named_refusal(facts: dict[str, Any]) -> None:
    with pytest.raises(DocumentNotMade):
        typesetting.typeset({**facts, "totals": None})
    with pytest.raises(DocumentNotMade):
        signing.sign(b"no pdf", signing.make_key("无锡市", datetime.now(UTC)), facts)
