"""Console on the wire, put together."""

import strawberry

from backend.console import tables
from backend.console.schema_assigning import AssigningMutation, AssigningQuery
from backend.console.schema_city import CityQuery
from backend.console.schema_inviting import InvitingQuery
from backend.console.schema_onboarding import OnboardingMutation, OnboardingQuery
from backend.console.schema_tasks import TasksQuery

TABLES = tables
"""The files this noun offers; importing them is offering them."""


@strawberry.type
class ConsoleQuery(OnboardingQuery, InvitingQuery, AssigningQuery, TasksQuery, CityQuery):
    """Reading console."""


@strawberry.type
class ConsoleMutation(OnboardingMutation, AssigningMutation):
    """Commands of console."""
