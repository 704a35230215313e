"""The files of the citizens' points: tables as Excel, the year's first as a notice (PDF) that names nobody."""

from uuid import UUID

from backend.credits.citizens import queries, rules, service
from backend.credits.citizens.errors import RankingNotFound
from backend.credits.citizens.values import PlaceValue, RankingValue, SceneKind, State
from backend.kit.clock import now
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.tenants import service as tenants
from backend.wire.nodes import uuids
from backend.wire.reports import Report, pages
from backend.wire.workbooks import Asked, Cell, Heading, Making, QuestionInvalid, Sheet, download, workbook

MOST = 10_000
"""Rows of a table at most."""
KINDS = {
    SceneKind.CONSUMPTION: ("低碳消费场景", "Low-carbon consumption"),
    SceneKind.LIVING: ("低碳生活场景", "Low-carbon living"),
}  # fmt: skip
STATES = {
    State.DRAFT: ("待审批", "Draft"), State.APPROVED: ("已批准", "Approved"), State.REJECTED: ("已驳回", "Rejected"),
}  # fmt: skip
NOT_TONNES = (
    "积分不是吨：不与减排量、配额相加，也不用于抵销排放。",
    "Points are not tonnes: they are never added to reductions or allowances, and offset nothing.",
)
CUT = (f"至多列示最近 {MOST} 行。", f"At most the newest {MOST} rows.")


def _programme(asked: Asked) -> str:
    """Return the programme a file is asked of. Raises QuestionInvalid."""
    given = asked.text("programme")
    if given is None:
        raise QuestionInvalid(
            name="programme", value="", reason_en="it is missing", reason_zh="缺少该参数", path=("programme",)
        )
    return given


def _said(words: tuple[str, str], language: str) -> str:
    return words[0] if language == "zh" else words[1]


def _headings(*given: tuple[str, str, str, int]) -> tuple[Heading, ...]:
    return tuple(Heading(zh, en, unit, width) for zh, en, unit, width in given)


@download("green-acts.xlsx")
async def acts_workbook(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?programme=&scene=`: the acts the caller sees, newest first."""
    scope.require("credits:read")
    found = await queries.acts(read, scope, programme=_programme(asked), scene_code=asked.text("scene"), limit=MOST)
    rows: list[tuple[Cell, ...]] = [
        (
            each.scene, each.number, each.day, each.quantity, each.computed, each.points, each.is_capped, each.key,
            each.recorded_at, each.revoked_at, each.revocation,
        )
        for each in found
    ]  # fmt: skip
    headings = _headings(
        ("场景", "Scene", "", 16), ("用户编号", "Citizen", "", 18), ("行为日期", "Day", "", 12),
        ("数量", "Quantity", "场景单位", 12), ("计算积分", "Computed", "point", 12), ("发放积分", "Given", "point", 12),
        ("是否触及上限", "Capped", "", 12), ("上报编号", "Key", "", 24), ("上报时间", "Told", "", 18),
        ("撤销时间", "Revoked", "", 18), ("撤销理由", "Why", "", 30),
    )  # fmt: skip
    notes = [NOT_TONNES, *([CUT] if len(found) == MOST else [])]
    return lambda: workbook([Sheet("低碳行为", "Green acts", headings, rows, notes)], asked.language)


@download("citizen-points.xlsx")
async def points_workbook(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?programme=&division=`: where the points are, scenes, citizens, rewards and redemptions. Seven statements."""
    programme = _programme(asked)
    stand = await service.standing(read, scope, programme=programme, division_code=asked.text("division"))
    language = asked.language
    scenes = await queries.scenes(read, scope, programme, limit=MOST)
    citizens = await queries.citizens(read, scope, programme, limit=MOST)
    rewards = await queries.rewards(read, scope, programme, limit=MOST)
    taken = await queries.taken(read, scope, [each.id for each in rewards])
    redeemed = await queries.redemptions(read, scope, programme=programme, limit=MOST)
    names = {each.id: each.name_zh if language == "zh" else each.name_en for each in rewards}
    sheets = [
        Sheet(
            "积分台账", "Points",
            _headings(
                ("用户数", "Citizens", "", 12), ("已发放", "Earned", "point", 14), ("已兑换", "Redeemed", "point", 14),
                ("已注销", "Cancelled", "point", 14), ("已过期", "Expired", "point", 14), ("持有", "Held", "point", 14),
                ("差额", "Difference", "point", 12),
            ),
            [(stand.citizens, stand.earned, stand.redeemed, stand.cancelled, stand.expired, stand.held, stand.difference)],
            [NOT_TONNES, ("已发放＝已兑换＋已注销＋已过期＋持有。", "Earned = redeemed + cancelled + expired + held.")],
        ),
        Sheet(
            "场景", "Scenes",
            _headings(
                ("代码", "Code", "", 16), ("版本", "Version", "", 8), ("名称", "Name", "", 28), ("类别", "Kind", "", 16),
                ("计量单位", "Unit", "", 10), ("每单位积分", "A unit", "point", 12), ("每日上限", "A day", "point", 12),
                ("每年上限", "A year", "point", 12), ("有效期", "Validity", "月 months", 10), ("起始日期", "Since", "", 12),
                ("是否开放", "Open", "", 10), ("状态", "State", "", 10), ("依据文件", "Document", "", 34),
                ("文号", "Number", "", 20),
            ),
            [
                (
                    each.code, each.version, each.name_zh if language == "zh" else each.name_en,
                    _said(KINDS[each.kind], language), each.activity_unit, each.points_per_unit, each.cap_day,
                    each.cap_year, each.validity_months, each.valid_from, each.is_open,
                    _said(STATES[each.state], language), each.document_title, each.document_number,
                )
                for each in scenes
            ],
        ),
        Sheet(
            "用户", "Citizens",
            _headings(
                ("用户编号", "Number", "", 20), ("区划代码", "Division", "", 12), ("加入日期", "Agreed", "", 12),
                ("退出时间", "Left", "", 18), ("退出时注销积分", "Cancelled", "point", 16),
            ),
            [(each.number, each.division_code, each.consented_on, each.closed_at, each.cancelled_points) for each in citizens],
            [("编号由系统生成，不含个人信息。", "Numbers are the product's own and say nothing of the person."),
             *([CUT] if len(citizens) == MOST else [])],
        ),
        Sheet(
            "兑换品", "Rewards",
            _headings(
                ("代码", "Code", "", 16), ("名称", "Name", "", 28), ("所需积分", "Points", "point", 12),
                ("总量", "Stock", "", 10), ("已兑换", "Taken", "", 10), ("提供方", "Provider", "", 24),
                ("起", "From", "", 12), ("止", "To", "", 12), ("状态", "State", "", 10),
            ),
            [
                (
                    each.code, each.name_zh if language == "zh" else each.name_en, each.points, each.stock, gone,
                    each.provider, each.first_day, each.last_day, _said(STATES[each.state], language),
                )
                for each, gone in zip(rewards, taken, strict=True)
            ],
        ),
        Sheet(
            "兑换记录", "Redemptions",
            _headings(
                ("兑换时间", "Redeemed", "", 18), ("用户编号", "Citizen", "", 20), ("兑换品", "Reward", "", 28),
                ("积分", "Points", "point", 12), ("取消时间", "Cancelled", "", 18), ("取消理由", "Why", "", 30),
            ),
            [
                (each.redeemed_at, each.number, names.get(each.reward_id, ""), each.points, each.cancelled_at, each.cancellation)
                for each in redeemed
            ],
            [CUT] if len(redeemed) == MOST else [],
        ),
    ]  # fmt: skip
    return lambda: workbook(sheets, language)


async def _ranking(read: Read, scope: Scope, asked: Asked) -> tuple[RankingValue, list[PlaceValue], str, str]:
    """Return a list, its places, its division's and its programme's name. Raises QuestionInvalid, RankingNotFound."""
    scope.require("credits:read")
    given = asked.text("ranking")
    if given is None:
        raise QuestionInvalid(
            name="ranking", value="", reason_en="it is missing", reason_zh="缺少该参数", path=("ranking",)
        )
    own_id: UUID = uuids(given, "CitizenRanking", path=("ranking",))[0]
    (found,) = await queries.rankings_by_id(read, scope, [own_id])
    if found is None:
        raise RankingNotFound
    (rows,) = await queries.places_of(read, scope, [own_id])
    division = await tenants.required_division(read, scope, found.division_code)
    programme = (await tenants.pack_in_force(read, scope)).programme(found.programme)
    is_zh = asked.language == "zh"
    named = found.programme if programme is None else (programme.name_zh if is_zh else programme.name_en)
    return found, rows, division.name_zh if is_zh else division.name_en, named


def _places(rows: list[PlaceValue]) -> Sheet:
    return Sheet(
        "年度累计积分排名", "Most points of the year",
        _headings(("名次", "Place", "", 10), ("用户编号", "Citizen", "", 24), ("积分", "Points", "point", 16)),
        [(each.place, rules.masked(each.number), each.points) for each in rows],
        [NOT_TONNES, ("积分相同者名次并列。", "Equal points share a place.")],
    )  # fmt: skip


@download("citizen-ranking.xlsx")
async def ranking_workbook(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?ranking=`: the year's first as they are published."""
    _, rows, _, _ = await _ranking(read, scope, asked)
    return lambda: workbook([_places(rows)], asked.language)


@download("citizen-ranking.pdf")
async def ranking_pages(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?ranking=`: the same as a notice."""
    found, rows, division, programme = await _ranking(read, scope, asked)
    language = asked.language

    def say(zh: str, en: str) -> str:
        return zh if language == "zh" else en

    papers = f"{found.document_title} {found.document_number}".strip()
    report = Report(
        title=say("年度累计碳积分排名", "Most carbon points of the year"), subtitle=f"{division} · {found.year}",
        about=[
            (say("机制", "Programme"), programme), (say("年度", "Year"), str(found.year)),
            (say("范围", "Of"), division), (say("获得积分的用户数", "Citizens who earned"), f"{found.citizens:,}"),
            (say("积分合计", "Points in all"), f"{found.points:,f}"), (say("激励", "Incentive"), found.incentive),
            (say("依据文件", "Document"), f"{papers} {found.document_dated:%Y-%m-%d}"),
            (say("状态", "State"), _said(STATES[found.state], language)),
        ],
        notices=[
            say("用户编号由系统生成并部分遮盖，本人可凭编号核对，他人无法识别。",
                "Numbers are the product's own and partly hidden: their owners know them, nobody else can tell."),
        ],
        sheets=[_places(rows)], made_at=now(), language=language,
    )  # fmt: skip
    return lambda: pages(report)
