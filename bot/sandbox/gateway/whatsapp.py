"""WhatsApp's own side: which devices are linked, which were removed, which accounts are locked.

It knows a device by the public identity key in its credentials, as WhatsApp does: files that are
put back are the same device again, unless it was removed in the meantime.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.gateway.limits import Limit


@dataclass
class WhatsApp:
    """Devices by identity, and what has become of them."""

    linked: dict[str, str] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)
    limits: dict[str, Limit] = field(default_factory=dict)  # of accounts that are connected
    slots: dict[str, int] = field(default_factory=dict)
    # Which gateway has a device's socket, and how that is closed there.
    sockets: dict[str, tuple[object, Callable[[], None]]] = field(default_factory=dict)
    in_reach: asyncio.Event = field(default_factory=asyncio.Event)  # no login is answered before

    def __post_init__(self) -> None:
        self.in_reach.set()

    def link(self, identity: str, phone: str) -> tuple[str, int]:
        """Link a device to the account of `phone`; returns that and its slot there."""
        account = account_of(phone)
        self.linked[identity] = account
        self.slots[account] = self.slots.get(account, 0) + 1
        return account, self.slots[account]

    def remove(self, identity: str) -> None:
        """Remove a device: no login of it succeeds any more."""
        self.linked.pop(identity, None)

    def refusal(self, identity: str) -> int | None:
        """The code a login of this device fails with, None when it is welcome."""
        phone = self.linked.get(identity)
        if phone is None:
            return 401
        return 403 if phone in self.locked else None

    def limit(self, identity: str) -> Limit | None:
        """What the account of this device is kept from now."""
        limit = self.limits.get(self.linked.get(identity, ""))
        return limit if limit is not None and limit.holds() else None

    def opened(self, identity: str, at: object, close: Callable[[], None]) -> None:
        """A device logged in at a gateway: its socket at another one is thrown out, with 440."""
        there, thrown_out = self.sockets.get(identity, (at, close))
        self.sockets[identity] = (at, close)
        if there is not at:
            thrown_out()


# Accounts keep the form of the day on which their number was registered.
_FORMS = (
    (re.compile(r"55([1-9]\d)9(\d{8})"), r"55\1\2"),  # Brazil, before the ninth digit
    (re.compile(r"52(\d{10})"), r"521\1"),  # Mexico
    (re.compile(r"54(\d{10})"), r"549\1"),  # Argentina
    (re.compile(r"22901(\d{8})"), r"229\1"),  # Benin
)


def account_of(dialled: str) -> str:
    """What WhatsApp calls the account of a number: not always what people dial."""
    for dialled_form, account_form in _FORMS:
        if dialled_form.fullmatch(dialled):
            return dialled_form.sub(account_form, dialled)
    return dialled
