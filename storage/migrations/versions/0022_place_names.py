"""Remember what chats and topics are called, also those that nothing hangs on."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "place_names",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "thread_id", sa.BigInteger(), autoincrement=False, server_default="0", nullable=False
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "thread_id", name=op.f("pk_place_names")),
    )
    op.execute(
        "INSERT INTO place_names (chat_id, name) SELECT chat_id, title FROM chats WHERE title <> ''"
    )
