"""Remember how things stood when a question was asked, and that a person wants the bot's turn."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("confirmations", sa.Column("stood", sa.JSON(), nullable=True))
    op.add_column("procedures", sa.Column("wanted_at", sa.DateTime(), nullable=True))
