"""Remember which ids were made of a session's name, and how many listed sessions are watched."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "companies", sa.Column("made", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    for name in ("listed", "watched", "unfit"):
        op.add_column("gateways", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    if op.get_bind().dialect.name != "sqlite":  # which holds nobody to a length
        op.alter_column("companies", "session_key", type_=sa.String(length=255))
