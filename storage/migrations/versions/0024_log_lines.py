"""Count how many lines of each followed log were read, and how many of them understood."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("log_positions", sa.Column("gateway", sa.String(50)))
    op.add_column("log_positions", sa.Column("counted_since", sa.DateTime()))
    for name in ("lines", "understood"):
        op.add_column(
            "log_positions", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
        )
