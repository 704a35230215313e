"""A bank's program: loans, terms and portfolio by a token of client credentials; statements do not grow with borrowers."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from factories import figures
from factories.api import Client
from factories.identity import bank, consented, enterprise
from factories.lending import counted, lent, scored
from factories.scores import Year, a_sector, made_firm

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.lending import service
from backend.lending.loans.values import LoanDraft, LoanKind
from backend.scores import service as scores

D = Decimal


async def program(client: Client, made: Any, *permissions: str) -> Client:
    """Return a caller by a token the bank's program got with its own secret."""
    person = await client.signed_in(made)
    created = (await person.named("CreateApiClient", input={"name": "信贷系统", "permissions": list(permissions)}))[
        "createApiClient"
    ]
    given = {
        "grant_type": "client_credentials", "client_id": created["clientId"], "client_secret": created["clientSecret"],
    }  # fmt: skip
    answer = await client.http.post("/wuxi/oauth/token", data=given)
    assert answer.status_code == 200, answer.text
    return person.as_(answer.json()["access_token"])


def loan(code: str, reference: str, outstanding: str, **given: Any) -> dict[str, Any]:
    return {
        "reference": reference, "creditCode": code, "kind": "WORKING_CAPITAL", "openedOn": "2024-03-01",
        "asOf": (today() - timedelta(days=1)).isoformat(), "outstanding": outstanding, "gradeAtGrant": "C", **given,
    }  # fmt: skip


async def test_a_program_keeps_loans_and_terms_and_sees_the_portfolio(databases: Databases, client: Client) -> None:
    lender = await bank(databases)
    year = today().year - 1
    firm = await made_firm(
        databases, sector=a_sector(), years={year: Year(scope1="600", electricity="400", scope3="50", state="verified")}
    )
    await figures.recorded(
        databases, firm.held, year, figures.figure("equity", "80000000"), figures.figure("debt", "40000000")
    )
    async with databases.read(Scope.system("wuxi")) as read:
        model = await scores.active_model(read, Scope.system("wuxi"), today())
    grade = model.content.grades[1].code
    await scored(databases, firm.held, grade=grade, model=model.code)
    await consented(databases, firm.held.holder, lender, ("score", "statement"))
    stranger = await enterprise(databases)
    code, other = firm.held.holder.credit_code, stranger.credit_code
    caller = await program(client, lender, "lending:read", "lending:manage")
    sent = {
        "loans": [
            loan(code, "L-1", "10000000"), loan(code, "L-2", "20000000", kind="PROJECT"), loan(other, "L-3", "5000000"),
        ]
    }  # fmt: skip
    stored = (await caller.named("RecordLoans", input=sent))["recordLoans"]
    assert stored == {"__typename": "LoansRecorded", "loans": 3, "balances": 3}
    refused = (await caller.named("RecordLoans", input={"loans": [loan(code, "L-4", "1.001")]}))["recordLoans"]
    assert (refused["code"], refused["path"]) == (
        "loan_outstanding_invalid", ["input", "loans", "0", "outstanding"],
    )  # fmt: skip
    nodes = (await caller.named("Loans", creditCode=code))["loans"]["nodes"]
    assert [(each["reference"], each["kind"], D(each["outstanding"])) for each in nodes] == [
        ("L-1", "WORKING_CAPITAL", D(10_000_000)), ("L-2", "PROJECT", D(20_000_000)),
    ]  # fmt: skip
    terms = {
        "modelCode": model.code, "validFrom": today().isoformat(), "note": "2026",
        "grades": [{"grade": grade, "limitCny": "50000000", "rateOffsetBp": "-25", "tenorMonths": 36}],
    }  # fmt: skip
    made = (await caller.named("RecordLoanTerms", input=terms))["recordLoanTerms"]["terms"]
    assert (made["version"], made["grades"][0]["rateOffsetBp"]) == (1, "-25")
    refused = (await caller.named("RecordLoanTerms", input=terms))["recordLoanTerms"]
    assert (refused["code"], refused["path"]) == ("loan_terms_overlap", ["input", "validFrom"])
    terms["grades"][0]["grade"] = "ZZZZ"
    refused = (await caller.named("RecordLoanTerms", input={**terms, "isReplacing": True}))["recordLoanTerms"]
    assert (refused["code"], refused["path"]) == ("loan_terms_grade_unknown", ["input", "grades", "0", "grade"])
    assert (await caller.named("LoanTerms"))["loanTerms"]["nodes"] == [made]
    page = (await caller.named("LoanPortfolio"))["loanPortfolio"]["nodes"]
    by_code = {each["creditCode"]: each for each in page}
    seen, blind = by_code[code], by_code[other]
    assert (seen["grade"], seen["gradeAtGrant"], seen["terms"]["tenorMonths"], seen["loans"]) == (grade, "C", 36, 2)
    assert (D(seen["outstanding"]), D(seen["projectOutstanding"])) == (D(30_000_000), D(20_000_000))
    told = seen["financed"]
    assert (told["base"], told["quality"], told["missing"]) == ("EQUITY_AND_DEBT", 1, None)
    assert (D(told["attributed"]), told["confidence"]) == (D(10_000_000), "verified-by-lookup(secondary)")
    assert (D(told["attribution"]), D(told["scope12T"])) == (D("0.083333333333"), D("83.333333"))
    assert (blind["accountId"], blind["name"], blind["terms"], blind["financed"]["missing"]) == (
        None, "", None, "CONSENT",
    )  # fmt: skip
    sums = (await caller.named("LoanPortfolioSummary"))["loanPortfolioSummary"]
    assert (sums["borrowers"], D(sums["outstanding"]), D(sums["told"])) == (2, D(35_000_000), D(10_000_000))
    assert (D(sums["coverage"]), D(sums["scope12T"]), D(sums["quality"])) == (D("0.285714"), D("83.333333"), D(1))
    assert sums["missing"] == [{"reason": "CONSENT", "borrowers": 1}]
    assert [(each["modelCode"], each["grade"], each["borrowers"]) for each in sums["grades"]] == [
        (model.code, grade, 1), (None, None, 1),
    ]  # fmt: skip
    reader = await program(client, lender, "lending:read")
    refused = (await reader.named("RecordLoans", input=sent))["recordLoans"]
    assert refused["__typename"] == "ForbiddenError"


async def test_a_page_reads_those_it_shows_and_nobody_else(databases: Databases, client: Client) -> None:
    lender = await bank(databases)
    worlds = [await lent(databases, scopes=("score",), bank=lender) for _ in range(2)]
    worlds.sort(key=lambda each: each.held.holder.credit_code)
    caller = await program(client, lender, "lending:read", "lending:manage")
    codes = [each.held.holder.credit_code for each in worlds]
    await caller.named("RecordLoans", input={"loans": [loan(code, code, "1") for code in codes]})
    page = (await caller.named("LoanPortfolio", first=1))["loanPortfolio"]
    assert ([each["creditCode"] for each in page["nodes"]], page["pageInfo"]["hasNextPage"]) == (codes[:1], True)
    logs: list[list[str]] = []
    for world in worlds:
        scope = world.held.holder.scope
        async with databases.read(scope) as read:
            logs.append([each.what for each in await service.reads_of(read, scope, limit=9)])
    assert logs == [["portfolio"], []]
    rest = (await caller.named("LoanPortfolio", first=1, after=page["pageInfo"]["endCursor"]))["loanPortfolio"]
    assert ([each["creditCode"] for each in rest["nodes"]], rest["pageInfo"]["hasNextPage"]) == (codes[1:], False)


async def test_statements_do_not_grow_with_borrowers(databases: Databases) -> None:
    lender = await bank(databases)
    day = today() - timedelta(days=1)

    async def add(count: int) -> None:
        worlds = [await lent(databases, scopes=("score", "statement"), bank=lender) for _ in range(count)]
        drafts = [
            LoanDraft(code, code, LoanKind.OTHER, day, None, day, D(1))
            for code in (each.held.holder.credit_code for each in worlds)
        ]
        async with databases.write(lender.scope) as write:
            await service.record_loans(write, lender.scope, drafts)

    async def asked() -> int:
        with counted(databases) as seen:
            async with databases.write(lender.scope) as write:
                found = await service.portfolio(write, lender.scope)
        assert all(each.grade == "A" for each in found.borrowers)
        assert all(each.financed.missing is not None for each in found.borrowers)
        return len(seen)

    await add(1)
    few = await asked()
    await add(7)
    assert await asked() == few
