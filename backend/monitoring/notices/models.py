"""Tables of notices. Notices, readers and deliveries are written by the server function `monitoring_notify`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base
from backend.monitoring.notices.values import Channel, NoticeState

CHANNELS = tuple(each.value for each in Channel)
STATES = tuple(each.value for each in NoticeState)


class Notice(Base):
    """What an organisation was told; the same `key` once. `link` is the type and ids of what it leads to."""

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("kind <> '' and key <> '' and subject_zh <> '' and subject_en <> ''", name="texts"),
        UniqueConstraint("organisation_id", "key"),
        Index(None, "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    key: Mapped[str]
    kind: Mapped[str]
    subject_zh: Mapped[str]
    subject_en: Mapped[str]
    text_zh: Mapped[str]
    text_en: Mapped[str]
    link: Mapped[list[Any]]
    created_at: Mapped[datetime]


class NoticeReader(Base):
    """A person a notice is for, and since when it is read."""

    __tablename__ = "notice_reader"
    __table_args__ = (
        Index(None, "notice_id"),
        Index("ix_notice_reader_unread", "person_id", "organisation_id", postgresql_where=text("read_at is null")),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    read_at: Mapped[datetime | None]


class NoticePreference(Base):
    """Whether a person wants notices by e-mail, too; who has none said gets them."""

    __tablename__ = "notice_preference"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    by_email: Mapped[bool]
    changed_at: Mapped[datetime]


class NoticeEndpoint(Base):
    """Where an organisation's notices are sent, with the sealed secret they are signed with."""

    __tablename__ = "notice_endpoint"
    __table_args__ = (Index(None, "organisation_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    url: Mapped[str]
    description: Mapped[str]
    secret_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    failing_since: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class NoticeDelivery(Base):
    """One notice on its way to one person or endpoint. Its id is the message's, on every attempt."""

    __tablename__ = "notice_delivery"
    __table_args__ = (
        CheckConstraint(f"channel in {CHANNELS}", name="channel"),
        CheckConstraint("(channel = 'email') = (person_id is not null)", name="person"),
        CheckConstraint("(channel = 'webhook') = (endpoint_id is not null)", name="endpoint"),
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint("(state = 'waiting') = (next_at is not null)", name="next"),
        CheckConstraint("(state = 'waiting') = (ended_at is null)", name="ended"),
        Index(None, "organisation_id", "id"),
        Index(None, "notice_id"),
        Index("ix_notice_delivery_due", "next_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"))
    channel: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    endpoint_id: Mapped[UUID | None] = mapped_column(ForeignKey("notice_endpoint.id"))
    state: Mapped[str]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    last_status: Mapped[int | None]
    last_failure: Mapped[str]
    ended_at: Mapped[datetime | None]
