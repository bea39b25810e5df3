"""Incidents, what is still to be told of them, and to whom."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from storage.columns import Id, Moment, index_where
from storage.tables.base import metadata

incidents = Table(
    "incidents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("trouble", String(30), nullable=False),
    Column("symptom", String(30), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("gateway", String(50), nullable=False),
    Column("company_id", String(50), nullable=False, server_default=""),
    Column("cause", String(30)),
    Column("facts", JSON, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("acked_by", String(100)),
    Column("acked_at", Moment),
    Column("told_at", Moment),  # when it was told aloud last
    Index("ix_incidents_company", "company_id", "opened_at"),
    index_where(
        "uq_incidents_open", "closed_at IS NULL", "trouble", "gateway", "company_id", unique=True
    ),
)

incident_events = Table(
    "incident_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("incident_id", Id, ForeignKey("incidents.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("event", String(40), nullable=False),
    Column("facts", JSON, nullable=False),
)

cards = Table(
    "cards",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False, server_default="0"),
    Column("message_id", BigInteger, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("lost", Boolean, nullable=False, server_default=text("false")),  # not editable any more
    Index("ix_cards_chat", "chat_id", "thread_id"),
)

card_incidents = Table(
    "card_incidents",
    metadata,
    Column("card_id", Id, ForeignKey("cards.id"), primary_key=True),
    Column("incident_id", Id, ForeignKey("incidents.id"), primary_key=True, index=True),
    Column("shows_end", Boolean, nullable=False, server_default=text("false")),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False, server_default="0"),
    Column("incident_id", Id, ForeignKey("incidents.id"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("settled_at", Moment),
    Column("outcome", String(40)),
    index_where("ix_outbox_pending", "settled_at IS NULL", "id"),
)

remarks = Table(
    "remarks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False, server_default="0"),
    Column("kind", String(30), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("company_id", String(50), nullable=False, server_default=""),
    Column("gateway", String(50), nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("settled_at", Moment),
    Column("outcome", String(40)),
    index_where("ix_remarks_pending", "settled_at IS NULL", "id"),
)

pauses = Table(  # until when Telegram wants no message to a chat
    "pauses",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("since_at", Moment, nullable=False),
    Column("until_at", Moment, nullable=False),
)

backups = Table(
    "backups",
    metadata,
    Column("incident_id", Id, ForeignKey("incidents.id"), primary_key=True, autoincrement=False),
    Column("told_at", Moment, nullable=False),
)

held = Table(
    "held",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False, server_default="0"),
    Column("incident_id", Id, ForeignKey("incidents.id"), nullable=False),
    Column("kind", String(10), nullable=False),
)

mutes = Table(
    "mutes",
    metadata,
    Column("company_id", String(50), primary_key=True),
    Column("until_at", Moment, nullable=False),
    Column("muted_by", BigInteger, nullable=False),
    Column("name", String(100), nullable=False),
    Column("muted_at", Moment, nullable=False),
)

muted_spans = Table(  # the past of `mutes`: what reports leave out
    "muted_spans",
    metadata,
    Column("id", Id, primary_key=True),
    Column("company_id", String(50), nullable=False, server_default=""),
    Column("from_at", Moment, nullable=False),
    Column("to_at", Moment, nullable=False),
    Index("ix_muted_spans_to", "to_at"),
)

rests = Table(  # those without an end are on
    "rests",
    metadata,
    Column("id", Id, primary_key=True),
    Column("company_id", String(50), nullable=False),
    Column("from_at", Moment, nullable=False),
    Column("to_at", Moment),
    Column("rested_by", BigInteger, nullable=False),
    Column("name", String(100), nullable=False),
    index_where("uq_rests_present", "to_at IS NULL", "company_id", unique=True),
    Index("ix_rests_to", "to_at"),
)

chats = Table(
    "chats",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("title", String, nullable=False, server_default=""),
    Column("language", String(5)),
    Column("pairing_place", String(10), nullable=False, server_default="here"),
    Column("time_zone", String(40)),
    Column("quiet_from", Integer),
    Column("quiet_to", Integer),
    Column("added_at", Moment, nullable=False),
    Column("parked_at", Moment),
    Column("parked_reason", String(40)),
    Column("parked_tries", Integer, nullable=False, server_default="0"),
    Column("retry_at", Moment),
)

place_names = Table(  # of every place that was seen; thread 0 is the chat itself
    "place_names",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("thread_id", BigInteger, primary_key=True, autoincrement=False, server_default="0"),
    Column("name", String, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat_id", BigInteger, ForeignKey("chats.chat_id"), nullable=False),
    Column("thread_id", BigInteger, nullable=False, server_default="0"),
    Column("company_id", String(50), nullable=False, server_default=""),
    Column("severity", String(10), nullable=False),
    Column("added_by", BigInteger),
    Column("added_at", Moment, nullable=False),
    UniqueConstraint("chat_id", "thread_id", "company_id"),
)
