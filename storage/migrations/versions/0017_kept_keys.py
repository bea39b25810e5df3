"""Remember whose good copies are the present device's, and which keys a question was about."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("companies", sa.Column("device", sa.String(64), nullable=True))
    op.add_column("confirmations", sa.Column("which", sa.String(100), nullable=True))
