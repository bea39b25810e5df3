"""Let companies have limits of their own, and be absent."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("companies", sa.Column("max_reconnects_per_day", sa.Integer(), nullable=True))
    op.add_column("companies", sa.Column("absence", sa.String(length=15), nullable=True))
