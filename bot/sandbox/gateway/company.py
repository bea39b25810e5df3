"""A company as the sandbox is told of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GatewayCompany:
    """Its number is digits only. Unless it is `linked` it begins without a session or files.

    `integration` is what Evolution API calls the way it reaches WhatsApp; others know but one.
    """

    name: str
    phone: str
    linked: bool = True
    integration: str = "WHATSAPP-BAILEYS"
