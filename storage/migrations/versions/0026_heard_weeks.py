"""Remember in which hours messages came in to a session, and nothing else of them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "heard_weeks",
        sa.Column("company_id", sa.String(length=50), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("hours", sa.String(length=42), nullable=False),
        sa.PrimaryKeyConstraint("company_id", "week", name=op.f("pk_heard_weeks")),
    )
