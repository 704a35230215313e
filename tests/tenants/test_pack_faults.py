"""Every way in which a pack can be wrong is told with file, place and remedy, in both languages."""

from pathlib import Path

import pytest
from factories.packs import DIVISIONS, PACK, write_pack

from backend.tenants.errors import PackInvalid
from backend.tenants.packs import load_pack, load_packs
from backend.tenants.values import Fault


def faults_of(folder: Path) -> list[Fault]:
    with pytest.raises(PackInvalid) as caught:
        load_pack(folder)
    return list(caught.value.faults)


class TestFields:
    @pytest.mark.parametrize(
        ("old", "new", "where", "part"),
        [
            ('code = "yuncheng"', 'code = "Yun-Cheng"', "code", "is 'Yun-Cheng', which does not fit"),
            ('name_zh = "云城市"', 'name_zh = " "', "name_zh", "is empty"),
            ('name_en = "Yuncheng"\nlevel', "level", "name_en", "is missing"),
            ('name_en = "Kites"\n', "", "sectors.0.name_en", "is missing"),
            ('name_zh = "风筝积分"\n', "", "programmes.0.name_zh", "is missing"),
            ('version = "1.2.0"', 'version = "1.2"', "version", "does not fit"),
            ('level = "city"', 'level = "town"', "level", "must be 'city' or 'province'"),
            ('division_code = "990100"', 'division_code = "99010"', "division_code", "does not fit"),
            ('province_code = "990000"', 'province_code = "990100"', "province_code", "does not fit"),
            ("Asia/Shanghai", "Asia/Yuncheng", "timezone", "is 'Asia/Yuncheng', which is no IANA time zone"),
            ('hosts = ["carbon', 'hosts = ["Carbon /', "hosts.0", "does not fit"),
            ('kind = "points"', 'kind = "tonnes"', "programmes.0.kind", "is 'tonnes'; it must be"),
            ("first_month = 1", "first_month = 13", "calendar.first_month", "less than or equal to 12"),
            ('rule = "published"', 'rule = "guessed"', "factor_policy.rule", "does not fit"),
            ('name = "华中"', 'name = "华中"\ncolour = "red"', "grid.colour", "is not a field of a pack"),
            ('name = "华中"\ndocument = "plan"', 'name = "华中"', "grid", "names no source"),
            ('note_en = "Rules to come."', 'note_en = " "', "programmes.0", "is a placeholder: say in"),
            ('hosts = ["carbon', 'sha256 = "x"\nhosts = ["carbon', "sha256", "is not written in pack.toml"),
        ],
    )  # fmt: skip
    def test_a_wrong_field(self, tmp_path: Path, old: str, new: str, where: str, part: str) -> None:
        assert PACK.count(old) == 1
        (fault,) = faults_of(write_pack(tmp_path, pack=PACK.replace(old, new)))
        assert (fault.file, fault.where) == ("pack.toml", where)
        assert part in fault.en

    @pytest.mark.parametrize(
        ("old", "new", "where", "en"),
        [
            ("[score_model]\ncode", '[score_model]\ndocument = "lost"\ncode', "score_model.document",
             "there is no document 'lost'; add it under [[documents]]."),
            ('method_pack = "general"\ndocument', 'method_pack = "paper"\ndocument', "sectors.kites.method_pack",
             "there is no method pack 'paper'; add it under [[method_packs]]."),
            ('default_method_pack = "general"', 'default_method_pack = "paper"', "default_method_pack",
             "there is no method pack 'paper'; add it under [[method_packs]]."),
            ('["carbon.yuncheng.example"]', '["a.example", "a.example"]', "hosts",
             "'a.example' is listed twice; remove one entry."),
            ('code = "yuncheng"', 'code = "suncheng"', "code",
             "the code is 'suncheng', but the folder is 'yuncheng'; they must be the same."),
            ('division_code = "990100"', 'division_code = "990200"', "division_code",
             "990200 is not in divisions.csv; add its row."),
            ('division_code = "990100"', 'division_code = "990102"', "level",
             "the pack is for a city, but 990102 is a district; correct one of them."),
        ],
    )  # fmt: skip
    def test_a_reference_that_leads_nowhere(self, tmp_path: Path, old: str, new: str, where: str, en: str) -> None:
        assert PACK.count(old) == 1
        faults = faults_of(write_pack(tmp_path, pack=PACK.replace(old, new)))
        assert (faults[0].file, faults[0].where, faults[0].en) == ("pack.toml", where, en)

    @pytest.mark.parametrize("name", ["documents", "method_packs", "sectors", "programmes"])
    def test_an_entry_listed_twice(self, tmp_path: Path, name: str) -> None:
        block = PACK[PACK.index(f"[[{name}]]") :].partition("\n\n")[0]
        code = block.partition('code = "')[2].partition('"')[0]
        (fault,) = faults_of(write_pack(tmp_path, pack=f"{PACK}\n{block}\n"))
        assert (fault.where, fault.en) == (name, f"'{code}' is listed twice; remove one entry.")

    def test_a_province_is_its_own_division(self, tmp_path: Path) -> None:
        faults = faults_of(write_pack(tmp_path, pack=PACK.replace('level = "city"', 'level = "province"')))
        assert [fault.where for fault in faults] == ["division_code", "level"]
        assert faults[0].en == "a province's division_code is its province_code."

    def test_a_division_of_another_province(self, tmp_path: Path) -> None:
        faults = faults_of(write_pack(tmp_path, pack=PACK.replace('"990000"', '"980000"')))
        assert [(fault.where, fault.en) for fault in faults] == [
            ("division_code", "990100 does not lie in the province 980000."),
            ("province_code", "980000 is not the tree's root (990000); the tree starts with the province."),
        ]

    def test_all_faults_are_told_at_once_and_in_both_languages(self, tmp_path: Path) -> None:
        text = PACK.replace('version = "1.2.0"\n', "").replace("Asia/Shanghai", "Mars/Olympus")
        with pytest.raises(PackInvalid) as caught:
            load_pack(write_pack(tmp_path, pack=text))
        assert caught.value.message("en") == (
            "The pack 'yuncheng' cannot be loaded. pack.toml, version: is missing; add it. "
            "pack.toml, timezone: is 'Mars/Olympus', which is no IANA time zone."
        )
        assert caught.value.message("zh") == (
            "数据包“yuncheng”无法加载。pack.toml，version：缺失，请补充。"
            "pack.toml，timezone：的值“Mars/Olympus”不是 IANA 时区名称。"
        )


class TestDivisions:
    @pytest.mark.parametrize(
        ("old", "new", "line", "en"),
        [
            ("990181,990100,", "990102,990100,", 5, "the code 990102 is listed twice; remove one row."),
            ("990102,990100,", "990102,990300,", 4,
             "the parent 990300 is not listed above; add it, or move it before its subdivisions."),
            ("990102,990100,", "990102,,", 4, "990102 has no parent, but there is a root already; name its parent_code."),
            ("990102,990100,", "990202,990100,", 4,
             "990202 does not begin with 9901, as a subdivision of 990100 must."),
            ("990102,990100,", "99012,990100,", 4, "99012 is not six digits, as GB/T 2260 asks."),
            ("Dong District,district", "Dong District,city", 4,
             "990102 is listed as city, but its zeros say county / district; correct the code or the level."),
            ("990000/990100/990181/", "990000/990181/", 5,
             "the path is 990000/990181/, but its parents give 990000/990100/990181/; correct it, or leave it empty."),
            ("990000/990100/990181/", "990000/990100/990181", 5,
             ("the path is 990000/990100/990181, but its parents give 990000/990100/990181/; "
             "correct it, or leave it empty.")),
            ("990100-KFQ,990100", "990100_kfq,990100", 6,
             "990100_kfq is not a GB/T 2260 division and needs a code such as 320200-JKQ (parent, hyphen, A-Z 0-9)."),
            ("990100-KFQ,990100", "990200-KFQ,990100", 6,
             "the local code 990200-KFQ must begin with its parent's code 990100."),
            ("Zone,zone,false", "Zone,district,false", 6,
             "990100-KFQ is a district, but only a zone may lie outside GB/T 2260; set is_gbt2260 or the level right."),
            ("Zone,zone,false", "Zone,zone,true", 6, "990100-KFQ is not six digits, as GB/T 2260 asks."),
            ("云城开发区,Yuncheng Development Zone", "云城开发区,", 6, "is empty; fill it in."),
            ("东区,Dong", ",Dong", 4, "is empty; fill it in."),
            ("Zone,zone,false", "Zone,zone,perhaps", 6, "is 'perhaps'; it must be true or false."),
            ("Zone,zone,false", "Zone,park,false", 6,
             "is 'park'; it must be 'province', 'city', 'district', 'county' or 'zone'."),
            ("Dong District,", "Dong, District,", 4,
             "the row must have 9 cells; put a cell with a comma in quotation marks."),
        ],
    )  # fmt: skip
    def test_a_wrong_row(self, tmp_path: Path, old: str, new: str, line: int, en: str) -> None:
        assert DIVISIONS.count(old) == 1
        fault = faults_of(write_pack(tmp_path, divisions=DIVISIONS.replace(old, new)))[0]
        assert (fault.file, fault.where.partition(",")[0], fault.en) == ("divisions.csv", f"line {line}", en)

    def test_a_code_of_the_standard_below_a_zone(self, tmp_path: Path) -> None:
        row = "990103,990100-KFQ,南区,Nan District,district,true,,made up,from-memory\n"
        (fault,) = faults_of(write_pack(tmp_path, divisions=DIVISIONS + row))
        assert fault.en == "990103 is a GB/T 2260 division and cannot lie below the zone 990100-KFQ."

    def test_another_jurisdictions_division(self, tmp_path: Path) -> None:
        row = "990200,990000,海城市,Haicheng City,city,true,,made up,from-memory\n"
        (fault,) = faults_of(write_pack(tmp_path, divisions=DIVISIONS + row))
        assert (fault.where, fault.en) == (
            "990200",
            "990200 does not lie in 990100; another jurisdiction's division has no place here.",
        )

    def test_no_division_at_all(self, tmp_path: Path) -> None:
        faults = faults_of(write_pack(tmp_path, divisions=DIVISIONS.partition("\n")[0] + "\n"))
        assert faults == [
            Fault(
                "divisions.csv",
                "line 2",
                "there is no division; list the province first.",
                "没有任何区划；请先列出省级。",
            )
        ]

    def test_other_columns(self, tmp_path: Path) -> None:
        (fault,) = faults_of(write_pack(tmp_path, divisions=DIVISIONS.replace("name_en", "english", 1)))
        assert (fault.where, fault.en) == (
            "line 1",
            "the columns must be code,parent_code,name_zh,name_en,level,is_gbt2260,path,source,confidence.",
        )

    def test_the_wrong_rows_are_told_together(self, tmp_path: Path) -> None:
        text = DIVISIONS.replace("东区", "").replace("zone,false", "zone,perhaps")
        assert [fault.where for fault in faults_of(write_pack(tmp_path, divisions=text))] == [
            "line 4, name_zh",
            "line 6, is_gbt2260",
        ]


class TestFiles:
    @pytest.mark.parametrize("name", ["pack.toml", "divisions.csv"])
    def test_a_missing_file(self, tmp_path: Path, name: str) -> None:
        path = write_pack(tmp_path)
        (path / name).unlink()
        assert faults_of(path) == [
            Fault(
                name,
                "file",
                "cannot be read (No such file or directory).",
                "无法读取（No such file or directory）。",
            )
        ]

    def test_a_file_in_another_encoding(self, tmp_path: Path) -> None:
        path = write_pack(tmp_path)
        (path / "divisions.csv").write_bytes(DIVISIONS.encode("gbk"))
        (fault,) = faults_of(path)
        assert (fault.file, fault.en) == ("divisions.csv", "is not UTF-8; save the file as UTF-8.")

    def test_what_is_no_toml(self, tmp_path: Path) -> None:
        (fault,) = faults_of(write_pack(tmp_path, pack='code = "yuncheng\n'))
        assert (fault.file, fault.where) == ("pack.toml", "syntax")
        assert "line 1" in fault.en

    def test_what_is_no_csv(self, tmp_path: Path) -> None:
        (fault,) = faults_of(write_pack(tmp_path, divisions=DIVISIONS + '"990103,990100'))
        assert (fault.file, fault.where) == ("divisions.csv", "line 7")

    def test_a_folder_that_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(PackInvalid) as caught:
            load_packs(tmp_path / "nowhere")
        assert "CARBON_PACKS_DIR" in caught.value.message("en")

    def test_two_packs_with_one_host(self, tmp_path: Path) -> None:
        write_pack(tmp_path)
        write_pack(tmp_path, pack=PACK.replace('code = "yuncheng"', 'code = "zhucheng"'), folder="zhucheng")
        with pytest.raises(PackInvalid) as caught:
            load_packs(tmp_path)
        assert caught.value.faults[0].en == (
            "'carbon.yuncheng.example' is also a host of the pack 'yuncheng'; a name leads to one tenant."
        )


POINTS = """
[programmes.unit_class]
code = "KITE_POINT"
name_zh = "风筝积分"
name_en = "Kite point"
dimension = "point"
unit = "point"
is_serialised = false
document = "plan"
confidence = "from-memory"

[programmes.review]
document = "plan"
confidence = "from-memory"

[programmes.retirement]
purposes = ["redeem"]
document = "plan"
confidence = "from-memory"

[[programmes.methodologies]]
code = "flying"
name_zh = "放飞"
name_en = "Flying"
kind = "scene"
formula = "per_unit"
activity_unit = "次"
status = "in_force"
terms.factor = "0.5"
document = "plan"
confidence = "from-memory"
"""


def with_points(*changes: tuple[str, str]) -> str:
    """Return the pack whose programme issues points, changed."""
    text = POINTS
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return PACK.replace("\n[score_model]", f"{text}\n[score_model]")


class TestProgrammes:
    def test_a_sound_one(self, tmp_path: Path) -> None:
        (programme,) = load_pack(write_pack(tmp_path, pack=with_points())).programmes
        assert programme.unit_class is not None
        assert (programme.unit_class.code, programme.methodologies[0].code) == ("KITE_POINT", "flying")

    @pytest.mark.parametrize(
        ("old", "new", "where", "part"),
        [
            ('"0.5"', "0.5", "programmes.0.methodologies.0.terms.factor", "put numbers with a point in quotation marks"),
            ('"0.5"', '"0"', "programmes.0.methodologies.0.terms.factor", "greater than 0"),
            ('"per_unit"', '"guess"', "programmes.0.methodologies.0.formula", "must be"),
            ('"redeem"', '"resale"', "programmes.0.retirement.purposes.0", "must be"),
            ('"KITE_POINT"', '"kite"', "programmes.0.unit_class.code", "does not fit"),
            ('"KITE_POINT"', '"CEA"', "programmes.kite_points.unit_class.code", "is a national class"),
            ('dimension = "point"', 'dimension = "tonne"', "programmes.kite_points.unit_class.dimension", "cannot issue"),
            ("is_serialised = false", "scale = 2", "programmes.kite_points.unit_class.scale", "units with serials are whole"),
            ('"per_unit"', '"difference"', "programmes.kite_points.methodologies.flying.terms.factor", "no place"),
            ('purposes = ["redeem"]', "purposes = []", "programmes.0.retirement.purposes", "at least 1 item"),
        ],
    )  # fmt: skip
    def test_a_wrong_one(self, tmp_path: Path, old: str, new: str, where: str, part: str) -> None:
        faults = faults_of(write_pack(tmp_path, pack=with_points((old, new))))
        (fault,) = [each for each in faults if each.where == where]
        assert part in fault.en

    def test_points_have_a_book_of_their_own(self, tmp_path: Path) -> None:
        again = with_points().replace(
            "\n[score_model]",
            """
[[programmes]]
code = "more_points"
name_zh = "更多积分"
name_en = "More points"
kind = "points"
status = "named"
document = "plan"
confidence = "from-memory"
"""
            + POINTS
            + "\n[score_model]",
        )
        (fault,) = faults_of(write_pack(tmp_path, pack=again))
        assert "'KITE_POINT' is listed twice" in fault.en
