"""A bank's file of loans through the front door: all of it or nothing, each fault told with its row."""

import csv
import io
from datetime import date
from typing import Any

import httpx
import openpyxl
import pytest
from factories import identity
from factories.api import Client
from factories.identity import Made, bank, enterprise

from backend.api.loans import LARGEST
from backend.kit.db import Databases
from backend.kit.tables import XLSX
from backend.lending import service
from backend.lending.loans.values import MOST_LOANS

TITLES = "贷款编号,统一社会信用代码,贷款类型,发放日,到期日,余额日,余额（元）,发放时等级"
DOOR = "/wuxi/bank/loans"


def line(code: str, number: int = 1, **given: str) -> str:
    usual = {
        "reference": f"L-{number}", "code": code, "kind": "流动资金", "opened": "2024-03-01", "ends": "",
        "as_of": "2025-12-31", "outstanding": f"{number}.50", "grade": "B",
    }  # fmt: skip
    return ",".join({**usual, **given}.values())


def file(*lines: str) -> bytes:
    return ("\ufeff" + "\r\n".join((TITLES, *lines)) + "\r\n").encode()


async def post(client: Client, content: bytes) -> httpx.Response:
    return await client.http.post(DOOR, content=content, headers=client.headers)


async def listed(databases: Databases, lender: Made) -> list[Any]:
    async with databases.read(lender.scope) as read:
        return await service.loans(read, lender.scope, limit=100)


@pytest.fixture
async def lender(databases: Databases) -> Made:
    return await bank(databases)


@pytest.fixture
async def officer(client: Client, lender: Made) -> Client:
    return await client.signed_in(lender)


@pytest.fixture
async def code(databases: Databases) -> str:
    return (await enterprise(databases)).credit_code


async def test_a_file_is_stored_and_sent_again_stores_nothing(
    databases: Databases, lender: Made, officer: Client, code: str
) -> None:
    content = file(
        line(code, 1), line(code, 2, kind="project", ends="2027-03-01", outstanding='"20,000,000.10"'), "", ",,,,,,,"
    )
    answer = await post(officer, content)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"rows": 2, "loans": 2, "balances": 2}
    assert (await post(officer, content)).json() == {"rows": 2, "loans": 0, "balances": 0}
    one, two = await listed(databases, lender)
    assert (one.reference, one.kind.value, one.ends_on, str(one.outstanding)) == (
        "L-1",
        "working_capital",
        None,
        "1.50",
    )
    assert (two.kind.value, two.ends_on, two.as_of) == ("project", date(2027, 3, 1), date(2025, 12, 31))
    assert (str(two.outstanding), two.grade_at_grant) == ("20000000.10", "B")


async def test_the_template_filled_in_comes_back_as_a_form(
    databases: Databases, lender: Made, officer: Client, code: str
) -> None:
    template = await officer.http.get(f"{DOOR}/template.xlsx", headers=officer.headers)
    assert (template.status_code, template.headers["content-type"]) == (200, XLSX)
    book = openpyxl.load_workbook(io.BytesIO(template.content))
    book["贷款"].append(["L-9", code, "固定资产", date(2024, 3, 1), None, date(2025, 12, 31), 1234567.89, ""])
    filled = io.BytesIO()
    book.save(filled)
    answer = await officer.http.post(
        DOOR, files={"file": ("贷款.xlsx", filled.getvalue(), XLSX)}, headers=officer.headers
    )
    assert answer.json() == {"rows": 1, "loans": 1, "balances": 1}, answer.text
    (one,) = await listed(databases, lender)
    assert (one.kind.value, one.opened_on, str(one.outstanding)) == ("fixed_asset", date(2024, 3, 1), "1234567.89")
    plain = await officer.http.get(f"{DOOR}/template.csv", headers=officer.headers)
    (titles,) = csv.reader(io.StringIO(plain.content.decode("utf-8-sig")))
    assert ",".join(titles) == TITLES


async def test_one_bad_row_of_twenty_thousand_stores_nothing(
    databases: Databases, lender: Made, officer: Client, code: str
) -> None:
    good = [line(code, number) for number in range(1, MOST_LOANS)]
    answer = await post(officer, file(*good, line(code, MOST_LOANS, outstanding="1.005")))
    assert answer.status_code == 400, answer.text
    told = answer.json()
    assert (told["code"], told["details"]["rows"]) == ("loan_file_faulty", "20001")
    (fault,) = told["details"]["faults"]
    assert (fault["row"], fault["column"], fault["code"]) == (20_001, "outstanding", "loan_outstanding_invalid")
    assert "L-20000" in fault["zh"]
    assert "L-20000" in fault["en"]
    assert await listed(databases, lender) == []
    whole = await post(officer, file(*good, line(code, MOST_LOANS)))
    assert whole.json() == {"rows": 20_000, "loans": 20_000, "balances": 20_000}
    again = await post(officer, file(*good, line(code, MOST_LOANS)))
    assert again.json() == {"rows": 20_000, "loans": 0, "balances": 0}
    more = await post(officer, file(*good, line(code, MOST_LOANS), line(code, MOST_LOANS + 1)))
    assert (more.status_code, more.json()["code"]) == (429, "too_many_rows")


async def test_every_fault_is_told_with_its_row_and_column(
    databases: Databases, lender: Made, officer: Client, code: str
) -> None:
    answer = await post(
        officer,
        file(
            line(code, 1), line("91320000", 2), line(code, 3, kind="房贷"), line(code, 4, opened="2024-13-01"),
            line(code, 5, as_of="2023-12-31"), line(code, 6, outstanding="一百万"), line(code, 1), line(code, 8, reference=""),
        ),
    )  # fmt: skip
    faults = answer.json()["details"]["faults"]
    assert [(each["row"], each["column"], each["code"]) for each in faults] == [
        (3, "credit_code", "credit_code_invalid"), (4, "kind", "loan_kind_unknown"), (5, "opened_on", "loan_cell_invalid"),
        (6, "as_of", "loan_dates_invalid"), (7, "outstanding", "loan_cell_invalid"), (8, "reference", "loan_twice"),
        (9, "reference", "loan_reference_invalid"),
    ]  # fmt: skip
    assert answer.json()["details"]["more"] == 0
    assert await listed(databases, lender) == []
    assert (await post(officer, file(line(code, 1)))).json()["loans"] == 1
    other = (await enterprise(databases)).credit_code
    answer = await post(officer, file(line(code, 7), line(other, 1, as_of="2026-01-31"), line(code, 1, kind="其他")))
    faults = answer.json()["details"]["faults"]
    # The third row names the day already given, and what is known of the loan is another kind.
    assert [(each["row"], each["code"]) for each in faults] == [(3, "loan_differs"), (4, "loan_differs")]
    assert [each.reference for each in await listed(databases, lender)] == ["L-1"]


async def test_every_fault_of_a_row_is_told_at_once(
    databases: Databases, lender: Made, officer: Client, code: str
) -> None:
    bad = line(
        "9132", 1, kind="房贷", opened="去年", ends="2023-01-01", as_of="2099-12-31", outstanding="-1", grade="甲" * 33
    )
    answer = await post(officer, file(bad, line(code, 2, reference="", as_of="?", outstanding="一")))
    told = answer.json()["details"]
    assert [(each["row"], each["column"], each["code"]) for each in told["faults"]] == [
        (2, "credit_code", "credit_code_invalid"), (2, "kind", "loan_kind_unknown"), (2, "opened_on", "loan_cell_invalid"),
        (2, "as_of", "loan_dates_invalid"), (2, "outstanding", "loan_outstanding_invalid"),
        (2, "grade_at_grant", "loan_grade_invalid"), (3, "reference", "loan_reference_invalid"),
        (3, "as_of", "loan_cell_invalid"), (3, "outstanding", "loan_cell_invalid"),
    ]  # fmt: skip
    assert (told["rows"], told["count"], told["listed"], told["more"]) == ("2, 3", 9, 9, 0)
    assert await listed(databases, lender) == []


async def test_what_is_known_as_another_loan_is_told_with_the_other_faults(
    databases: Databases, lender: Made, officer: Client, code: str
) -> None:
    await post(officer, file(line(code, 1)))
    other = (await enterprise(databases)).credit_code
    content = file(
        line(code, 2),
        line(other, 1, as_of="2026-01-31", outstanding="x"),
        line(code, 2, kind="项目", as_of="2026-01-31"),
    )
    faults = (await post(officer, content)).json()["details"]["faults"]
    assert [(each["row"], each["column"], each["code"]) for each in faults] == [
        (3, "outstanding", "loan_cell_invalid"), (3, "reference", "loan_differs"), (4, "reference", "loan_differs"),
    ]  # fmt: skip
    assert [each.reference for each in await listed(databases, lender)] == ["L-1"]


async def test_the_first_hundred_faults_are_listed_and_the_rest_counted(
    databases: Databases, lender: Made, officer: Client, code: str
) -> None:
    lines = [line(code, number, kind="房贷", outstanding="?") for number in range(1, 152)]
    told = (await post(officer, file(*lines))).json()
    assert (told["details"]["count"], told["details"]["listed"], told["details"]["more"]) == (302, 100, 202)
    assert (len(told["details"]["faults"]), told["details"]["faults"][-1]["row"]) == (100, 51)
    assert told["details"]["rows"] == "2, 3, 4, 5, 6, 7, 8, 9, 10, 11 …"
    assert await listed(databases, lender) == []


async def test_what_is_no_such_file_is_refused(databases: Databases, lender: Made, officer: Client, code: str) -> None:
    for content, status, told in (
        (b"PK\x03\x04 no workbook", 400, "file_unreadable"),
        (b"", 400, "header_missing"),
        ("姓名,电话\r\n李明,1\r\n".encode(), 400, "header_missing"),
        (file(), 400, "loans_missing"),
        (file(line(code)) + b" " * LARGEST, 413, "file_too_large"),
    ):
        answer = await post(officer, content)
        assert (answer.status_code, answer.json()["code"]) == (status, told), answer.text
    assert await listed(databases, lender) == []


async def test_only_a_bank_brings_loans(client: Client, databases: Databases, code: str) -> None:
    for made in (await enterprise(databases), await identity.authority(databases)):
        someone = await client.signed_in(made)
        assert (await post(someone, file(line(code)))).status_code == 403
        assert (await someone.http.get(f"{DOOR}/template.xlsx", headers=someone.headers)).status_code == 403
    assert (await post(client, file(line(code)))).status_code == 401
