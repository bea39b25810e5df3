"""Remember when what was muted, for reports to leave it out."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "muted_spans",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.String(length=50), server_default="", nullable=False),
        sa.Column("from_at", sa.DateTime(), nullable=False),
        sa.Column("to_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_muted_spans")),
    )
    op.create_index("ix_muted_spans_to", "muted_spans", ["to_at"], unique=False)
    op.execute(
        "INSERT INTO muted_spans (company_id, from_at, to_at) "
        "SELECT company_id, muted_at, until_at FROM mutes"
    )
