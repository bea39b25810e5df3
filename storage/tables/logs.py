"""How far the log of a gateway was read, and what was counted in it."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from storage.columns import Moment
from storage.tables.base import metadata

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
    Column("gateway", String(50)),  # None: of a version that did not note it
    Column("counted_since", Moment),  # None: nothing was counted yet
    Column("lines", BigInteger, nullable=False, server_default="0"),
    Column("understood", BigInteger, nullable=False, server_default="0"),
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
