"""What the sandbox is told about a company."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GatewayCompany:
    """A company with its number, digits only. Unless `linked`, it begins without session and files.

    `integration` is Evolution API's name for its way to WhatsApp; other kinds ignore it.
    """

    name: str
    phone: str
    linked: bool = True
    integration: str = "WHATSAPP-BAILEYS"
