"""The standing's part of the main job: the year is scored, stated in a signed document, and read by a bank that may."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from rich.table import Table

from backend.demo.client import Client, JourneyFailed
from backend.kit.clock import today
from backend.kit.quantities import display

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


def tables(
    base_url: str, told: dict[str, Any] | None, stated: dict[str, Any], read: dict[str, Any] | str
) -> list[Any]:  # fmt: skip
    """Return score, statement and the bank's read as tables."""
    return [*([] if told is None else [_score_table(told)]), _statement_table(base_url, stated, read)]


def _score_table(told: dict[str, Any]) -> Table:
    """Return the grade with its three best helps and worst harms, and the cheapest way to the next grade."""
    points = "-" if told["points"] is None else display(Decimal(told["points"]), 1)
    name = f"{told['modelName']['zh']} {told['modelName']['en']}"
    found = Table(
        title=f"{name} · {told['year']} · {told['grade'] or told['state'].lower()} {told['gradeName']['zh']} · {points}",
        caption=f"{told['modelCode']} v{told['modelVersion']}, valid until {told['validUntil']}"
        + (" · placeholder model 占位模型，非官方规则" if told["isPlaceholder"] else ""),
    )
    for title in ("", "why 原因"):
        found.add_column(title)
    for sign, name in (("+", "helps"), ("-", "harms")):
        for each in told[name]:
            found.add_row(sign, f"{each['zh']}\n[dim]{each['en']}[/]")
    for each in told["gates"]:
        if not each["isOpen"]:
            found.add_row("!", f"{each['reason']['zh']}\n[dim]{each['reason']['en']}[/]")
    if told["nextGrade"] and told["steps"]:
        found.add_section()
    for each in told["steps"] if told["nextGrade"] else ():
        found.add_row(f"→ {told['nextGrade']}", f"{each['words']['zh']}\n[dim]{each['words']['en']}[/]")
    return found


def _statement_table(base_url: str, stated: dict[str, Any], read: dict[str, Any] | str) -> Table:
    found = Table(title=f"account statement 账户对账单 {stated['number']}", show_header=False)
    for _ in range(2):
        found.add_column(overflow="fold")
    found.add_row("period 期间", f"{stated['periodFrom']} – {stated['periodTo']}")
    for each in stated["files"]:
        found.add_row(f"{each['kind'].lower()} {each['language']}".strip(), f"{base_url}{each['downloadUrl']}")
    found.add_row("verify 查验", stated["verifyUrl"])
    found.add_section()
    if isinstance(read, str):
        found.add_row("read by bank 银行读取", read or "no score 尚无评分")
        return found
    found.add_row(
        "read by bank 银行读取",
        f"{read['grade'] or (read['state'] or '-').lower()} · {read['points']} · scopes {', '.join(read['scopes'])}"
        f" until {read['endsOn']}; logged at {read['readAt']}",
    )
    return found
