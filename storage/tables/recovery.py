"""What is being done to bring a session back."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    text,
)

from storage.columns import Id, Moment, index_where
from storage.tables.base import metadata

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
    Column("wanted_at", Moment),  # when a person wanted the bot's own act to give way
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
    # Telegram numbers the messages that one reader alone sees apart from all others.
    Column("reader_id", BigInteger),
    Column("message_id", BigInteger),  # the message that may show a code, once it was sent
    Column("means", String(5), nullable=False, server_default="qr"),
    Column("phone", String(15)),  # the number that a code to be typed in is for
    Column("started_at", Moment, nullable=False),
    Column("used_at", Moment),  # when its code was seen to be taken
    Column("ended_at", Moment),
    Column("outcome", String(20)),
    # A code was asked for: the directory names an account that has not agreed.
    Column("half_linked", Boolean, nullable=False, server_default=text("false")),
    index_where("uq_pairings_live", "ended_at IS NULL", "company_id", unique=True),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("incident_id", Id, ForeignKey("incidents.id"), nullable=False, index=True),
    Column("company_id", String(50), nullable=False),
    Column("rung", String(20), nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", String(40)),
    Index("ix_attempts_company", "company_id", "at"),
)

code_requests = Table(
    "code_requests",
    metadata,
    Column("id", Id, primary_key=True),
    Column("phone", String(15), nullable=False),
    Column("at", Moment, nullable=False),
    Column("stopped_until", Moment),  # the gateway wanted a pause
    Index("ix_code_requests_phone", "phone", "at"),
)

restarts = Table(
    "restarts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("gateway", String(50), nullable=False),
    Column("asked_by", BigInteger, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("outcome", String(20)),
    index_where("uq_restarts_running", "finished_at IS NULL", "gateway", unique=True),
)

probes = Table(
    "probes",
    metadata,
    Column("company_id", String(50), ForeignKey("companies.id"), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("outcome", String(20), nullable=False),
)

checklists = Table(
    "checklists",
    metadata,
    Column("id", Id, primary_key=True),
    Column("company_id", String(50), ForeignKey("companies.id"), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False, server_default="0"),
    Column("message_id", BigInteger),  # once it was written
    Column("since_at", Moment, nullable=False),  # what came after this counts
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    index_where("uq_checklists_open", "closed_at IS NULL", "company_id", "chat_id", unique=True),
)
