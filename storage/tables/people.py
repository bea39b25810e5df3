"""Who was let in, what they did, what they were asked."""

from sqlalchemy import JSON, BigInteger, Column, String, Table

from storage.columns import Id, Moment
from storage.tables.base import metadata

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

owners = Table(  # those that the settings name, as of the last start
    "owners",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
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
    Column("gateway", String(50)),  # where the act is one on a gateway
    Column("which", String(100)),  # the name of the keys that a restore was asked about
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("stood", JSON),  # how things stood when it was asked; none of a version before this
)
