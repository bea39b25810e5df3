"""Troubles: one table says what each means, to every room that tells of it.

Two vocabularies, for an incident has two names: its trouble, which is what is wrong and stays for
as long as it lasts, and its symptom, which is how that looks now. A trouble is opened, closed and
counted; a symptom is told, and a change of it is an edit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Trouble(StrEnum):
    """What kind of incident. A company, or a gateway, has at most one open of each."""

    SESSION_DOWN = "session_down"
    GATEWAY_UNREACHABLE = "gateway_unreachable"
    MASS_DROP = "mass_drop"  # half of a gateway's sessions within a minute: the network
    FILES_ABOVE_LIMIT = "files_above_limit"
    FILES_JUMPED = "files_jumped"
    RECONNECTS_ABOVE_TARGET = "reconnects_above_target"
    LOG_BURST = "log_burst"
    CREDS_AT_RISK = "creds_at_risk"  # connected, with a damaged creds.json on the disk
    WRONG_NUMBER = "wrong_number"
    ZOMBIE = "zombie"  # connected, says the gateway, and nothing can be sent
    HEARS_NOTHING = "hears_nothing"  # connected, and silent against its own habit
    HOOK_SILENT = "hook_silent"  # no session of a gateway hears anything, against all habit
    RESTRICTED = "restricted"  # connected, and WhatsApp lets it write to nobody first
    SHARED = "shared"  # somebody else uses it, and they throw each other out


class Symptom(StrEnum):
    """How the trouble looks now; it changes while the incident stays the same."""

    GONE = "gone"  # was connected, and the gateway no longer has it; nothing proven yet
    REVOKED = "revoked"  # WhatsApp revoked the device: proven
    AWAY = "away"  # disconnected for longer than the grace
    STUCK = "stuck"  # connecting for too long
    AWAITING_SCAN = "awaiting_scan"
    AWAITING_PASSKEY = "awaiting_passkey"
    FAILED = "failed"
    NOT_UNDERSTOOD = "not_understood"
    BOUNCING = "bouncing"  # paired three times, and lost again within a minute each time
    FLAPPING = "flapping"  # well again after it came and went; over when that lasts
    UNWITNESSED = "unwitnessed"  # revoked, said to be connected, and nobody has scanned
    SETTLING = "settling"  # connected again, not yet long enough to be called working
    ELSEWHERE = "elsewhere"  # connected, with another number: another incident tells of that
    UNREACHABLE = "unreachable"
    RESTARTING = "restarting"  # unreachable, for a person has just had it restarted
    MASS_DROP = "mass_drop"
    EMPTIED = "emptied"  # the gateway has none of its sessions any more
    LIST_FAILED = "list_failed"  # the gateway answers for each session, and its list fails
    FORGOTTEN = "forgotten"  # a mass drop that was a restart: it has forgotten its sessions
    CONFUSED = "confused"
    REFUSED_KEY = "refused_key"
    ABOVE = "above"  # past a limit, on whichever side: the name of the trouble says it
    CREDS_DAMAGED = "creds_damaged"  # not connected for want of a whole creds.json; not revoked
    CREDS_AT_RISK = "creds_at_risk"
    WRONG_NUMBER = "wrong_number"
    ZOMBIE = "zombie"
    HEARS_NOTHING = "hears_nothing"
    HOOK_SILENT = "hook_silent"
    NOT_FIRST = "not_first"  # restricted: it may not write to people first
    USED_UP = "used_up"  # restricted: its quota of new chats is used up
    SHARED = "shared"


# The session is connected again; what is left of the outage is said by these.
BACK = (Symptom.SETTLING, Symptom.ELSEWHERE)


class Severity(StrEnum):
    """How loud an incident is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Larger is worse."""
        return list(Severity).index(self)


class Offer(StrEnum):
    """What a message about a trouble lets the reader do at once."""

    RECONNECT = "reconnect"
    RESET = "reset"
    QR = "qr"
    CHECK = "check"
    FILES = "files"
    LOGS = "logs"
    STATUS = "status"
    MEND = "mend"
    RESTORE = "restore"
    ACCEPT_NUMBER = "accept"  # short: a button carries 64 bytes, a company id up to 50 of them
    PROBE = "probe"
    REVIVE = "revive"
    RESTART = "restart"
    HEAR = "hear"
    WAKE = "wake"
    REST = "rest"
    REPAIR = "repair"  # all that helps, where there is room for one button


class Customers(StrEnum):
    """What a trouble means for those who write to the company."""

    SERVED = "served"
    MISLED = "misled"  # somebody answers, under a number that is not the company's
    UNSERVED = "unserved"  # nothing gets through


@dataclass(frozen=True, kw_only=True)
class TroubleFacts:
    """What a trouble means. The rule that finds it has its row in `bot.monitor.rules.table`.

    `severity` and `offers` hold where its rule, or `bot.domain.notice`, knows no better by how it
    looks. `looks` are the symptoms it can have; FLAPPING, which any company's can, is none of them.
    `of_gateway` says that it concerns all companies of a gateway at once.
    """

    severity: Severity
    offers: tuple[Offer, ...]
    looks: tuple[Symptom, ...]
    customers: Customers
    of_gateway: bool = False


TROUBLES: Mapping[Trouble, TroubleFacts] = MappingProxyType(
    {
        Trouble.SESSION_DOWN: TroubleFacts(
            severity=Severity.CRITICAL,
            offers=(Offer.CHECK,),
            looks=(
                Symptom.GONE,
                Symptom.REVOKED,
                Symptom.AWAY,
                Symptom.STUCK,
                Symptom.AWAITING_SCAN,
                Symptom.AWAITING_PASSKEY,
                Symptom.FAILED,
                Symptom.NOT_UNDERSTOOD,
                Symptom.BOUNCING,
                Symptom.UNWITNESSED,
                Symptom.SETTLING,
                Symptom.ELSEWHERE,
                Symptom.CREDS_DAMAGED,
            ),
            customers=Customers.UNSERVED,
        ),
        Trouble.GATEWAY_UNREACHABLE: TroubleFacts(
            severity=Severity.CRITICAL,
            offers=(Offer.STATUS,),
            looks=(
                Symptom.UNREACHABLE,
                Symptom.RESTARTING,
                Symptom.CONFUSED,
                Symptom.LIST_FAILED,
                Symptom.REFUSED_KEY,
            ),
            customers=Customers.SERVED,  # as far as one knows
            of_gateway=True,
        ),
        Trouble.MASS_DROP: TroubleFacts(
            severity=Severity.CRITICAL,
            offers=(Offer.STATUS,),
            looks=(Symptom.MASS_DROP, Symptom.EMPTIED, Symptom.FORGOTTEN),
            customers=Customers.SERVED,  # a blip, until it lasts: then each session tells its own
            of_gateway=True,
        ),
        Trouble.FILES_ABOVE_LIMIT: TroubleFacts(
            severity=Severity.WARNING,
            offers=(Offer.FILES,),
            looks=(Symptom.ABOVE,),
            customers=Customers.SERVED,
        ),
        Trouble.FILES_JUMPED: TroubleFacts(
            severity=Severity.WARNING,
            offers=(Offer.FILES,),
            looks=(Symptom.ABOVE,),
            customers=Customers.SERVED,
        ),
        Trouble.RECONNECTS_ABOVE_TARGET: TroubleFacts(
            severity=Severity.WARNING,
            offers=(Offer.STATUS,),
            looks=(Symptom.ABOVE,),
            customers=Customers.SERVED,
        ),
        Trouble.LOG_BURST: TroubleFacts(
            severity=Severity.WARNING,
            offers=(Offer.LOGS,),
            looks=(Symptom.ABOVE,),
            customers=Customers.SERVED,
        ),
        Trouble.CREDS_AT_RISK: TroubleFacts(
            severity=Severity.WARNING,
            offers=(Offer.STATUS,),
            looks=(Symptom.CREDS_AT_RISK,),
            customers=Customers.SERVED,
        ),
        Trouble.WRONG_NUMBER: TroubleFacts(
            severity=Severity.CRITICAL,
            offers=(Offer.STATUS,),
            looks=(Symptom.WRONG_NUMBER,),
            customers=Customers.MISLED,
        ),
        Trouble.ZOMBIE: TroubleFacts(
            severity=Severity.CRITICAL,
            offers=(Offer.STATUS,),
            looks=(Symptom.ZOMBIE,),
            customers=Customers.UNSERVED,
        ),
        Trouble.HEARS_NOTHING: TroubleFacts(
            severity=Severity.WARNING,
            offers=(Offer.REVIVE, Offer.CHECK),
            looks=(Symptom.HEARS_NOTHING,),
            customers=Customers.SERVED,  # as far as one knows
        ),
        Trouble.HOOK_SILENT: TroubleFacts(
            severity=Severity.WARNING,
            offers=(Offer.STATUS,),
            looks=(Symptom.HOOK_SILENT,),
            customers=Customers.SERVED,  # as far as one knows
            of_gateway=True,
        ),
        Trouble.RESTRICTED: TroubleFacts(
            severity=Severity.WARNING,
            offers=(Offer.CHECK,),
            looks=(Symptom.NOT_FIRST, Symptom.USED_UP),
            customers=Customers.SERVED,
        ),
        Trouble.SHARED: TroubleFacts(
            severity=Severity.CRITICAL,
            offers=(Offer.CHECK,),
            looks=(Symptom.SHARED,),
            customers=Customers.SERVED,  # by either of them, in turn
        ),
    }
)

OF_GATEWAY = frozenset(trouble for trouble, facts in TROUBLES.items() if facts.of_gateway)
STOPS_MESSAGES = frozenset(
    trouble for trouble, facts in TROUBLES.items() if facts.customers is Customers.UNSERVED
)
