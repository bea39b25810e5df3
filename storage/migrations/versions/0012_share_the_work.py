"""Share the work."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("duty", sa.String(length=80), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("until_s", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("duty", name=op.f("pk_leases")),
    )
    op.create_index("ix_session_states_since", "session_states", ["since_at"], unique=False)
