"""Every table. Times are UTC; an empty string in `company_id` means "all" or "none"."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

from storage.columns import Id, Moment, index_where

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

companies = Table(
    "companies",
    metadata,
    Column("id", String(50), primary_key=True),
    Column("gateway", String(50), nullable=False, index=True),
    Column("session_key", String(100), nullable=False),
    Column("name", String, nullable=False, server_default=""),
    Column("expected_phone", String(20)),
    Column("linked_phone", String(20)),  # as the gateway told it since the last connection
    Column("max_files", Integer),
    Column("added_at", Moment, nullable=False),
    Column("connected_at", Moment),  # last time it was seen to become connected
    Column("down_since", Moment),  # null while connected
    Column("paired_at", Moment),  # last pairing that was proven
    Column("baseline_files", Integer),
    Column("baseline_at", Moment),
)

gateways = Table(
    "gateways",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("since_at", Moment, nullable=False),  # since when it answers, or does not
    Column("last_look_at", Moment, nullable=False),
    Column("last_ok_at", Moment),
    Column("reason", String, nullable=False, server_default=""),
)

session_states = Table(
    "session_states",
    metadata,
    Column("id", Id, primary_key=True),
    Column("company_id", String(50), ForeignKey("companies.id"), nullable=False),
    Column("state", String(20), nullable=False),
    Column("cause", String(30)),
    Column("since_at", Moment, nullable=False),
    Column("until_at", Moment),
    Index("ix_session_states_company_since", "company_id", "since_at"),
    index_where("uq_session_states_present", "until_at IS NULL", "company_id", unique=True),
)

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

chats = Table(
    "chats",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("title", String, nullable=False, server_default=""),
    Column("language", String(5)),
    Column("added_at", Moment, nullable=False),
    Column("parked_at", Moment),
    Column("parked_reason", String(40)),
    Column("trusts_admins", Boolean, nullable=False, server_default=text("false")),
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

grants = Table(
    "grants",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", BigInteger, nullable=False, index=True),
    Column("role", String(10), nullable=False),
    Column("company_id", String(50), nullable=False, server_default=""),
    Column("granted_by", BigInteger, nullable=False),
    Column("granted_at", Moment, nullable=False),
    Column("revoked_by", BigInteger),
    Column("revoked_at", Moment),
)

people = Table(
    "people",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False, server_default=""),
    Column("stranger_told_at", Moment),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("action", String(30), nullable=False),
    Column("company_id", String(50), nullable=False, server_default=""),
    Column("details", JSON, nullable=False),
    Column("update_key", String(60), unique=True),
    Column("finished_at", Moment),
    Column("outcome", String(60)),
)

confirmations = Table(
    "confirmations",
    metadata,
    Column("nonce", String(20), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("action", String(30), nullable=False),
    Column("company_id", String(50), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

procedures = Table(
    "procedures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("company_id", String(50), ForeignKey("companies.id"), nullable=False),
    Column("step", String(20), nullable=False),
    Column("asked_by", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False, server_default="0"),
    Column("facts", JSON, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("step_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("outcome", String(40)),
    index_where("uq_procedures_running", "finished_at IS NULL", "company_id", unique=True),
)

pairings = Table(
    "pairings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("company_id", String(50), ForeignKey("companies.id"), nullable=False),
    Column("asked_by", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False, server_default="0"),
    Column("message_id", BigInteger),  # the photo, once it was sent
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", String(20)),
    index_where("uq_pairings_live", "ended_at IS NULL", "company_id", unique=True),
)

file_counts = Table(
    "file_counts",
    metadata,
    Column("company_id", String(50), ForeignKey("companies.id"), primary_key=True),
    Column("hour", Moment, primary_key=True),
    Column("looked_at", Moment, nullable=False),
    Column("total", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("by_kind", JSON, nullable=False),
    Column("oldest_at", Moment),
    Column("newest_at", Moment),
    Column("creds", String(15), nullable=False),
)

log_positions = Table(
    "log_positions",
    metadata,
    Column("path", String, primary_key=True),
    Column("inode", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),  # bytes; the beginning of a line
    Column("head", String(64), nullable=False),  # sha256 of the first bytes: tells files apart
    Column("head_bytes", Integer, nullable=False),
    Column("followed_at", Moment, nullable=False),
    Column("read_at", Moment, nullable=False),
)

log_counts = Table(
    "log_counts",
    metadata,
    Column("gateway", String(50), primary_key=True),
    Column("company_id", String(50), primary_key=True),
    Column("slot_at", Moment, primary_key=True),  # the ten minutes that begin here
    Column("pattern", String(30), primary_key=True),
    Column("n", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    Index("ix_log_counts_slot", "slot_at"),
)
