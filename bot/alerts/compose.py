"""Composes messages: a plan and the facts go in, what is to be sent comes out."""

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
    """A message, and what is true once it has been delivered.

    `notice_ids` are then settled. `card_id` is the card edited, replaced or replied to. `uncarded`
    are the recovered whose card still shows them as open; `elsewhere` those of a summary that
    stand on a card already, and are not upheld on this one.
    """

    send_plan: SendPlan
    message: OutgoingMessage
    notice_ids: tuple[int, ...]
    card_id: int | None = None
    uncarded: tuple[IncidentId, ...] = ()
    elsewhere: frozenset[IncidentId] = frozenset()

    @property
    def incident_ids(self) -> tuple[IncidentId, ...]:
        """The incidents it tells of."""
        return tuple(entry.incident.id for entry in self.message.entries)

    @property
    def ended(self) -> tuple[IncidentId, ...]:
        """Those it shows as over."""
        return tuple(e.incident.id for e in self.message.entries if not e.incident.open)

    @property
    def pointless(self) -> bool:
        """Whether it would put back a lost card, or repeat, or call back, what no more is so."""
        if self.send_plan.kind in REPLIES:
            return not self.message.entries
        replaces = self.send_plan.kind is MessageKind.NEW and self.send_plan.card_id is not None
        return replaces and len(self.ended) == len(self.message.entries)


@dataclass(frozen=True, kw_only=True)
class MessageSubject:
    """What a plan tells of, as things are now. `card` is the one it edits or replaces."""

    send_plan: SendPlan
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
    send_plan: SendPlan, card: Card | None, entries: tuple[IncidentEntry, ...]
) -> MessageSubject:
    """As much as one message of this plan can hold."""
    if (
        send_plan.alert
        and send_plan.kind is not MessageKind.SUMMARY
        and len(entries) <= INCIDENTS_IN_MESSAGE
    ):
        entries = _that_fit(entries)
    return MessageSubject(send_plan=send_plan, card=card, entries=entries)


def shared_card(
    subject: MessageSubject, places: Mapping[ChatAddress, Mapping[IncidentId, CardPlace]]
) -> int:
    """The card on which its chat sees all of its incidents; 0 where there is no such card."""
    here = places.get(subject.send_plan.address, {})
    card_ids = {
        here[incident_id].card_id if incident_id in here else 0 for incident_id in subject.ids
    }
    return card_ids.pop() if len(card_ids) == 1 else 0


def compose(subject: MessageSubject, facts: MessageFacts, language: str) -> ComposedMessage | None:
    """The message; None when somebody has settled meanwhile what it was to tell."""
    send_plan, card, entries = subject.send_plan, subject.card, subject.entries
    ids = frozenset(subject.ids)
    waiting = [it for it in facts.notices.get(send_plan.address, ()) if it.incident_id in ids]
    kinds = _settled_by(send_plan)
    notice_ids = [notice.id for notice in waiting if notice.kind in kinds]
    if not notice_ids and send_plan.alert:
        return None
    here = facts.places.get(send_plan.address, {})
    present = [here[incident_id] for incident_id in subject.ids if incident_id in here]
    elsewhere: frozenset[IncidentId] = frozenset()
    if send_plan.kind in REPLIES:
        card = facts.cards.get(shared_card(subject, facts.places))
    if send_plan.kind is MessageKind.SUMMARY:
        elsewhere = frozenset(place.incident_id for place in present)
        changed = [it for it in waiting if it.kind is NoticeKind.CHANGED]
        notice_ids += [notice.id for notice in changed if notice.incident_id not in elsewhere]
    if send_plan.kind is MessageKind.REPEAT:
        entries = tuple(entry for entry in entries if entry.incident.calls)
    if send_plan.kind is MessageKind.BACK:
        # Said after the alert of the next loss, "back online" would be the last word, and false.
        entries = tuple(entry for entry in entries if entry.incident.id not in facts.on_again)
    back = send_plan.kind in (MessageKind.BACK, MessageKind.SUMMARY)
    message = OutgoingMessage(
        kind=send_plan.kind,
        address=send_plan.address,
        entries=entries,
        language=language,
        message_id=None if card is None or card.lost else card.message_id,
        silent=send_plan.kind is MessageKind.EDIT or not send_plan.alert,
    )
    return ComposedMessage(
        send_plan=send_plan,
        message=message,
        notice_ids=tuple(notice_ids),
        card_id=None if card is None else card.id,
        uncarded=tuple(it.incident_id for it in present if back and not it.shows_end),
        elsewhere=elsewhere,
    )


def compose_system_notices(
    send_plan: SendPlan,
    pending: Mapping[int, PendingSystemNotice],
    companies: Mapping[CompanyId, Company],
    language: str,
) -> ComposedMessage | None:
    """The message of system notices; None when all of them have been settled."""
    wanted = [
        pending[system_notice_id]
        for system_notice_id in send_plan.system_notice_ids
        if system_notice_id in pending
    ]
    if not wanted:
        return None
    system_notices = tuple(
        SystemEntry(
            system_notice=notice.system_notice,
            at=notice.created_at,
            company=companies.get(notice.system_notice.company_id)
            if notice.system_notice.company_id
            else None,
        )
        for notice in wanted
    )
    message = OutgoingMessage(
        kind=send_plan.kind,
        address=send_plan.address,
        entries=(),
        system_notices=system_notices,
        language=language,
    )
    still = replace(send_plan, system_notice_ids=tuple(notice.id for notice in wanted))
    return ComposedMessage(send_plan=still, message=message, notice_ids=())


def _settled_by(send_plan: SendPlan) -> tuple[NoticeKind, ...]:
    """A new card shows everything as it is; an edit leaves the recovery to be said aloud."""
    if not send_plan.alert:
        return (NoticeKind.CHANGED,)
    return _SETTLED_BY.get(send_plan.kind, tuple(NoticeKind))


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
