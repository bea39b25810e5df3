"""Remember who is or was at rest, and which sessions a second gateway has as well."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "rests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.String(length=50), nullable=False),
        sa.Column("from_at", sa.DateTime(), nullable=False),
        sa.Column("to_at", sa.DateTime(), nullable=True),
        sa.Column("rested_by", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rests")),
    )
    op.create_index(
        "uq_rests_present",
        "rests",
        ["company_id"],
        unique=True,
        sqlite_where=sa.text("to_at IS NULL"),
        postgresql_where=sa.text("to_at IS NULL"),
    )
    op.create_index("ix_rests_to", "rests", ["to_at"], unique=False)
    op.create_table(
        "twins",
        sa.Column("company_id", sa.String(length=50), nullable=False),
        sa.Column("gateway", sa.String(length=50), nullable=False),
        sa.Column("session_key", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("company_id", "gateway", name=op.f("pk_twins")),
    )
