"""Remember what is muted, and when an incident was told aloud last."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "mutes",
        sa.Column("company_id", sa.String(length=50), nullable=False),
        sa.Column("until_at", sa.DateTime(), nullable=False),
        sa.Column("muted_by", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("muted_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_mutes")),
    )
    op.add_column("incidents", sa.Column("told_at", sa.DateTime(), nullable=True))
    op.execute("UPDATE incidents SET told_at = opened_at")
