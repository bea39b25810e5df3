"""Who does what, where several replicas share the work."""

from sqlalchemy import Column, Float, String, Table

from storage.tables.base import metadata

leases = Table(
    "leases",
    metadata,
    Column("duty", String(80), primary_key=True),
    Column("holder", String(40), nullable=False),
    # Seconds since 1970 by the database's own clock: the replicas' clocks may differ.
    Column("until_s", Float(53), nullable=False),
)
