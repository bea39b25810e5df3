"""What a chat has once asked for and gets from then on without asking."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, text

from storage.columns import Moment
from storage.tables.base import metadata

boards = Table(
    "boards",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("thread_id", BigInteger, primary_key=True, autoincrement=False, server_default="0"),
    Column("message_id", BigInteger),  # null until it was sent, and again when it was lost
    Column("pin_refused", Boolean, nullable=False, server_default=text("false")),
    Column("opened_by", BigInteger, nullable=False),
    Column("opened_at", Moment, nullable=False),
)

digests = Table(
    "digests",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("thread_id", BigInteger, primary_key=True, autoincrement=False, server_default="0"),
    Column("hour", Integer, nullable=False),
    Column("when_well", Boolean, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("added_by", BigInteger),  # null where it is older than this column
)
