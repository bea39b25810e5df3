"""Remember who has taken an incident on."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("acked_by", sa.String(length=100), nullable=True))
    op.add_column("incidents", sa.Column("acked_at", sa.DateTime(), nullable=True))
