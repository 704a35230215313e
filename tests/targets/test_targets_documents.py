"""The numbers of the packs are the documents' own: each quote stands in its text, and holds its quantity."""

import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest

from backend import knowledge
from backend.tenants.packs import SHIPPED, load_pack

TEXTS = {
    "wuxi_zero_carbon_parks": "wuxi-zero-carbon-parks", "changzhou_peak_pilot": "changzhou-peak-pilot",
    "chengdu_peak_pilot": "chengdu-peak-pilot",
}  # fmt: skip
WRITTEN = {"15000": "1.5万亿", "500000": "50万", "1": "1万名", "6": "6万亩"}
"""How a document writes a quantity that is kept in another step of ten."""


def plain(text: str) -> str:
    # One scan reads 千瓦 as 干瓦.
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("干瓦", "千瓦")


@pytest.mark.parametrize("city", ["wuxi", "changzhou", "chengdu"])
def test_every_number_stands_in_its_document(city: str) -> None:
    folder = Path(str(knowledge.__file__)).parent / "data" / "policies"
    pack = load_pack(SHIPPED / city)
    assert len(pack.plan_targets) >= 10
    for each in pack.plan_targets:
        text = plain((folder / f"{TEXTS[str(each.document)]}.txt").read_text(encoding="utf-8"))
        quote = plain(each.quote)
        assert quote in text, each.code
        number = format(each.quantity.normalize(), "f")
        assert (number in quote) or WRITTEN.get(number, "?") in quote, each.code
        if each.year is not None:
            assert str(each.year) in text
        assert isinstance(each.quantity, Decimal)


def test_guizhous_document_names_none() -> None:
    assert load_pack(SHIPPED / "guizhou").plan_targets == ()
