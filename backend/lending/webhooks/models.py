"""Tables of webhooks. Events and deliveries are written by the server functions of `migrations/sql/0027_webhooks.sql`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from backend.kit.orm import Base
from backend.lending.webhooks.values import DeliveryState, DisabledBecause, EventKind

EVENT_KINDS = tuple(each.value for each in EventKind)


class BankEvent(Base):
    """Something a bank is told of, written in the transaction of the change. Append-only.

    It says what changed, never what it is now. `consent_id` references nothing on purpose: a foreign key would hold the
    consent's row until a run of scores ends, and a revocation would wait for it. `facts` are what a credential's own status tells publicly.
    """

    __tablename__ = "bank_event"
    __table_args__ = (
        CheckConstraint(f"kind in {EVENT_KINDS}", name="kind"),
        Index(None, "bank_id", "at"),
        Index(None, "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str]
    at: Mapped[datetime]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("carbon_account.id"))
    consent_id: Mapped[UUID | None]
    score_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


class WebhookEndpoint(Base):
    """Where a bank is told. Secrets are sealed; `busy_until` belongs to the job that sends."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        CheckConstraint("(disabled_at is null) = (disabled_because = '')", name="disabled"),
        CheckConstraint(
            f"disabled_because in {('', *(each.value for each in DisabledBecause))}", name="disabled_because"
        ),
        CheckConstraint("(former_sealed is null) = (former_until is null)", name="former"),
        CheckConstraint("cardinality(events) > 0", name="events"),
        Index(None, "bank_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    url: Mapped[str]
    description: Mapped[str] = mapped_column(server_default=text("''"))
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret_sealed: Mapped[bytes]
    secret_at: Mapped[datetime]
    former_sealed: Mapped[bytes | None]
    former_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    failing_since: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_because: Mapped[str] = mapped_column(server_default=text("''"))
    removed_at: Mapped[datetime | None]
    busy_until: Mapped[datetime | None]


class WebhookDelivery(Base):
    """One event on its way to one endpoint. Its id is the message's, on every attempt."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint(f"state in {tuple(each.value for each in DeliveryState)}", name="state"),
        CheckConstraint("(state = 'waiting') = (next_at is not null)", name="next"),
        CheckConstraint("(state = 'waiting') = (ended_at is null)", name="ended"),
        Index(None, "endpoint_id", "id"),
        Index(None, "event_id"),
        Index("ix_webhook_delivery_ended", "ended_at", postgresql_where=text("ended_at is not null")),
        Index("ix_webhook_delivery_due", "endpoint_id", "next_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoint.id"))
    event_id: Mapped[UUID] = mapped_column(ForeignKey("bank_event.id"))
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    last_status: Mapped[int | None]
    last_failure: Mapped[str] = mapped_column(server_default=text("''"))
    ended_at: Mapped[datetime | None]
