"""A notice: what one chat has to be told about one incident."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.incident import Incident, IncidentId
from bot.domain.session import CAUSES, Cause
from bot.domain.trouble import TROUBLES, Offer, Symptom, Trouble


@dataclass(frozen=True, order=True)
class ChatAddress:
    """A chat, or one topic of a forum."""

    chat_id: int
    thread_id: int | None = None

    def __str__(self) -> str:
        return str(self.chat_id) if self.thread_id is None else f"{self.chat_id}:{self.thread_id}"


class NoticeKind(StrEnum):
    """OPENED, RECOVERED and REPEATED make a sound; CHANGED edits in silence."""

    OPENED = "opened"
    CHANGED = "changed"
    RECOVERED = "recovered"
    REPEATED = "repeated"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One row of the outbox. It names the incident; what is said is read when it is sent."""

    id: int
    address: ChatAddress
    incident_id: IncidentId
    kind: NoticeKind
    created_at: datetime
    attempts: int = 0


_MENDS: dict[Symptom, tuple[Offer, ...]] = {
    Symptom.GONE: (Offer.RECONNECT, Offer.RESET, Offer.CHECK),
    Symptom.REVOKED: (Offer.RESET, Offer.CHECK),
    Symptom.UNWITNESSED: (Offer.PROBE, Offer.RESET, Offer.CHECK),
    Symptom.AWAY: (Offer.RECONNECT, Offer.CHECK),
    Symptom.STUCK: (Offer.RECONNECT, Offer.CHECK),
    Symptom.AWAITING_SCAN: (Offer.QR, Offer.CHECK),
    Symptom.AWAITING_PASSKEY: (Offer.CHECK,),
    Symptom.FAILED: (Offer.RECONNECT, Offer.RESET, Offer.CHECK),
    Symptom.NOT_UNDERSTOOD: (Offer.CHECK,),
    Symptom.SETTLING: (Offer.CHECK,),
    Symptom.ELSEWHERE: (Offer.CHECK,),
}


def _for_damaged(incident: Incident) -> tuple[Offer, ...]:
    return (Offer.MEND if incident.facts.get("copy") else Offer.RESET, Offer.CHECK)


def _for_risk(incident: Incident) -> tuple[Offer, ...]:
    return (Offer.MEND, Offer.FILES) if incident.facts.get("copy") else (Offer.FILES,)


def _for_wrong_number(incident: Incident) -> tuple[Offer, ...]:
    undo = (Offer.RESTORE,) if incident.facts.get("kept") else ()
    return (*undo, Offer.RESET, Offer.ACCEPT_NUMBER, Offer.CHECK)


def _for_zombie(incident: Incident) -> tuple[Offer, ...]:
    del incident
    return (Offer.REVIVE, Offer.PROBE, Offer.CHECK)


def _for_deaf(incident: Incident) -> tuple[Offer, ...]:
    """A restart of the process cures it; where nobody has said how, a new connection may."""
    return (Offer.RESTART if incident.facts.get("restart") else Offer.REVIVE, Offer.CHECK)


# What helps depends on what there is: a good copy, a directory that was set aside.
_BY_FACTS: dict[Symptom, Callable[[Incident], tuple[Offer, ...]]] = {
    Symptom.CREDS_DAMAGED: _for_damaged,
    Symptom.CREDS_AT_RISK: _for_risk,
    Symptom.WRONG_NUMBER: _for_wrong_number,
    Symptom.ZOMBIE: _for_zombie,
    Symptom.HEARS_NOTHING: _for_deaf,
}


def offers_of(incident: Incident) -> tuple[Offer, ...]:
    """The buttons that mend this incident as it looks now; none once it is over."""
    if not incident.open:
        return ()
    if incident.rested_by is not None:
        return (Offer.WAKE, Offer.CHECK)
    if incident.deliberate:
        return (Offer.WAKE, Offer.REST, Offer.CHECK)
    if incident.symptom in _BY_FACTS:
        return _BY_FACTS[incident.symptom](incident)
    if incident.trouble is Trouble.SESSION_DOWN:
        offers = _MENDS.get(incident.symptom, TROUBLES[incident.trouble].offers)
        if incident.symptom is Symptom.AWAY and _log_says_removed(incident):
            offers = (Offer.RECONNECT, Offer.RESET, Offer.CHECK)
        return with_restart(incident, tuple(offer for offer in offers if _helps(offer, incident)))
    return TROUBLES[incident.trouble].offers


def with_restart(incident: Incident, offered: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """The same, with a restart of the gateway where it can help and somebody has said how."""
    helps = incident.symptom is Symptom.STUCK and incident.facts.get("restart")
    return (*offered[:-1], Offer.RESTART, *offered[-1:]) if helps else offered


def the_one_of(offered: tuple[Offer, ...]) -> Offer:
    """The one to show where there is room for one, of at least one.

    Where keys may have to be given up after all, that is the one behind which both ways are.
    """
    return Offer.REPAIR if offered[0] is Offer.RECONNECT and Offer.RESET in offered else offered[0]


def leads_to_reset(offered: tuple[Offer, ...]) -> bool:
    """Whether a reset is the way, with a reconnect before it at most: no other choice is lost."""
    return Offer.RESET in offered and set(offered) <= _WAYS_TO_RESET


_WAYS_TO_RESET = {Offer.RECONNECT, Offer.RESET, Offer.CHECK}


def _log_says_removed(incident: Incident) -> bool:
    return incident.log_says is not None and CAUSES[incident.log_says].revoked


def _helps(offer: Offer, incident: Incident) -> bool:
    """Whether the cause leaves this a cure: neither a ban nor a second process is cured by a QR."""
    if incident.cause in (None, Cause.UNKNOWN) or offer not in (Offer.RECONNECT, Offer.RESET):
        return True
    facts = CAUSES[incident.cause]
    if offer is Offer.RECONNECT:
        return facts.may_reconnect
    if incident.symptom is Symptom.REVOKED:
        return not facts.account
    return facts.may_reconnect or facts.must_pair
