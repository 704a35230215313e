"""Regions on the wire, all of it."""

import strawberry

from backend.regions import tables, tables_dashboard, tables_reports
from backend.regions.schema_balances import BalancesMutation, BalancesQuery
from backend.regions.schema_dashboard import DashboardQuery
from backend.regions.schema_ledger import LedgerYearMutation, LedgerYearQuery
from backend.regions.schema_opendata import OpenDataMutation, OpenDataQuery
from backend.regions.schema_overview import OverviewQuery


@strawberry.type
class RegionsQuery(DashboardQuery, LedgerYearQuery, OverviewQuery, BalancesQuery, OpenDataQuery):
    """Reading the city's ledger."""


@strawberry.type
class RegionsMutation(LedgerYearMutation, BalancesMutation, OpenDataMutation):
    """Commands of the city's ledger."""


TABLES = tables, tables_dashboard, tables_reports
"""The files this noun offers; importing them is offering them."""
