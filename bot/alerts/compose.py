"""Composes letters: a job and what is known of its subject go in, a draft comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.alerts.courier import (
    INCIDENTS_IN_MESSAGE,
    IncidentEntry,
    MessageKind,
    OutgoingMessage,
    SystemEntry,
)
from bot.alerts.grouping import SendPlan
from bot.domain.company import Company, CompanyId
from bot.domain.incident import IncidentId
from bot.domain.notice import ChatAddress, Notice, NoticeKind
from bot.domain.system_notice import PendingSystemNotice
from storage.alerts.cards import Card, CardPlace

# Of a message's 4096 characters: the rest is for its title and the heads of its groups.
NAMES_ROOM = 3300
REPLIES = frozenset({MessageKind.BACK, MessageKind.REPEAT})  # to the card that all of them share


@dataclass(frozen=True, kw_only=True)
class ComposedMessage:
    """A letter, and what is true once it has been delivered.

    `notice_ids` are then settled. `card_id` is the card edited, replaced or replied to. `uncarded`
    are the recovered whose card still shows them as open; `elsewhere` those of a summary that
    stand on a card already, and are not upheld on this one.
    """

    job: SendPlan
    letter: OutgoingMessage
    notice_ids: tuple[int, ...]
    card_id: int | None = None
    uncarded: tuple[IncidentId, ...] = ()
    elsewhere: frozenset[IncidentId] = frozenset()

    @property
    def incident_ids(self) -> tuple[IncidentId, ...]:
        """The incidents it tells of."""
        return tuple(entry.incident.id for entry in self.letter.entries)

    @property
    def ended(self) -> tuple[IncidentId, ...]:
        """Those it shows as over."""
        return tuple(e.incident.id for e in self.letter.entries if not e.incident.open)

    @property
    def pointless(self) -> bool:
        """Whether it would put back a lost card, or repeat, or call back, what no more is so."""
        if self.job.kind in REPLIES:
            return not self.letter.entries
        replaces = self.job.kind is MessageKind.NEW and self.job.card_id is not None
        return replaces and len(self.ended) == len(self.letter.entries)


@dataclass(frozen=True, kw_only=True)
class MessageSubject:
    """What a job tells of, as things are now. `card` is the one it edits or replaces."""

    job: SendPlan
    card: Card | None
    entries: tuple[IncidentEntry, ...]

    @property
    def ids(self) -> tuple[IncidentId, ...]:
        """The incidents, in the order of the card."""
        return tuple(entry.incident.id for entry in self.entries)


@dataclass(frozen=True, kw_only=True)
class MessageFacts:
    """What waits where, on which card it stands there, and those of the cards that are needed.

    `on_again` are the recovered whose trouble has come back since.
    """

    notices: Mapping[ChatAddress, Sequence[Notice]] = field(default_factory=dict)
    places: Mapping[ChatAddress, Mapping[IncidentId, CardPlace]] = field(default_factory=dict)
    cards: Mapping[int, Card] = field(default_factory=dict)
    on_again: frozenset[IncidentId] = frozenset()


def subject_of(
    job: SendPlan, card: Card | None, entries: tuple[IncidentEntry, ...]
) -> MessageSubject:
    """As much as one letter of this job can hold."""
    if job.alert and job.kind is not MessageKind.SUMMARY and len(entries) <= INCIDENTS_IN_MESSAGE:
        entries = _that_fit(entries)
    return MessageSubject(job=job, card=card, entries=entries)


def shared_card(
    subject: MessageSubject, places: Mapping[ChatAddress, Mapping[IncidentId, CardPlace]]
) -> int:
    """The card on which its chat sees all of its incidents; 0 where there is no such card."""
    here = places.get(subject.job.address, {})
    card_ids = {
        here[incident_id].card_id if incident_id in here else 0 for incident_id in subject.ids
    }
    return card_ids.pop() if len(card_ids) == 1 else 0


def compose(subject: MessageSubject, facts: MessageFacts, language: str) -> ComposedMessage | None:
    """The letter; None when somebody has settled meanwhile what it was to tell."""
    job, card, entries = subject.job, subject.card, subject.entries
    ids = frozenset(subject.ids)
    waiting = [it for it in facts.notices.get(job.address, ()) if it.incident_id in ids]
    kinds = _settled_by(job)
    notice_ids = [notice.id for notice in waiting if notice.kind in kinds]
    if not notice_ids and job.alert:
        return None
    here = facts.places.get(job.address, {})
    present = [here[incident_id] for incident_id in subject.ids if incident_id in here]
    elsewhere: frozenset[IncidentId] = frozenset()
    if job.kind in REPLIES:
        card = facts.cards.get(shared_card(subject, facts.places))
    if job.kind is MessageKind.SUMMARY:
        elsewhere = frozenset(place.incident_id for place in present)
        changed = [it for it in waiting if it.kind is NoticeKind.CHANGED]
        notice_ids += [notice.id for notice in changed if notice.incident_id not in elsewhere]
    if job.kind is MessageKind.REPEAT:
        entries = tuple(entry for entry in entries if entry.incident.calls)
    if job.kind is MessageKind.BACK:
        # Said after the alert of the next loss, "back online" would be the last word, and false.
        entries = tuple(entry for entry in entries if entry.incident.id not in facts.on_again)
    back = job.kind in (MessageKind.BACK, MessageKind.SUMMARY)
    letter = OutgoingMessage(
        kind=job.kind,
        address=job.address,
        entries=entries,
        language=language,
        message_id=None if card is None or card.lost else card.message_id,
        silent=job.kind is MessageKind.EDIT or not job.alert,
    )
    return ComposedMessage(
        job=job,
        letter=letter,
        notice_ids=tuple(notice_ids),
        card_id=None if card is None else card.id,
        uncarded=tuple(it.incident_id for it in present if back and not it.shows_end),
        elsewhere=elsewhere,
    )


def compose_system_notices(
    job: SendPlan,
    pending: Mapping[int, PendingSystemNotice],
    companies: Mapping[CompanyId, Company],
    language: str,
) -> ComposedMessage | None:
    """The letter of remarks; None when all of them have been settled."""
    wanted = [pending[remark_id] for remark_id in job.remark_ids if remark_id in pending]
    if not wanted:
        return None
    asides = tuple(
        SystemEntry(
            remark=notice.remark,
            at=notice.created_at,
            company=companies.get(notice.remark.company_id) if notice.remark.company_id else None,
        )
        for notice in wanted
    )
    letter = OutgoingMessage(
        kind=job.kind, address=job.address, entries=(), asides=asides, language=language
    )
    still = replace(job, remark_ids=tuple(notice.id for notice in wanted))
    return ComposedMessage(job=still, letter=letter, notice_ids=())


def _settled_by(job: SendPlan) -> tuple[NoticeKind, ...]:
    """A new card shows everything as it is; an edit leaves the recovery to be said aloud."""
    if not job.alert:
        return (NoticeKind.CHANGED,)
    return _SETTLED_BY.get(job.kind, tuple(NoticeKind))


_SETTLED_BY = {
    MessageKind.SUMMARY: (NoticeKind.OPENED, NoticeKind.RECOVERED, NoticeKind.REPEATED),
    MessageKind.BACK: (NoticeKind.RECOVERED,),
    MessageKind.REPEAT: (NoticeKind.REPEATED,),
}


def _that_fit(entries: tuple[IncidentEntry, ...]) -> tuple[IncidentEntry, ...]:
    """As many as one message can name, by their ids alone if need be; the rest follows."""
    room = NAMES_ROOM
    for count, entry in enumerate(entries):
        room -= len(entry.incident.company_id or entry.incident.gateway) + 2
        if room < 0 and count > 0:
            return entries[:count]
    return entries
