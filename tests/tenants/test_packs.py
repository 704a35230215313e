"""Packs: the four shipped ones, and a made-up fifth."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from factories.packs import DIVISIONS, PACK, write_pack

from backend.kit.errors import NotFound
from backend.tenants import rules
from backend.tenants.errors import DivisionUnknown, PackDuplicate
from backend.tenants.packs import SHIPPED, load_pack, load_packs
from backend.tenants.values import DivisionLevel, Pack


@pytest.fixture(scope="module")
def shipped() -> dict[str, Pack]:
    return load_packs()


class TestShipped:
    def test_the_four_jurisdictions(self, shipped: dict[str, Pack]) -> None:
        facts = {
            code: (pack.division_code, pack.province_code, pack.level.value, pack.grid_region, pack.region)
            for code, pack in shipped.items()
        }
        assert facts == {
            "wuxi": ("320200", "320000", "city", "华东", "320000/320200/"),
            "changzhou": ("320400", "320000", "city", "华东", "320000/320400/"),
            "chengdu": ("510100", "510000", "city", "西南", "510000/510100/"),
            "guizhou": ("520000", "520000", "province", "南方", "520000/"),
        }

    @pytest.mark.parametrize(
        ("code", "levels"),
        [
            ("wuxi", {"province": 1, "city": 1, "district": 5, "county": 2, "zone": 1}),
            ("changzhou", {"province": 1, "city": 1, "district": 5, "county": 1, "zone": 1}),
            ("chengdu", {"province": 1, "city": 1, "district": 12, "county": 8, "zone": 3}),
            ("guizhou", {"province": 1, "city": 9, "district": 16, "county": 72, "zone": 1}),
        ],
    )
    def test_divisions_are_complete(self, shipped: dict[str, Pack], code: str, levels: dict[str, int]) -> None:
        assert Counter(division.level.value for division in shipped[code].divisions) == levels

    @pytest.mark.parametrize(
        ("pack", "code", "name_zh", "name_en", "path"),
        [
            ("wuxi", "320213", "梁溪区", "Liangxi District", "320000/320200/320213/"),
            ("wuxi", "320214", "新吴区", "Xinwu District", "320000/320200/320214/"),
            ("wuxi", "320281", "江阴市", "Jiangyin City", "320000/320200/320281/"),
            ("wuxi", "320200-JKQ", "无锡经济开发区", "Wuxi Economic Development Zone", "320000/320200/320200-JKQ/"),
            ("changzhou", "320413", "金坛区", "Jintan District", "320000/320400/320413/"),
            ("changzhou", "320481", "溧阳市", "Liyang City", "320000/320400/320481/"),
            ("chengdu", "510118", "新津区", "Xinjin District", "510000/510100/510118/"),
            ("chengdu", "510185", "简阳市", "Jianyang City", "510000/510100/510185/"),
            ("guizhou", "520204", "水城区", "Shuicheng District", "520000/520200/520204/"),
            ("guizhou", "520581", "黔西市", "Qianxi City", "520000/520500/520581/"),
            ("guizhou", "522300", "黔西南布依族苗族自治州", "Qianxinan Buyei and Miao Autonomous Prefecture", "520000/522300/"),
            ("guizhou", "520000-GAXQ", "贵安新区", "Gui'an New Area", "520000/520000-GAXQ/"),
        ],
    )  # fmt: skip
    def test_codes_and_names(
        self, shipped: dict[str, Pack], pack: str, code: str, name_zh: str, name_en: str, path: str
    ) -> None:
        division = rules.required_division(shipped[pack], code)
        assert (division.name_zh, division.name_en, division.path) == (name_zh, name_en, path)

    def test_subtrees(self, shipped: dict[str, Pack]) -> None:
        guizhou = shipped["guizhou"]
        assert len(guizhou.subtree("520100")) == 11
        assert len(guizhou.subtree("520300")) == 15
        assert guizhou.subtree("520000") == guizhou.divisions
        assert [division.code for division in guizhou.subtree("520102")] == ["520102"]
        assert guizhou.subtree("520199") == ()

    def test_zones_alone_lie_outside_the_standard(self, shipped: dict[str, Pack]) -> None:
        for pack in shipped.values():
            outside = {division.code for division in pack.divisions if not division.is_gbt2260}
            assert outside == {division.code for division in pack.divisions if division.level is DivisionLevel.ZONE}

    def test_every_part_names_a_known_document_or_is_a_placeholder(self, shipped: dict[str, Pack]) -> None:
        for pack in shipped.values():
            for where, part in pack.sourced():
                documented = part.document is not None and pack.document(part.document) is not None
                assert documented or (part.is_placeholder and part.note_zh and part.note_en), f"{pack.code}: {where}"

    def test_unconfirmed_rules_are_placeholders(self, shipped: dict[str, Pack]) -> None:
        for pack in shipped.values():
            assert pack.score_model.is_placeholder
            assert pack.budget.is_placeholder
            assert pack.warnings.is_placeholder
        inclusive = {programme.code: programme for programme in shipped["wuxi"].programmes}["carbon_inclusive"]
        assert (inclusive.name_zh, inclusive.status.value, inclusive.unit) == ("无锡碳普惠", "named", None)
        assert inclusive.is_placeholder

    def test_points_and_tonnes_are_apart(self, shipped: dict[str, Pack]) -> None:
        programmes = {programme.code: programme for programme in shipped["chengdu"].programmes}
        assert (programmes["tianfu_points"].kind.value, programmes["tianfu_points"].unit) == ("points", "point")
        assert (programmes["tianfu_reductions"].kind.value, programmes["tianfu_reductions"].unit) == (
            "credits",
            "tCO2e",
        )

    def test_programmes_that_issue_units_or_sell_trees(self, shipped: dict[str, Pack]) -> None:
        issued = {
            (code, programme.code, programme.unit_class.code, programme.unit_class.dimension.value)
            for code, pack in shipped.items()
            for programme in pack.programmes
            if programme.unit_class is not None
        }
        assert issued == {
            ("wuxi", "carbon_inclusive", "WX_CI", "tonne"),
            ("changzhou", "public_institution_inclusive", "CZ_CI_POINT", "point"),
            ("chengdu", "tianfu_points", "TF_POINT", "point"),
            ("chengdu", "tianfu_reductions", "CDCER", "tonne"),
        }
        trees = next(each.trees for each in shipped["guizhou"].programmes if each.trees is not None)
        assert (trees.trees_per_mu, trees.mu_per_household, trees.trees_per_household) == (225, Decimal(2), 450)
        assert (trees.yuan_per_tree_year, trees.years, trees.household_share) == (Decimal(3), 5, Decimal(1))

    def test_no_figure_of_a_methodology_is_invented(self, shipped: dict[str, Pack]) -> None:
        for pack in shipped.values():
            for programme in pack.programmes:
                for each in programme.methodologies:
                    assert each.is_placeholder
                    assert (each.terms.factor, each.terms.cap_participant, each.terms.cap_total) == (None, None, None)

    @pytest.mark.parametrize("code", ["wuxi", "changzhou", "chengdu", "guizhou"])
    def test_fuel_tables(self, shipped: dict[str, Pack], code: str) -> None:
        assert {method.code: method.fuel_table for method in shipped[code].method_packs} == {
            "power": "A_MEE_ETS",
            "steel": "A_MEE_ETS",
            "cement": "A_MEE_ETS",
            "aluminium": "A_MEE_ETS",
            "general": "C_INDUSTRY_OTHER",
        }

    def test_policy_documents(self, shipped: dict[str, Pack]) -> None:
        policies = {
            (code, document.number, str(document.issued))
            for code, pack in shipped.items()
            for document in pack.documents
            if document.file is not None
        }
        assert policies == {
            ("wuxi", None, "2025-06-23"),
            ("wuxi", None, "2025-03-19"),
            ("changzhou", "常政发〔2025〕43号", "2025-08-08"),
            ("chengdu", None, "2025-11-05"),
            ("guizhou", "黔发改环资〔2025〕459号", "2025-07-10"),
        }

    def test_guizhou_answers_a_warning_as_its_plan_says(self, shipped: dict[str, Pack]) -> None:
        responses = [response.code for response in shipped["guizhou"].warnings.responses]
        assert responses == ["strict_new_projects", "strict_key_units", "phase_out"]

    def test_a_pack_survives_the_database(self, shipped: dict[str, Pack]) -> None:
        for pack in shipped.values():
            assert Pack.model_validate(pack.model_dump(mode="json")) == pack

    def test_duties_are_separate_unless_a_pack_says_otherwise(self, shipped: dict[str, Pack]) -> None:
        assert all(pack.separation_of_duties for pack in shipped.values())


class TestFifthCity:
    def test_it_loads_beside_the_shipped_ones(self, tmp_path: Path) -> None:
        write_pack(tmp_path)
        packs = load_packs(tmp_path)
        assert set(packs) == {"wuxi", "changzhou", "chengdu", "guizhou", "yuncheng"}
        pack = packs["yuncheng"]
        assert (pack.version, pack.hosts, pack.region) == ("1.2.0", ("carbon.yuncheng.example",), "990000/990100/")
        assert [division.path for division in pack.subtree("990100")] == [
            "990000/990100/",
            "990000/990100/990102/",
            "990000/990100/990181/",
            "990000/990100/990100-KFQ/",
        ]
        assert pack.separation_of_duties

    def test_files_saved_by_a_spreadsheet(self, tmp_path: Path) -> None:
        path = write_pack(tmp_path)
        (path / "divisions.csv").write_bytes(b"\xef\xbb\xbf" + DIVISIONS.replace("\n", "\r\n").encode())
        assert [division.code for division in load_pack(path).divisions] == [
            "990000", "990100", "990102", "990181", "990100-KFQ",
        ]  # fmt: skip

    def test_its_hash_covers_every_file(self, tmp_path: Path) -> None:
        path = write_pack(tmp_path)
        first = load_pack(path).sha256
        assert load_pack(path).sha256 == first
        (path / "notes.md").write_text("more", encoding="utf-8")
        second = load_pack(path).sha256
        (path / "divisions.csv").write_text(DIVISIONS.replace("Xi County", "Sy County"), encoding="utf-8")
        assert len({first, second, load_pack(path).sha256}) == 3

    def test_a_municipality_has_districts_directly_below_the_province(self, tmp_path: Path) -> None:
        rows = DIVISIONS.splitlines(keepends=True)[:2]
        rows.append("990101,990000,中区,Zhong District,district,true,,made up,from-memory\n")
        text = PACK.replace('level = "city"', 'level = "province"').replace('"990100"', '"990000"')
        pack = load_pack(write_pack(tmp_path, pack=text, divisions="".join(rows)))
        assert (pack.region, [division.path for division in pack.divisions]) == (
            "990000/",
            ["990000/", "990000/990101/"],
        )

    def test_a_higher_version_replaces_a_shipped_pack(self, tmp_path: Path) -> None:
        source = (SHIPPED / "wuxi" / "pack.toml").read_text(encoding="utf-8")
        divisions = (SHIPPED / "wuxi" / "divisions.csv").read_text(encoding="utf-8")
        path = write_pack(tmp_path, pack=source, divisions=divisions, folder="wuxi")
        with pytest.raises(PackDuplicate) as caught:
            load_packs(tmp_path)
        assert caught.value.details["shipped"] == "1.2.0"
        (path / "pack.toml").write_text(source.replace('version = "1.2.0"', 'version = "1.10.0"'), encoding="utf-8")
        assert load_packs(tmp_path)["wuxi"].version == "1.10.0"


class TestLookUp:
    def test_an_unknown_division(self, shipped: dict[str, Pack]) -> None:
        with pytest.raises(DivisionUnknown) as caught:
            rules.required_division(shipped["wuxi"], "320404")
        assert isinstance(caught.value, NotFound)
        assert caught.value.message("zh") == "无锡市没有代码为“320404”的区划，请使用区划列表中的代码。"
