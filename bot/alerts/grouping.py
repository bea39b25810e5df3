"""Groups what is pending into messages. PURE: notices and a moment go in, plans come out.

What opens together leaves together; what recovers together likewise; changes of one card are one
edit. Alerts go before remarks, and new messages before edits, over the entire bot.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.alerts.courier import INCIDENTS_IN_MESSAGE, READABLE, MessageKind
from bot.domain.incident import IncidentId
from bot.domain.notice import ChatAddress, Notice, NoticeKind
from bot.domain.system_notice import PendingSystemNotice
from bot.domain.timing import Timing
from bot.domain.urgency import Urgency

# What no phone can read leaves whole: counts, and a file of names.
FILE_SIZE = 20_000
SYSTEM_NOTICES_IN_MESSAGE = 20
# Recoveries and system notices let alarms go first, but after this many spacings they take turns.
_PATIENCE = 6


@dataclass(frozen=True)
class CardRef:
    """The card on which a chat sees an incident, and whether it shows the incident's end."""

    card_id: int
    lost: bool = False
    shows_end: bool = False


_ORDER = tuple(MessageKind)
_Waiting = Notice | PendingSystemNotice
CardRefs = Mapping[tuple[ChatAddress, IncidentId], CardRef]


@dataclass(frozen=True)
class Group:
    """The last group of new messages an address got: what had id `up_to_id` or less belongs to it.

    A group larger than one message leaves in parts, which need not keep the spacing.
    """

    kind: MessageKind
    started_at: datetime
    up_to_id: int


Groups = Mapping[ChatAddress, Group]


@dataclass(frozen=True, kw_only=True)
class SendPlan:
    """A message to be written. For an EDIT `incident_ids` are those that made it due.

    `card_id` is the card to edit; with a NEW it is the lost one that the message replaces.
    `starts` is the group begun by the message's delivery.
    """

    kind: MessageKind
    address: ChatAddress
    incident_ids: tuple[IncidentId, ...]
    attempts: int
    oldest_id: int
    system_notice_ids: tuple[int, ...] = ()
    card_id: int | None = None
    starts: Group | None = None
    digest: bool = False

    @property
    def urgency(self) -> Urgency:
        """Its class among all who speak to Telegram."""
        if not self.alert:
            return Urgency.CARD
        return Urgency.BOARD if self.digest else Urgency.ALERT

    @property
    def alert(self) -> bool:
        """Whether it is a message of its own right, not the upkeep of a card."""
        return self.card_id is None


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """What is due, most urgent first.

    `cardless` are notices of changes that no message in their chat shows. `next_at` is the moment
    when something more becomes due, None when nothing will by itself.
    """

    send_plans: tuple[SendPlan, ...]
    cardless: tuple[int, ...]
    next_at: datetime | None


def plan(
    notices: Iterable[Notice],
    system_notices: Iterable[PendingSystemNotice],
    cards: CardRefs,
    groups: Groups,
    now: datetime,
    timing: Timing,
) -> Agenda:
    """All that is due at `now`. `notices` and `system_notices` come in the order of their ids."""
    alerts: list[SendPlan] = []
    edits: list[SendPlan] = []
    cardless: list[int] = []
    alert_at: dict[int, datetime] = {}
    piles = _sort(notices, cards)
    for system_notice in system_notices:
        piles.setdefault(system_notice.address, _Pile()).system_notices.append(system_notice)
    for address, pile in piles.items():
        cardless += pile.cardless
        edits += [_edit(address, ref, own) for ref, own in pile.changed.items()]
        turn = _next_message(pile, groups.get(address), now, timing)
        if turn is None:
            continue
        chat_id = address.chat_id
        alert_at[chat_id] = min(turn.at, alert_at.get(chat_id, turn.at))
        if turn.at <= now:
            alerts.append(_alert(address, turn))
    # An edit a moment before an alert would make the alert wait for the chat's pace.
    soon = now + timedelta(seconds=timing.group_window_s)
    busy = {chat_id for chat_id, at in alert_at.items() if at <= soon}
    free = [send_plan for send_plan in edits if send_plan.address.chat_id not in busy]
    return Agenda(
        send_plans=tuple(sorted([*alerts, *free], key=order)),
        cardless=tuple(cardless),
        next_at=min((at for at in alert_at.values() if at > now), default=None),
    )


@dataclass
class _Pile:
    """What one address has still to be told, sorted."""

    opened: dict[IncidentId, Notice] = field(default_factory=dict)
    recovered: dict[IncidentId, Notice] = field(default_factory=dict)
    repeated: dict[IncidentId, Notice] = field(default_factory=dict)
    changed: dict[CardRef, list[Notice]] = field(default_factory=dict)
    system_notices: list[PendingSystemNotice] = field(default_factory=list)
    cardless: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _NextMessage:
    """The next new message of an address: its kind, what it holds, and when it may leave."""

    kind: MessageKind
    notices: Sequence[_Waiting]
    at: datetime
    starts: Group | None


def _sort(notices: Iterable[Notice], cards: CardRefs) -> dict[ChatAddress, _Pile]:
    piles: dict[ChatAddress, _Pile] = {}
    later: list[Notice] = []
    for notice in notices:
        pile = piles.setdefault(notice.address, _Pile())
        if notice.kind is NoticeKind.OPENED:
            pile.opened.setdefault(notice.incident_id, notice)
        else:
            later.append(notice)
    for notice in later:
        pile = piles[notice.address]
        if notice.kind is NoticeKind.REPEATED:
            pile.repeated.setdefault(notice.incident_id, notice)
        elif (
            notice.incident_id not in pile.opened
        ):  # else the NEW message shows it as it is by then
            _sort_later(pile, notice, cards.get((notice.address, notice.incident_id)))
    for pile in piles.values():
        for incident_id in pile.opened:  # the NEW message says it anyway
            pile.repeated.pop(incident_id, None)
    return piles


def _sort_later(pile: _Pile, notice: Notice, ref: CardRef | None) -> None:
    back = notice.kind is NoticeKind.RECOVERED
    if back:
        pile.recovered.setdefault(notice.incident_id, notice)
    if ref is not None and not (back and ref.shows_end):
        pile.changed.setdefault(CardRef(ref.card_id, lost=ref.lost), []).append(notice)
    elif not back and ref is None:
        pile.cardless.append(notice.id)


def _next_message(
    pile: _Pile, last: Group | None, now: datetime, timing: Timing
) -> _NextMessage | None:
    opened, recovered = tuple(pile.opened.values()), tuple(pile.recovered.values())
    if last is not None and last.started_at > now:  # the clock was set back
        last = None
    for kind, own in ((MessageKind.NEW, opened), (MessageKind.BACK, recovered)):
        if last is not None and last.kind is kind:
            rest = [notice for notice in own if notice.id <= last.up_to_id]
            if rest:
                return _NextMessage(kind, rest, now, None)
    missed = sorted([*opened, *recovered], key=lambda notice: notice.id)
    if len(missed) > 1 and _too_late_one_by_one(missed, now, timing):
        return _begin(MessageKind.SUMMARY, missed, last, now, timing)
    waiting: list[tuple[MessageKind, Sequence[_Waiting]]] = [
        (MessageKind.NEW, opened),
        (MessageKind.BACK, recovered),
        (MessageKind.REPEAT, tuple(pile.repeated.values())),
        (MessageKind.SYSTEM_NOTICE, tuple(pile.system_notices)),
    ]
    present = [(kind, own) for kind, own in waiting if own]
    passed_over = [group for group in present[1:] if _passed_over(*group, last, now, timing)]
    first = next(iter([*passed_over, *present]), None)
    return None if first is None else _begin(*first, last, now, timing)


def _too_late_one_by_one(missed: Sequence[Notice], now: datetime, timing: Timing) -> bool:
    return now - missed[0].created_at > timedelta(seconds=timing.summary_after_s)


def _begin(
    kind: MessageKind,
    notices: Sequence[_Waiting],
    last: Group | None,
    now: datetime,
    timing: Timing,
) -> _NextMessage:
    """The group of all `notices`: after the window of the oldest, and the spacing to the last."""
    at = notices[0].created_at + timedelta(seconds=timing.group_window_s)
    if notices[0].created_at > now:  # the clock was set back
        at = now
    if last is not None:
        at = max(at, last.started_at + timedelta(seconds=timing.group_spacing_s))
    return _NextMessage(kind, notices, at, Group(kind, now, notices[-1].id))


def _passed_over(
    kind: MessageKind, own: Sequence[_Waiting], last: Group | None, now: datetime, timing: Timing
) -> bool:
    """Whether they have waited long and others have just had their turn."""
    if last is None or last.kind is kind:
        return False
    oldest = own[0].created_at
    patience = timedelta(seconds=timing.group_spacing_s * _PATIENCE)
    return oldest < last.started_at and now - oldest > patience


def _alert(address: ChatAddress, turn: _NextMessage) -> SendPlan:
    part = turn.notices[: _size(turn)]
    return SendPlan(
        kind=turn.kind,
        address=address,
        incident_ids=tuple(item.incident_id for item in part if isinstance(item, Notice)),
        system_notice_ids=tuple(item.id for item in part if isinstance(item, PendingSystemNotice)),
        attempts=max(notice.attempts for notice in part),
        oldest_id=part[0].id,
        starts=turn.starts,
        digest=all(isinstance(item, PendingSystemNotice) and item.is_digest for item in part),
    )


def _size(turn: _NextMessage) -> int:
    if turn.kind is MessageKind.SYSTEM_NOTICE:
        return SYSTEM_NOTICES_IN_MESSAGE
    whole = turn.kind is MessageKind.SUMMARY or len(turn.notices) > READABLE
    return FILE_SIZE if whole else INCIDENTS_IN_MESSAGE


def _edit(address: ChatAddress, ref: CardRef, notices: Sequence[Notice]) -> SendPlan:
    return SendPlan(
        kind=MessageKind.NEW if ref.lost else MessageKind.EDIT,
        address=address,
        incident_ids=tuple(dict.fromkeys(notice.incident_id for notice in notices)),
        attempts=max(notice.attempts for notice in notices),
        oldest_id=notices[0].id,
        card_id=ref.card_id,
    )


def order(send_plan: SendPlan) -> tuple[bool, int, int, int]:
    """Alarms, recoveries, remarks, the older first; what has failed more often lets others pass.

    Edits come last.
    """
    return (
        not send_plan.alert,
        send_plan.attempts,
        _ORDER.index(send_plan.kind),
        send_plan.oldest_id,
    )
