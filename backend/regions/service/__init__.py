"""What the rest of the house may ask of regions."""

from backend.regions.balances.deciding import decide_balance
from backend.regions.balances.importing import read_balance
from backend.regions.balances.queries import top_down, top_downs, top_downs_of
from backend.regions.balances.recording import record_balance
from backend.regions.figures.queries import activity
from backend.regions.figures.queries import standing as figures
from backend.regions.figures.recording import record_figures
from backend.regions.ledger.overview import city_ledger_overview
from backend.regions.ledger.viewing import city_ledger
from backend.regions.opendata.publishing import open_table, open_year, open_years, publish_year
from backend.regions.places import own_division
from backend.regions.rollups.queries import account_months, account_years, months, standings, years
from backend.regions.rollups.rolling import check, rebuild, roll, waits

__all__ = [
    "account_months",
    "account_years",
    "activity",
    "check",
    "city_ledger",
    "city_ledger_overview",
    "decide_balance",
    "figures",
    "months",
    "open_table",
    "open_year",
    "open_years",
    "own_division",
    "publish_year",
    "read_balance",
    "rebuild",
    "record_balance",
    "record_figures",
    "roll",
    "standings",
    "top_down",
    "top_downs",
    "top_downs_of",
    "waits",
    "years",
]
