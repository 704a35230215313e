"""The files of the desks: every table a desk shows as a workbook, and the empty file of invitations."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from backend.console.access import of_authority
from backend.console.assigning import queries as assigning
from backend.console.assigning import rules
from backend.console.inviting import queries as inviting
from backend.console.inviting.reading import INVITATIONS_FILE
from backend.console.inviting.storing import may_invite
from backend.console.onboarding import queries as onboarding
from backend.console.tasks import gathering
from backend.console.values import (
    ASSIGNMENT_STATE_NAMES,
    DESK_STATE_NAMES,
    JOIN_STATE_NAMES,
    RELATION_NAMES,
    TASK_NAMES,
)
from backend.console.verification import queries as verification
from backend.console.verification.queries import DeskFilter
from backend.identity import service as identity
from backend.kit import sheets
from backend.kit.clock import now, today
from backend.kit.db import Read
from backend.kit.scope import Kind, Scope
from backend.tenants import service as tenants
from backend.wire.workbooks import Asked, Cell, Heading, Making, Sheet, download, workbook

K = TypeVar("K", bound=str)
MOST = 20_000
"""Rows of a table at most; a sentence below the table says when there are more."""
FIRST_YEAR, LAST_YEAR = 2005, 9000
_MORE = ((f"仅列出前 {MOST} 行。", f"Only the first {MOST} rows are shown."),)


def _word(names: Mapping[K, str], key: K, language: str) -> str:
    return names[key] if language == "zh" else str(key)


async def _under(read: Read, scope: Scope, asked: Asked) -> str | None:
    code = asked.text("division")
    return None if code is None else (await tenants.required_division(read, scope, code)).path


def _notes(count: int) -> tuple[tuple[str, str], ...]:
    return _MORE if count > MOST else ()


@download("join-applications.xlsx")
async def join_applications(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=`: the applications to join, the longest waiting first, with what they may repeat."""
    of_authority(scope)
    found = await onboarding.applications(read, scope, under=await _under(read, scope, asked), limit=MOST + 1)
    shown = found[:MOST]
    twins = await onboarding.duplicate_batch(read, scope, [each.id for each in shown])
    rows: list[tuple[Cell, ...]] = [
        (
            each.name, each.credit_code, each.division_code, each.sector, each.contact_name, each.contact_email,
            each.contact_phone, _word(JOIN_STATE_NAMES, each.state, asked.language), each.received_at, each.decided_at,
            each.reason, "; ".join(dict.fromkeys(f"{one.name} {one.credit_code}" for one in of)), each.note,
        )
        for each, of in zip(shown, twins, strict=True)
    ]  # fmt: skip
    headings = (
        Heading("单位名称", "Name", width=36), Heading("统一社会信用代码", "Credit code", width=24),
        Heading("区划代码", "Division"), Heading("行业代码", "Sector"), Heading("联系人", "Contact"),
        Heading("电子邮箱", "E-mail", width=28), Heading("联系电话", "Telephone"), Heading("状态", "State"),
        Heading("收到时间", "Received", width=20), Heading("办结时间", "Decided", width=20),
        Heading("未通过原因", "Why refused", width=40), Heading("可能重复", "May repeat", width=48),
        Heading("补充说明", "Remarks", width=40),
    )  # fmt: skip
    return lambda: workbook([Sheet("入驻申请", "Applications", headings, rows, _notes(len(found)))], asked.language)


@download("verification-desk.xlsx")
async def verification_desk(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?year=&division=`: every open account of a year with its inventory, findings and verifier, and the counts."""
    scope.require("emissions:read")
    year, under = asked.needed_number("year", FIRST_YEAR, LAST_YEAR), await _under(read, scope, asked)
    found = await verification.desk(read, scope, year, DeskFilter(under=under), limit=MOST + 1)
    counts = await verification.counts(read, scope, year, under)
    moment = now()
    rows: list[tuple[Cell, ...]] = [
        (
            each.number, each.name, each.division_code, each.sector,
            _word(DESK_STATE_NAMES, each.state, asked.language), each.version, each.since,
            None if each.since is None else (moment - each.since).days, each.findings_open, each.findings_answered,
            each.verifier_name,
            None if each.assignment_state is None
            else _word(ASSIGNMENT_STATE_NAMES, each.assignment_state, asked.language),
            each.due_on,
        )
        for each in found[:MOST]
    ]  # fmt: skip
    sums: list[tuple[Cell, ...]] = [
        (
            _word(DESK_STATE_NAMES, each.state, asked.language), each.accounts, each.late, each.unassigned,
            each.findings_open, each.oldest,
        )
        for each in counts
    ]  # fmt: skip
    headings = (
        Heading("账户编号", "Account", width=20), Heading("账户名称", "Name", width=36), Heading("区划代码", "Division"),
        Heading("行业代码", "Sector"), Heading("状态", "State"), Heading("版本", "Version", width=8),
        Heading("状态起始", "Since", width=20), Heading("已历时", "Age", "d", 10),
        Heading("待企业答复意见", "Findings to answer"), Heading("待判定答复", "Answers to judge"),
        Heading("核查机构", "Verifier", width=32), Heading("任务状态", "Assignment", width=20), Heading("期限", "Due"),
    )  # fmt: skip
    of_counts = (
        Heading("状态", "State"), Heading("账户数", "Accounts"), Heading("逾期", "Late"),
        Heading("未安排核查机构", "Without a verifier"), Heading("待答复意见", "Open findings"),
        Heading("最早进入该状态", "Oldest", width=20),
    )  # fmt: skip
    pages = [
        Sheet(f"{year} 核查进度", f"{year} verification", headings, rows, _notes(len(found))),
        Sheet("汇总", "Counts", of_counts, sums),
    ]
    return lambda: workbook(pages, asked.language)


@download("verification-assignments.xlsx")
async def assignments(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?year=&division=`: assignments, what is recorded of relations, and for an authority the workloads."""
    scope.require("console:read")
    year = asked.number("year", FIRST_YEAR, LAST_YEAR)
    found = await assigning.assignments(read, scope, year=year, under=await _under(read, scope, asked), limit=MOST + 1)
    bound = await assigning.relations(read, scope, limit=MOST)
    named = dict(
        zip(
            (each.verifier_id for each in bound),
            await identity.organisations_by_id(read, scope, [each.verifier_id for each in bound]),
            strict=True,
        )
    )
    day = today()
    rows: list[tuple[Cell, ...]] = [
        (
            each.account_number, each.enterprise_name, each.credit_code, str(each.year), each.verifier_name,
            _word(ASSIGNMENT_STATE_NAMES, each.state, asked.language), each.due_on,
            each.state in rules.OPEN and each.due_on < day, each.proposed_at, each.answered_at, each.ended_at,
            each.note, each.answer,
        )
        for each in found[:MOST]
    ]  # fmt: skip
    relations: list[tuple[Cell, ...]] = [
        (
            "" if (of := named.get(each.verifier_id)) is None else of.name, each.credit_code,
            _word(RELATION_NAMES, each.kind, asked.language), each.starts_on, each.ends_on, each.is_own_word, each.note,
            each.recorded_at,
        )
        for each in bound
    ]  # fmt: skip
    headings = (
        Heading("账户编号", "Account", width=20), Heading("企业名称", "Enterprise", width=36),
        Heading("统一社会信用代码", "Credit code", width=24), Heading("核查年度", "Year"),
        Heading("核查机构", "Verifier", width=32), Heading("状态", "State", width=20), Heading("期限", "Due"),
        Heading("是否逾期", "Late"), Heading("提名时间", "Proposed", width=20), Heading("答复时间", "Answered", width=20),
        Heading("结束时间", "Ended", width=20), Heading("说明", "Note", width=40), Heading("答复", "Answer", width=40),
    )  # fmt: skip
    of_relations = (
        Heading("核查机构", "Verifier", width=32), Heading("企业统一社会信用代码", "Enterprise", width=24),
        Heading("利害关系", "Kind", width=24), Heading("起始日期", "From"), Heading("终止日期", "Until"),
        Heading("本机构申报", "Own word"), Heading("说明", "Note", width=48), Heading("登记时间", "Recorded", width=20),
    )  # fmt: skip
    pages = [
        Sheet("核查任务", "Assignments", headings, rows, _notes(len(found))),
        Sheet("利害关系", "Relations", of_relations, relations),
    ]
    if scope.kind is Kind.AUTHORITY:
        pages.append(await _workloads(read, scope))
    return lambda: workbook(pages, asked.language)


async def _workloads(read: Read, scope: Scope) -> Sheet:
    headings = (
        Heading("核查机构", "Verifier", width=32), Heading("待答复", "To answer"), Heading("进行中", "Open"),
        Heading("逾期", "Late"), Heading("本年完成", "Done this year"), Heading("下一期限", "Next due"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (each.name, each.proposed, each.open, each.late, each.done, each.next_due_on)
        for each in await assigning.workloads(read, scope, limit=MOST)
    ]
    return Sheet("工作量", "Workloads", headings, rows)


@download("tasks.xlsx")
async def tasks(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make what the caller has to do, by deadline."""
    found = await gathering.tasks(read, scope)
    place, day = 0 if asked.language == "zh" else 1, today()
    rows: list[tuple[Cell, ...]] = [
        (
            TASK_NAMES[each.kind][place], each.about, each.detail_zh if place == 0 else each.detail_en, each.due_on,
            None if each.due_on is None else (each.due_on - day).days, each.since,
        )
        for each in found[:MOST]
    ]  # fmt: skip
    headings = (
        Heading("事项", "Task", width=28), Heading("对象", "About", width=40), Heading("内容", "Detail", width=40),
        Heading("期限", "Due"), Heading("剩余", "Days left", "d", 10), Heading("产生时间", "Since", width=20),
    )  # fmt: skip
    return lambda: workbook([Sheet("待办事项", "Tasks", headings, rows, _notes(len(found)))], asked.language)


@download("invitation-files.xlsx")
async def invitation_files(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make the files of invitations, the newest first, with the faults that were listed."""
    of_authority(scope)
    found = await inviting.files(read, scope, limit=MOST + 1)
    states = {"received": "处理中", "stored": "已入库", "rejected": "有误退回", "failed": "无法读取"}
    rows: list[tuple[Cell, ...]] = [
        (
            each.file_name, _word(states, each.state.value, asked.language), each.row_count, each.fault_count,
            each.created_at, each.finished_at, each.sha256,
        )
        for each in found[:MOST]
    ]  # fmt: skip
    faults: list[tuple[Cell, ...]] = [
        (each.file_name, int(one["row"]), str(one["column"]), str(one[asked.language]))
        for each in found[:MOST]
        for one in each.faults
    ]
    headings = (
        Heading("文件名", "File", width=40), Heading("状态", "State"), Heading("企业数", "Enterprises"),
        Heading("问题数", "Faults"), Heading("上传时间", "Uploaded", width=20), Heading("完成时间", "Finished", width=20),
        Heading("SHA-256", "SHA-256", width=66),
    )  # fmt: skip
    of_faults = (
        Heading("文件名", "File", width=40), Heading("行", "Row", width=8), Heading("列", "Column"),
        Heading("问题", "Fault", width=80),
    )  # fmt: skip
    pages = [
        Sheet("邀请名单", "Files", headings, rows, _notes(len(found))),
        Sheet("问题", "Faults", of_faults, faults),
    ]
    return lambda: workbook(pages, asked.language)


@download("enterprise-invitations-template.xlsx")
async def template(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make the empty file of enterprises to invite, with the divisions and sectors it may name."""
    may_invite(scope)
    pack = await tenants.pack_in_force(read, scope)
    divisions = await tenants.divisions(read, scope, scope.region)
    del asked  # its titles stand in both languages
    lists = [
        ("区划代码 Divisions", [(each.code, each.name_zh, each.name_en) for each in divisions]),
        ("行业代码 Sectors", [(each.code, each.name_zh, each.name_en) for each in pack.sectors]),
    ]
    return lambda: _template(lists)


def _template(lists: list[tuple[str, list[tuple[str, str, str]]]]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="carbon-template-") as folder:
        path = Path(folder) / "file.xlsx"
        sheets.write_template(INVITATIONS_FILE, "xlsx", path, lists=lists)
        return path.read_bytes()
