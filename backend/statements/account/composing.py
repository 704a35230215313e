"""From what was gathered to a statement; and every figure of a statement, by its id. Pure."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from backend.statements.account import emissions, standing, units
from backend.statements.account.gathered import Gathered
from backend.statements.account.values import Figure, StatementData, Subject


def compose(known: Gathered) -> StatementData:
    """Return the statement."""
    account, holder = known.account, known.holder
    years = emissions.year_emissions(known)
    score, score_note = standing.score(known)
    return StatementData(
        issuer=known.issuer,
        subject=Subject(
            account.id, account.number, account.name,
            "" if holder is None else holder.name, "" if holder is None else holder.name_en,
            "" if holder is None else holder.credit_code,
            account.sector, account.division_code, account.method_pack, account.is_demonstration,
        ),
        period_from=known.period.first,
        period_to=known.period.last,
        known_at=known.period.known_at,
        emissions=years,
        intensities=emissions.intensities(known, years),
        holdings=units.holdings(known),
        cover=units.cover(known),
        uses=units.uses(known),
        quotas=standing.quotas(known),
        budgets=standing.budgets(known),
        duties=standing.duties(known),
        score=score,
        score_note=score_note,
    )  # fmt: skip


def states_nothing(data: StatementData) -> bool:
    """Tell whether there is nothing of the account in the period: no inventory, no units, no obligation, no score."""
    has_inventory = any(each.inventory is not None for each in data.emissions)
    return not (has_inventory or data.intensities or data.holdings or data.quotas or data.score)


def figures(data: StatementData) -> dict[str, Figure]:
    """Return every figure of a statement by its id, in the order they appear."""
    return {each.id: each for each in _figures(data)}


def _figures(value: object) -> Iterator[Figure]:
    if isinstance(value, Figure):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from _figures(getattr(value, each.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _figures(each)
