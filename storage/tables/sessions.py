"""Companies, their gateways, the states of their sessions, their files."""

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
    false,
)

from storage.columns import Id, Moment, index_where
from storage.tables.base import metadata

companies = Table(
    "companies",
    metadata,
    Column("id", String(50), primary_key=True),
    Column("gateway", String(50), nullable=False, index=True),
    Column("session_key", String(255), nullable=False),
    # Its session is called by a name that is no id: this one was made of it, and stays.
    Column("made", Boolean, nullable=False, server_default=false()),
    Column("name", String, nullable=False, server_default=""),
    Column("expected_phone", String(20)),
    Column("linked_phone", String(20)),  # as the gateway told it since the last connection
    Column("max_files", Integer),
    Column("max_reconnects_per_day", Integer),
    Column("absence", String(15)),  # why it is not as the settings have it
    Column("added_at", Moment, nullable=False),
    Column("connected_at", Moment),  # last time it was seen to become connected
    Column("down_since", Moment),  # null while connected
    Column("paired_at", Moment),  # last pairing that was proven
    Column("baseline_files", Integer),
    Column("baseline_at", Moment),
    Column("creds", String(15)),  # how creds.json looked last
    Column("copied_at", Moment),  # when a good copy of the present device was last up to date
    Column("device", String(64)),  # which device that is, as a digest of its identity key
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
    # Sessions it lists that nobody watches: there is no room for so many companies.
    Column("left_out", Integer, nullable=False, server_default="0"),
    # Sessions it lists, those of them that are watched, those with a name that cannot be.
    Column("listed", Integer, nullable=False, server_default="0"),
    Column("watched", Integer, nullable=False, server_default="0"),
    Column("unfit", Integer, nullable=False, server_default="0"),
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
    Index("ix_session_states_since", "since_at"),
    index_where("uq_session_states_present", "until_at IS NULL", "company_id", unique=True),
)

twins = Table(  # sessions of companies that are watched on another gateway
    "twins",
    metadata,
    Column("company_id", String(50), primary_key=True),
    Column("gateway", String(50), primary_key=True),
    Column("session_key", String(200), nullable=False),
    Column("state", String(20), nullable=False),
    Column("seen_at", Moment, nullable=False),
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

absences = Table(
    "absences",
    metadata,
    Column("id", Id, primary_key=True),
    Column("from_at", Moment, nullable=False),
    Column("to_at", Moment, nullable=False, index=True),
)

pushes = Table(
    "pushes",
    metadata,
    Column("gateway", String(50), primary_key=True),
    Column("n", BigInteger, nullable=False),
    Column("last_at", Moment, nullable=False),
)

heard_weeks = Table(  # when messages came in, for the habit of a session; nothing else of them
    "heard_weeks",
    metadata,
    Column("company_id", String(50), primary_key=True),
    Column("week", Integer, primary_key=True, autoincrement=False),
    Column("hours", String(42), nullable=False),  # a bit an hour, as hexadecimal digits
)
