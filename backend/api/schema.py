"""One schema of all nouns: each brings its `Query`, `Mutation` and `Subscription`."""

import strawberry

from backend.accounts.schema import AccountsQuery
from backend.accounts.schema_commands import AccountsMutation
from backend.budgets.schema import BudgetsMutation, BudgetsQuery
from backend.console.schema import ConsoleMutation, ConsoleQuery
from backend.credits.schema import CreditsMutation, CreditsQuery
from backend.emissions.schema import EmissionsMutation, EmissionsQuery
from backend.esg.schema import EsgMutation, EsgQuery
from backend.factors.schema import FactorsMutation, FactorsQuery
from backend.identity.schema import IdentityQuery
from backend.identity.schema_commands import IdentityMutation
from backend.jobs.schema import JobsMutation, JobsQuery, JobsSubscription
from backend.keyunits.schema import KeyunitsMutation, KeyunitsQuery
from backend.knowledge.schema import KnowledgeMutation, KnowledgeQuery
from backend.ledger.schema import LedgerMutation, LedgerQuery
from backend.lending.schema import LendingMutation, LendingQuery, LendingSubscription
from backend.monitoring.schema import MonitoringMutation, MonitoringQuery
from backend.parks.schema import ParksMutation, ParksQuery
from backend.projects.schema import ProjectsMutation, ProjectsQuery
from backend.quotas.schema import QuotasMutation, QuotasQuery
from backend.regions.schema import RegionsMutation, RegionsQuery
from backend.scores.schema import ScoresMutation, ScoresQuery
from backend.statements.schema import StatementsMutation, StatementsQuery
from backend.targets.schema import TargetsMutation, TargetsQuery
from backend.tenants.schema import TenantsQuery
from backend.wire import inputs, nodes, scalars
from backend.wire.context import Info


@strawberry.type
class NodeQuery:
    """The root field that belongs to no noun."""

    @strawberry.field(description="Anything with a global id, or null when it is not there or not yours.")
    async def node(self, info: Info, id: strawberry.ID) -> nodes.Node | None:  # noqa: A002 - the wire's word
        """Fetch anything by its global id."""
        return await nodes.fetch(info.context, id)


@strawberry.type(description="Reads. What is not yours is not there.")
class Query(
    NodeQuery,
    TenantsQuery,
    IdentityQuery,
    FactorsQuery,
    AccountsQuery,
    EmissionsQuery,
    LedgerQuery,
    CreditsQuery,
    QuotasQuery,
    EsgQuery,
    RegionsQuery,
    BudgetsQuery,
    ProjectsQuery,
    ParksQuery,
    KnowledgeQuery,
    KeyunitsQuery,
    MonitoringQuery,
    TargetsQuery,
    ScoresQuery,
    StatementsQuery,
    LendingQuery,
    ConsoleQuery,
    JobsQuery,
):
    """Reads."""


@strawberry.type(description="Commands: one transaction each, idempotent by key.")
class Mutation(
    IdentityMutation,
    FactorsMutation,
    AccountsMutation,
    EmissionsMutation,
    LedgerMutation,
    CreditsMutation,
    QuotasMutation,
    EsgMutation,
    RegionsMutation,
    BudgetsMutation,
    ProjectsMutation,
    ParksMutation,
    KnowledgeMutation,
    KeyunitsMutation,
    MonitoringMutation,
    TargetsMutation,
    ScoresMutation,
    StatementsMutation,
    LendingMutation,
    ConsoleMutation,
    JobsMutation,
):
    """Commands."""


@strawberry.type(description="Watching work until it ends, and what changes.")
class Subscription(LendingSubscription, JobsSubscription):
    """Watching work."""


schema = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription, config=scalars.configuration())
"""Built once, when the process starts."""
inputs.prepare(schema)
