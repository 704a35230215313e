"""The standing's part of the main job: the year is scored, stated in a signed document, and read by a bank that may."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.table import Table

from backend.demo.client import Client, JourneyFailed
from backend.kit.clock import today
from backend.kit.quantities import display
from backend.kit.settings import Settings

SCOPES = ("indicators", "statement")
OPEN_FOR = timedelta(days=730)
GRADED = "GRADED"
Tell = Callable[[str], None]


async def score(manager: Client, clerk: Client, account: dict[str, Any], tell: Tell) -> dict[str, Any] | None:
    """Return the account's score; have it computed where there is none that rests on the year's inventory."""
    found = await _score(manager, account)
    if found is None or found["state"] != GRADED:
        # Workers do it by themselves, some minutes after the inputs; an authority may ask for it now.
        asked = await clerk.run("RequestGreenScore", input={"accountId": account["id"]})
        await clerk.job(asked["jobId"])
        found = await _score(manager, account)
        tell("scored")
    return found


async def _score(manager: Client, account: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    return await manager.run("GreenScore", accountId=account["id"])


async def statement(officer: Client, account: dict[str, Any], year: int, tell: Tell) -> dict[str, Any]:
    """Return the account's newest statement of the year, issued now where there is none."""
    first, last = date(year, 1, 1).isoformat(), date(year, 12, 31).isoformat()
    issued = (await officer.run("AccountStatements", accountId=account["id"], first=20))["nodes"]
    for each in issued:
        if (each["periodFrom"], each["periodTo"]) == (first, last):
            return each
    made = await officer.run(
        "IssueAccountStatement",
        input={"accountId": account["id"], "periodFrom": first, "periodTo": last},
        idempotencyKey=f"demonstration-statement-{year}",
    )
    tell(f"stated as {made['statement']['number']}")
    return made["statement"]


async def read_by(bank: Client, officer: Client, account: dict[str, Any], tell: Tell) -> dict[str, Any] | str:
    """Return what the bank reads of the account, or in words why it is refused.

    The enterprise consents once: who took the consent back by hand is not asked again.
    """
    own = (await bank.run("Me"))["organisation"]
    known = (await officer.run("Consents", first=100))["nodes"]
    if all(each["bank"]["id"] != own["id"] for each in known):
        await officer.run(
            "GrantConsent",
            input={
                "bankId": own["id"], "scopes": list(SCOPES), "purpose": "绿色信贷评审（演示）",
                "startsOn": today().isoformat(), "endsOn": (today() + OPEN_FOR).isoformat(),
            },
        )  # fmt: skip
        tell("consented to the bank's reading")
    try:
        return await bank.run("BorrowerScore", borrowerKey=account["number"]) or ""
    except JourneyFailed as error:
        return str(error)


async def kept(officer: Client, settings: Settings, stated: dict[str, Any]) -> Path:
    """Return where the statement's Chinese PDF lies in the data folder, fetched once."""
    path = settings.data_dir / f"demonstration-{stated['number']}.pdf"
    if not path.exists():
        pdf = next(each for each in stated["files"] if each["kind"].upper() == "PDF" and each["language"] == "zh")
        path.write_bytes(await officer.download(pdf["downloadUrl"].removeprefix(f"/{officer.tenant}")))
    return path


def score_table(told: dict[str, Any]) -> Table:
    """Return the grade with what helps and harms it most, and the cheapest way to the next grade."""
    name, grade = told["modelName"], told["grade"] or told["state"].lower()
    found = Table(
        title=f"{name['zh']} {name['en']} · {told['year']} · {grade} {told['gradeName']['zh']} · {_two(told['points'])}",
        caption=f"{told['modelCode']} v{told['modelVersion']}, valid until 有效期至 {told['validUntil']}"
        + (" · placeholder, no official rule 占位模型" if told["isPlaceholder"] else ""),
    )
    found.add_column()
    found.add_column("reasons 原因", overflow="fold")
    for sign, words in (("+", told["helps"]), ("-", told["harms"])):
        for each in words:
            found.add_row(sign, f"{each['zh']}\n[dim]{each['en']}[/]")
    if told["nextGrade"] and told["steps"]:
        found.add_section()
        for each in told["steps"]:
            found.add_row(f"→ {told['nextGrade']}", f"{each['words']['zh']}\n[dim]{each['words']['en']}[/]")
    return found


def statement_table(base_url: str, tenant: str, stated: dict[str, Any], path: Path) -> Table:
    """Return where the statement lies and where anybody verifies it."""
    found = _plain(f"account statement 碳账户报告 {stated['number']}")
    found.add_row("period 期间", f"{stated['periodFrom']} – {stated['periodTo']}")
    found.add_row("PDF", str(path))
    found.add_row("also 另有", ", ".join(_kinds(stated)))
    found.add_row("verify 查验", f"{base_url}/{tenant}/verify/{stated['number']}")
    return found


def read_table(read: dict[str, Any] | str) -> Table:
    """Return what the bank was told, and until when; or why it was told nothing."""
    found = _plain("read by the bank 银行读取")
    if isinstance(read, str):
        found.add_row("refused 拒绝" if read else "score 评分", read or "none yet 尚无评分")
        return found
    found.add_row("score 评分", f"{read['grade'] or read['state'] or '-'} · {_two(read['points'])}")
    found.add_row("consent 授权", f"{', '.join(read['scopes'])} · {read['endsOn']}")
    found.add_row("logged 记录", f"{read['readAt'][:19]}Z")
    return found


def _kinds(stated: dict[str, Any]) -> list[str]:
    return [f"{each['kind'].lower()} {each['language']}".strip() for each in stated["files"]]


def _plain(title: str) -> Table:
    found = Table(title=title, show_header=False)
    for _ in range(2):
        found.add_column(overflow="fold")
    return found


def _two(points: str | None) -> str:
    return "-" if points is None else display(Decimal(points), 2)
