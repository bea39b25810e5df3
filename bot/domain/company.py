"""A company: who has a WhatsApp session, on which gateway, under which key."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

CompanyId = NewType("CompanyId", str)
GatewayName = NewType("GatewayName", str)

# What the gateways themselves accept in a session key; anything else could leave a path or a URL.
_COMPANY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}")


class BadCompanyId(ValueError):
    """The text is no company id. Whose fault: the writer's. Trying again does not help."""


def parse_company_id(text: str) -> CompanyId:
    """The company id in `text`, or BadCompanyId when it holds anything but `A-Z a-z 0-9 _ -`."""
    if _COMPANY_ID.fullmatch(text) is None:
        raise BadCompanyId
    return CompanyId(text)


class WhyAbsent(StrEnum):
    """Why a company is not as the settings have it."""

    UNNAMED = "unnamed"  # the settings name it no more; it stays watched until an owner drops it
    DROPPED = "dropped"  # an owner said so
    GATEWAY_GONE = "gateway_gone"  # its gateway was taken out of the settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Company:
    """One watched company.

    `name` is what people call it and may hold anything; `expected_phone` is digits only, and None
    until a first pairing has shown which number is meant. `max_files` and
    `max_reconnects_per_day` are its own limits, None where those of the settings hold.
    `absence` is None for one that is where the settings have it. `made`: the gateway calls its
    session by a name that is no id, so it was given one, and keeps it.
    """

    id: CompanyId
    gateway: GatewayName
    session_key: str
    name: str
    expected_phone: str | None = None
    max_files: int | None = None
    max_reconnects_per_day: int | None = None
    absence: WhyAbsent | None = None
    made: bool = False

    @property
    def label(self) -> str:
        """The id, with the name when there is one."""
        return f"{self.id} {self.name}" if self.name and self.name != self.id else str(self.id)
