"""Figures for Prometheus, a registry for each process."""

from collections.abc import Iterable
from time import monotonic

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from backend.jobs import queries
from backend.kit.db import Databases, Read
from backend.kit.logs import log
from backend.kit.outages import is_outage
from backend.kit.scope import Scope
from backend.ledger import service as ledger

BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
JOBS_SECONDS = 5.0
"""How old the job figures may be: scrapes must not become load."""
CONTENT_TYPE = CONTENT_TYPE_LATEST

logger = log(__name__)


class Metrics:
    """What this process counts. Operations that are not ours are counted under one name, `free`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "carbon_http_requests", "HTTP requests.", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "carbon_http_request_seconds",
            "Time to answer a request.",
            ["route"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.operations = Counter(
            "carbon_graphql_operations", "GraphQL operations by outcome: ok, or the first error's code.",
            ["tenant", "operation", "outcome"], registry=self.registry,
        )  # fmt: skip
        self.operation_seconds = Histogram(
            "carbon_graphql_operation_seconds", "Time to execute an operation.", ["operation"], buckets=BUCKETS,
            registry=self.registry,
        )  # fmt: skip
        self.subscriptions = Gauge(
            "carbon_graphql_subscriptions", "Subscriptions open now.", ["tenant"], registry=self.registry
        )
        self._jobs = Gauge("carbon_jobs", "Jobs by state.", ["tenant", "kind", "state"], registry=self.registry)
        self._pool = Gauge(
            "carbon_database_connections", "Connections of this process.", ["tenant", "state"], registry=self.registry
        )
        self._sound = Gauge(
            "carbon_ledger_sound", "Whether the last checks of books and journal held: 1, or 0 (act at once).",
            ["tenant"], registry=self.registry,
        )  # fmt: skip
        self._checked = Gauge(
            "carbon_ledger_checked_at_seconds", "When the books were checked last, in seconds since 1970.", ["tenant"],
            registry=self.registry,
        )  # fmt: skip
        self._recomputed = Gauge(
            "carbon_ledger_recomputed_at_seconds", "When the journal was recomputed last, in seconds since 1970.",
            ["tenant"], registry=self.registry,
        )  # fmt: skip
        self._frozen = Gauge(
            "carbon_ledger_classes_frozen", "Classes of units whose book is frozen.", ["tenant"], registry=self.registry
        )
        self._jobs_at = -JOBS_SECONDS

    async def exposition(self, databases: Databases) -> bytes:
        """Return the text Prometheus reads."""
        if monotonic() - self._jobs_at >= JOBS_SECONDS:
            self._jobs_at = monotonic()
            await self._count_jobs(databases, databases.tenants)
        for tenant in databases.tenants:
            pool = databases.engine(tenant).pool
            for state in ("checkedin", "checkedout"):
                self._pool.labels(tenant, state).set(getattr(pool, state)())
        return generate_latest(self.registry)

    async def _count_jobs(self, databases: Databases, tenants: Iterable[str]) -> None:
        self._jobs.clear()
        for tenant in tenants:
            scope = Scope.system(tenant)
            try:
                async with databases.read(scope) as read:
                    counts = await queries.counts(read, scope)
                    await self._look_at_books(read, scope)
            except Exception as error:
                if not is_outage(error):
                    raise
                logger.warning("jobs_not_counted", tenant=tenant)
                continue
            for (kind, state), number in counts.items():
                self._jobs.labels(tenant, kind, state).set(number)

    async def _look_at_books(self, read: Read, scope: Scope) -> None:
        """Tell how the last checks of the books ended; nothing before the first."""
        shown = {ledger.CheckKind.INVARIANTS: self._checked, ledger.CheckKind.JOURNAL: self._recomputed}
        last = {kind: await ledger.last_check(read, scope, kind) for kind in shown}
        found = {kind: each for kind, each in last.items() if each is not None}
        if found:
            self._sound.labels(scope.tenant).set(int(all(each.is_sound for each in found.values())))
        for kind, each in found.items():
            shown[kind].labels(scope.tenant).set(each.finished_at.timestamp())
        frozen = [each for each in await ledger.unit_classes(read, scope) if each.frozen_at is not None]
        self._frozen.labels(scope.tenant).set(len(frozen))
