"""Remember for how many companies of a gateway there was no room."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "gateways", sa.Column("left_out", sa.Integer(), server_default="0", nullable=False)
    )
