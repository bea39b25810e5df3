"""Who may do what: roles, grants, and the one question every action asks."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from bot.domain.company import CompanyId

UserId = NewType("UserId", int)

_DISPLAY_NAME_LIMIT = 100
BOT_ITSELF = UserId(0)  # in whose name the bot acts when nobody asked


class Role(StrEnum):
    """From least to most."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        """Larger may more."""
        return list(Role).index(self)


class Right(StrEnum):
    """What can be asked for."""

    LOOK = "look"
    SUBSCRIBE = "subscribe"
    CHECK = "check"
    RECONNECT = "reconnect"
    PAIR = "pair"
    RESET = "reset"
    RESTORE = "restore"
    RESTART = "restart"
    PROBE = "probe"
    RECOVER = "recover"
    ACK = "ack"
    MUTE = "mute"
    REST = "rest"
    NOTE = "note"
    GRANT = "grant"
    AUDIT = "audit"
    SETTINGS = "settings"


# The one table of rights: the least role that holds each, and the commands, buttons and procedures
# that need it. Whatever else is shown, offered or refused is derived from here.
_TABLE: dict[Right, tuple[Role, str]] = {
    Right.LOOK: (
        Role.VIEWER,
        "status files logs report incidents incident subscriptions gateways companies company",
    ),
    Right.SUBSCRIBE: (Role.VIEWER, "subscribe unsubscribe board digest"),
    Right.CHECK: (Role.OPERATOR, "check"),
    Right.RECONNECT: (Role.OPERATOR, "reconnect revive"),
    Right.PAIR: (Role.OPERATOR, "qr code"),
    Right.RESET: (Role.OPERATOR, "reset"),
    Right.RESTORE: (Role.OPERATOR, "restore mend"),
    Right.RESTART: (Role.OPERATOR, "restart"),
    Right.PROBE: (Role.OPERATOR, "probe"),
    Right.RECOVER: (Role.OPERATOR, "recover"),
    Right.ACK: (Role.OPERATOR, "ack"),
    Right.MUTE: (Role.OPERATOR, "mute unmute"),
    Right.REST: (Role.OPERATOR, "rest wake"),
    Right.NOTE: (Role.OPERATOR, "note"),
    Right.GRANT: (Role.OWNER, "admins grant revoke"),
    Right.AUDIT: (Role.OWNER, "audit"),
    Right.SETTINGS: (Role.OWNER, "reload place accept"),
}
RIGHTS: dict[Role, frozenset[Right]] = {
    role: frozenset(right for right, (least, _) in _TABLE.items() if least.rank <= role.rank)
    for role in Role
}
# What is not in it, anybody may do whom somebody let in: choose a language, ask for help.
RIGHT_FOR: dict[str, Right] = {
    act: right for right, (_, acts) in _TABLE.items() for act in acts.split()
}
OWNERS_ACTS = frozenset(act for act, right in RIGHT_FOR.items() if _TABLE[right][0] is Role.OWNER)


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A role for one company, or for all of them when `company_id` is None."""

    user_id: UserId
    role: Role
    company_id: CompanyId | None = None


class NotAllowed(Exception):
    """The person lacks the right. Whose fault: nobody's. An owner can grant it."""

    def __init__(self, right: Right, company_id: CompanyId | None) -> None:
        super().__init__(right.value)
        self.right = right
        self.company_id = company_id


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody at the moment of asking. Only the user id proves who it is."""

    user_id: UserId
    name: str
    grants: tuple[Grant, ...] = ()

    @property
    def display_name(self) -> str:
        """The name as it is kept beside what they did."""
        return self.name[:_DISPLAY_NAME_LIMIT]

    @property
    def known(self) -> bool:
        """Whether anybody let this person in."""
        return bool(self.grants)

    def may(self, right: Right, company_id: CompanyId | None = None) -> bool:
        """Whether one of the grants gives `right` for the company (None: for every company)."""
        return any(
            right in RIGHTS[grant.role] and grant.company_id in (None, company_id)
            for grant in self.grants
        )

    def must(self, right: Right, company_id: CompanyId | None = None) -> None:
        """NotAllowed unless the person may. It names no company that they may not see."""
        if not self.may(right, company_id):
            seen = company_id is not None and self.may(Right.LOOK, company_id)
            raise NotAllowed(right, company_id if seen else None)

    def may_somewhere(self, right: Right) -> bool:
        """Whether the right is held for any company at all."""
        return any(right in RIGHTS[grant.role] for grant in self.grants)

    def reach(self, right: Right) -> frozenset[CompanyId] | None:
        """The companies for which the right is held; None: all there are."""
        if self.may(right):
            return None
        return frozenset(
            grant.company_id
            for grant in self.grants
            if grant.company_id is not None and right in RIGHTS[grant.role]
        )

    def has_less_than(self, before: "Person") -> bool:
        """Whether there is a right, for a company or for all, that was held before and is not."""
        places = {grant.company_id for grant in (*self.grants, *before.grants)}
        return any(
            before.may(right, place) and not self.may(right, place)
            for right in Right
            for place in places
        )
