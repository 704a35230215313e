"""A made-up city as a pack: `write_pack` writes its two files, changed as a test asks."""

from pathlib import Path

PACK = """\
code = "yuncheng"
version = "1.2.0"
name_zh = "云城市"
name_en = "Yuncheng"
level = "city"
division_code = "990100"
province_code = "990000"
timezone = "Asia/Shanghai"
hosts = ["carbon.yuncheng.example"]
default_method_pack = "general"

[grid]
name = "华中"
document = "plan"
confidence = "from-memory"

[factor_policy]
rule = "published"
document = "plan"
confidence = "from-memory"

[calendar]
first_month = 1
document = "plan"
confidence = "from-memory"

[[documents]]
code = "plan"
title_zh = "云城市方案"
title_en = "Plan of Yuncheng"
confidence = "from-memory"

[[method_packs]]
code = "general"
name_zh = "一般工业"
name_en = "General industry"
fuel_table = "C_INDUSTRY_OTHER"
document = "plan"
confidence = "from-memory"

[[sectors]]
code = "kites"
name_zh = "风筝"
name_en = "Kites"
method_pack = "general"
document = "plan"
confidence = "from-memory"

[[programmes]]
code = "kite_points"
name_zh = "风筝积分"
name_en = "Kite points"
kind = "points"
unit = "point"
status = "named"
is_placeholder = true
confidence = "placeholder"
note_zh = "规则待定。"
note_en = "Rules to come."

[score_model]
code = "yuncheng_score"
name_zh = "云城绿色评分"
name_en = "Yuncheng green score"
is_placeholder = true
confidence = "placeholder"
note_zh = "待配置。"
note_en = "To be set."

[budget]
levels = ["city", "district"]
mode = "total_and_intensity"
mode_zh = "双控"
mode_en = "Dual control"
document = "plan"
confidence = "from-memory"

[warnings]
is_placeholder = true
confidence = "placeholder"
note_zh = "待配置。"
note_en = "To be set."
"""

DIVISIONS = """\
code,parent_code,name_zh,name_en,level,is_gbt2260,path,source,confidence
990000,,天省,Tian Province,province,true,990000/,made up,from-memory
990100,990000,云城市,Yuncheng City,city,true,990000/990100/,made up,from-memory
990102,990100,东区,Dong District,district,true,,made up,from-memory
990181,990100,西县,Xi County,county,true,990000/990100/990181/,made up,from-memory
990100-KFQ,990100,云城开发区,Yuncheng Development Zone,zone,false,,made up,from-memory
"""


def write_pack(parent: Path, *, pack: str = PACK, divisions: str = DIVISIONS, folder: str = "yuncheng") -> Path:
    """Write the pack's folder below `parent` and return it."""
    path = parent / folder
    path.mkdir()
    (path / "pack.toml").write_text(pack, encoding="utf-8")
    (path / "divisions.csv").write_text(divisions, encoding="utf-8")
    return path
