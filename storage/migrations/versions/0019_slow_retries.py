"""Remember when a chat that refused a message is tried again."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "chats",
        sa.Column("parked_tries", sa.Integer(), server_default="0", nullable=False),
    )
    op.add_column("chats", sa.Column("retry_at", sa.DateTime(), nullable=True))
    # Those that were parked for good until somebody wrote there are tried once after the start.
    op.execute("UPDATE chats SET retry_at = parked_at WHERE parked_at IS NOT NULL")
