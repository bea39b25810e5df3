"""A company as the sandbox is told of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GatewayCompany:
    """Its number is digits only. Unless it is `linked` it begins without a session or files."""

    name: str
    phone: str
    linked: bool = True
