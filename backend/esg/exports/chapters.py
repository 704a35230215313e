"""From a disclosure's text to chapters, the same for pages and text documents."""

from collections.abc import Mapping
from typing import Any

from backend.esg.exports.speaking import (
    CONFIDENCES,
    LEVELS,
    NOTHING,
    OUTCOMES,
    PILLARS,
    STATES,
    Speaker,
    clean,
    mark_of,
)
from backend.esg.exports.values import Chapter, Paper, Passage, Shown, Table
from backend.esg.values import EntryKind, PointState, RequirementKind

Point = Mapping[str, Any]
MOST_SOURCES = 3
TOLD = {PointState.FILLED, PointState.RESTATED}


def present(paper: Paper, language: str) -> Shown:
    """Return a disclosure in a language."""
    speak, content = Speaker(language), paper.content
    account, year = content["account"], content["year"]
    chapters = [
        _standards(speak, content), _materiality(speak, content), *_figures(speak, content), _narratives(speak, content),
        _open(speak, content), _lineage(speak, content), _index(speak, content), _assurance(speak, paper),
        _rating(speak, paper),
    ]  # fmt: skip
    number = speak.say("草稿，未编号", "draft, no number") if paper.is_draft else content["number"]
    return Shown(
        language=language,
        title=speak.say(f"{year} 年度可持续发展信息披露", f"Sustainability disclosure {year}"),
        subtitle=clean(account["name"]),
        heading=f"{clean(account['name'])} · {year} · {number}",
        watermark=_watermark(speak, paper),
        mark=mark_of(paper.sha256),
        about=_about(speak, paper, number),
        notices=_notices(speak, paper),
        chapters=[each for each in chapters if each is not None],
    )


def _watermark(speak: Speaker, paper: Paper) -> str:
    if paper.is_draft:
        return speak.say("草稿", "DRAFT")
    return speak.say("演示", "DEMO") if paper.is_demonstration else ""


def _about(speak: Speaker, paper: Paper, number: str) -> list[tuple[str, str]]:
    content = paper.content
    profile = content["profile"]
    listing = NOTHING
    if profile is not None and profile["exchange"]:
        listing = f"{profile['exchange'].upper()} {profile['stock_code']}".strip()
    found = [
        (speak.say("披露编号", "Number"), number),
        (speak.say("碳账户", "Carbon account"), content["account"]["number"]),
        (speak.say("报告年度", "Year"), str(content["year"])),
        (speak.say("版本", "Version"), str(content["version"])),
        (speak.say("上市情况", "Listing"), listing),
        (
            speak.say("生成时间", "Made at") if paper.is_draft else speak.say("发布时间", "Published"),
            speak.moment(paper.made_at if paper.is_draft else content["published_at"]),
        ),
    ]
    if content["corrects"]:
        found.append((speak.say("更正", "Corrects"), content["corrects"]))
        found.append((speak.say("更正原因", "Reason of the correction"), clean(content["correction_reason"])))
    return found


def _notices(speak: Speaker, paper: Paper) -> list[str]:
    found: list[str] = []
    if paper.is_draft:
        found.append(
            speak.say(
                "本文件为草稿，未经复核与发布，内容可能变更，不得作为对外披露使用。",
                "This is a draft: not reviewed, not published, and it may change. It is no disclosure.",
            )
        )
    if paper.is_demonstration:
        found.append(
            speak.say(
                "演示数据：本文件不代表任何真实的企业或排放。",
                "Demonstration data: this stands for no real enterprise or emissions.",
            )
        )
    if not paper.is_draft:
        found.append(
            speak.say(
                f"本文件由已发布的披露内容生成，内容的 SHA-256 为 {paper.sha256}。",
                f"Made from the published text; its SHA-256 is {paper.sha256}.",
            )
        )
    found.append(
        speak.say(
            "数值四舍五入至四位小数；精确值见数据表与机器可读文件。",
            "Figures are rounded half up to four places; every digit is in the workbook and in the file for machines.",
        )
    )
    if paper.content["materiality"]["is_placeholder"]:
        found.append(
            speak.say(
                "重要性评分尺度与阈值为占位内容，尚无公开标准。",
                "Scale and threshold of materiality are placeholders: none is published.",
            )
        )
    return found


def _standards(speak: Speaker, content: Mapping[str, Any]) -> Chapter:
    binds = {each["standard"]: each for each in content["applicability"]}
    rows: list[list[str]] = []
    for each in content["standards"]:
        one = binds.get(each["code"])
        rows.append([
            f"{speak.of(each['name'])} ({each['version']})",
            speak.say("；", "; ").join(one for one in (each["document"] or NOTHING, _sureness(speak, each)) if one),
            NOTHING if one is None else speak.of(OUTCOMES[one["outcome"]]),
            NOTHING if one is None else one["due_on"] or NOTHING,
            "" if one is None else speak.of(one["reason"]),
        ])  # fmt: skip
    columns = [
        speak.say("标准（版本）", "Standard (version)"), speak.say("文件", "Document"), speak.say("适用性", "Applies"),
        speak.say("期限", "Due"), speak.say("理由", "Why"),
    ]  # fmt: skip
    return Chapter(
        speak.say("编制依据与适用性", "Standards and whether they bind"), tables=[Table(columns, rows, wide=[0, 1, 4])]
    )


def _sureness(speak: Speaker, standard: Mapping[str, Any]) -> str:
    """Return how sure the data points of a standard are, where its document was not read itself."""
    return speak.of(CONFIDENCES[standard["confidence"]]) if standard["confidence"] in CONFIDENCES else ""


def _materiality(speak: Speaker, content: Mapping[str, Any]) -> Chapter:
    given = content["materiality"]
    rows = [
        [
            str(each["number"]), speak.of(each["name"]), speak.figure(each["impact"]), speak.figure(each["financial"]),
            speak.yes(each["is_impact_material"]), speak.yes(each["is_financially_material"]),
            clean(" / ".join(dict.fromkeys(one for one in (each["impact_reason"], each["financial_reason"]) if one))),
        ]
        for each in given["topics"]
    ]  # fmt: skip
    columns = [
        "#", speak.say("议题", "Topic"), speak.say("影响", "Impact"), speak.say("财务", "Financial"),
        speak.say("影响重要", "Impact material"), speak.say("财务重要", "Financially material"),
        speak.say("判断理由", "Why"),
    ]  # fmt: skip
    text = speak.say(
        f"评分不低于 {speak.figure(given['threshold'])} 分的议题为重要。",
        f"A topic with a score of {speak.figure(given['threshold'])} or more is material.",
    )
    exact = [_known({0: str(each["number"]), 2: each["impact"], 3: each["financial"]}) for each in given["topics"]]
    return Chapter(
        speak.say("双重重要性评估", "Double materiality"), text,
        tables=[Table(columns, rows, right=[2, 3], wide=[1, 6], exact=exact)],
    )  # fmt: skip


def _known(figures: Mapping[int, str | None]) -> dict[int, str]:
    return {at: each for at, each in figures.items() if each is not None}


def _figures(speak: Speaker, content: Mapping[str, Any]) -> list[Chapter | None]:
    return [_pillar(speak, content, pillar) for pillar in PILLARS]


def _pillar(speak: Speaker, content: Mapping[str, Any], pillar: str) -> Chapter | None:
    told = [each for each in content["points"] if each["pillar"] == pillar and each["state"] in TOLD]
    figures = [each for each in told if each["value"] is not None]
    facts = [each for each in told if each["kind"] == RequirementKind.FACT and each["value"] is None]
    tables: list[Table] = []
    if figures:
        columns = [
            speak.say("指标", "Item"), speak.say("本年", "This year"), speak.say("单位", "Unit"),
            speak.say("上年（已发布）", "Prior year, published"), speak.say("上年（现值）", "Prior year, now"),
            speak.say("备注", "Remarks"),
        ]  # fmt: skip
        rows = [[*_figure(speak, each), _remarks(speak, each)] for each in figures]
        tables.append(Table(columns, rows, speak.say("定量指标", "Figures"), right=[1, 3, 4], wide=[0, 5]))
    if facts:
        columns = [speak.say("事项", "Item"), speak.say("内容", "Fact"), speak.say("备注", "Remarks")]
        rows = [[speak.of(each["name"]), speak.of(each["text"]), _remarks(speak, each)] for each in facts]
        tables.append(Table(columns, rows, speak.say("事实", "Facts"), wide=[0, 1, 2]))
    title = speak.say(f"{PILLARS[pillar].zh}数据", f"Data: {PILLARS[pillar].en}")
    return Chapter(title, tables=tables) if tables else None


def _figure(speak: Speaker, point: Point) -> list[str]:
    before = point["comparative"]
    return [
        speak.of(point["name"]), speak.figure(point["value"]), speak.unit(point["unit"]),
        speak.figure(None if before is None else before["published"]),
        speak.figure(None if before is None else before["current"]),
    ]  # fmt: skip


def _remarks(speak: Speaker, point: Point) -> str:
    found: list[str] = []
    if point["is_overridden"]:
        found.append(
            speak.say("企业替换了账户数据：", "Replaces the account's figure: ") + speak.of(point["entry"]["reason"])
        )
    if point["state"] == PointState.RESTATED:
        found.append(speak.of(STATES[PointState.RESTATED]))
    if point["comparative"] is not None and point["comparative"]["is_restated"]:
        found.append(speak.say("上年数据已重述", "prior year restated"))
    if told := speak.doubt(point):
        found.append(told)
    if point["covered_by"]:
        found.append(speak.say(f"见 {point['covered_by']}", f"see {point['covered_by']}"))
    return speak.say("；", "; ").join(found)


def _narratives(speak: Speaker, content: Mapping[str, Any]) -> Chapter | None:
    passages = [
        Passage(speak.of(each["name"]), speak.of(each["text"]), _founded(speak, each))
        for each in content["points"]
        if each["kind"] == RequirementKind.NARRATIVE
        and each["state"] in TOLD
        and each["text"] is not None
        and not each["covered_by"]
    ]
    return Chapter(speak.say("定性披露", "Narratives"), passages=passages) if passages else None


def _founded(speak: Speaker, point: Point) -> str:
    answers = speak.say("对应：", "Answers: ") + ", ".join(point["answers"]) if point["answers"] else ""
    files = [
        f"{clean(one['file_name'])} (SHA-256 {one['sha256'][:16]}…)" for one in point["evidence"] if "sha256" in one
    ]
    evidence = speak.say("证明材料：", "Evidence: ") + "; ".join(files) if files else ""
    return "  ".join(each for each in (answers, evidence) if each)


def _open(speak: Speaker, content: Mapping[str, Any]) -> Chapter | None:
    rows = [
        [speak.of(each["name"]), speak.of(STATES[each["state"]]), speak.yes(each["is_mandatory"]), why(speak, each)]
        for each in content["points"]
        if each["state"] not in TOLD
    ]
    columns = [
        speak.say("披露项", "Item"), speak.say("状态", "State"), speak.say("必披露", "Mandatory"), speak.say("说明", "Why"),
    ]  # fmt: skip
    title = speak.say("未披露项与说明", "What is not answered, and why")
    return Chapter(title, tables=[Table(columns, rows, wide=[0, 3])]) if rows else None


def why(speak: Speaker, point: Point) -> str:
    """Return the reason a point gives: the owner's, else the account's."""
    entry, prefill = point["entry"], point["prefill"]
    if entry is not None and entry["kind"] == EntryKind.OMISSION:
        return speak.of(entry["reason"])
    return "" if prefill is None else speak.of(prefill["reason"])


def _lineage(speak: Speaker, content: Mapping[str, Any]) -> Chapter | None:
    rows: list[list[str]] = []
    for each in content["points"]:
        prefill = each["prefill"]
        if each["value"] is None or prefill is None or prefill["value"] is None:
            continue
        sources = [speak.source(one) for one in prefill["sources"][:MOST_SOURCES]]
        left = len(prefill["sources"]) - len(sources)
        if left > 0:
            sources.append(speak.say(f"另 {left} 条", f"{left} more"))
        figure = f"{speak.figure(prefill['value'])} {speak.unit(prefill['unit'])}"
        rows.append([each["point"], figure, speak.of(prefill["formula"]), "; ".join(sources)])
    columns = [
        speak.say("数据点", "Data point"), speak.say("账户数值", "The account's figure"), speak.say("公式", "Formula"),
        speak.say("来源", "Sources"),
    ]  # fmt: skip
    title = speak.say("数据溯源", "Where the figures come from")
    return Chapter(title, tables=[Table(columns, rows, right=[1], wide=[2, 3])]) if rows else None


def _index(speak: Speaker, content: Mapping[str, Any]) -> Chapter:
    columns = [speak.say("条目", "Item"), speak.say("内容", "What"), speak.say("状态", "State")]
    tables: list[Table] = []
    for standard in content["standards"]:
        begins = f"{standard['code']}:"
        rows = [
            [key.removeprefix(begins), speak.of(each["name"]), speak.of(STATES[each["state"]])]
            for each in content["points"]
            for key in each["answers"]
            if key.startswith(begins)
        ]
        if rows:
            tables.append(Table(columns, rows, speak.of(standard["name"]), wide=[1]))
    return Chapter(speak.say("标准对照索引", "Index by standard"), tables=tables)


def _assurance(speak: Speaker, paper: Paper) -> Chapter | None:
    if paper.is_draft:
        return None
    if not paper.assurances:
        return Chapter(
            speak.say("鉴证声明", "Assurance"),
            speak.say("本次发布尚无鉴证声明。", "No verifier has stated assurance on this publication."),
        )
    passages = [
        Passage(
            f"{clean(name)} · {speak.of(LEVELS[one.level])}",
            clean(one.opinion),
            speak.say(
                f"依据 {clean(one.standard)}；范围：{clean(one.scope)}；{speak.moment(one.signed_at)}",
                f"By {clean(one.standard)}; scope: {clean(one.scope)}; {speak.moment(one.signed_at)}",
            ),
        )
        for one, name in paper.assurances
    ]
    return Chapter(speak.say("鉴证声明", "Assurance"), passages=passages)


def _rating(speak: Speaker, paper: Paper) -> Chapter | None:
    one = paper.rating
    if one is None:
        return None
    rows = [
        [
            speak.say(each["name_zh"], each["name_en"]), each["weight"], each["share"], each["points"],
            speak.say(each["why_zh"], each["why_en"]),
        ]
        for each in one.criteria
    ]  # fmt: skip
    columns = [
        speak.say("指标", "Criterion"), speak.say("权重", "Weight"), speak.say("达成（%）", "Reached (%)"),
        speak.say("得分", "Points"), speak.say("说明", "Why"),
    ]  # fmt: skip
    text = speak.say(
        f"披露质量等级 {one.grade}，{one.points} 分，细则版本 {one.rubric_version}，评定于 {speak.moment(one.rated_at)}。",
        f"Grade {one.grade}, {one.points} points, rubric {one.rubric_version}, rated {speak.moment(one.rated_at)}.",
    )
    note = speak.say(
        "评级细则的指标、权重与等级为占位内容；评价的是披露质量，不是企业的 ESG 表现。",
        "Criteria, weights and grades are placeholders; they rate how well is disclosed, not how well the firm performs.",
    )
    return Chapter(
        speak.say("披露质量评级", "Rating of disclosure quality"), text,
        tables=[
            Table(
                columns, rows, note=note if one.is_placeholder else "", right=[1, 2, 3], wide=[0, 4],
                exact=[{1: each["weight"], 2: each["share"], 3: each["points"]} for each in one.criteria],
            )
        ],
    )  # fmt: skip
