"""Reads what is pending, then the letter of one job, each in one consistent view."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.alerts.courier import LETTER_SIZE, Aside, Entry, Letter, LetterKind
from bot.alerts.grouping import CardRef, Job
from bot.domain.company import Company, CompanyId
from bot.domain.incident import IncidentId
from bot.domain.notice import ChatAddress, Notice, NoticeKind
from bot.domain.remark import PendingRemark
from storage import cards, chats, companies, incidents, outbox, remarks, subscriptions
from storage.cards import Card, Place
from storage.database import Transaction

# Of a message's 4096 characters: the rest is for its title and the heads of its groups.
NAMES_ROOM = 3300


@dataclass(frozen=True, kw_only=True)
class Book:
    """What was pending when it was read, and the cards that concerns."""

    notices: tuple[Notice, ...]
    remarks: tuple[PendingRemark, ...]
    cards: dict[tuple[ChatAddress, IncidentId], CardRef]

    async def is_current(self, tx: Transaction, now: datetime) -> bool:
        """Whether nothing has come or gone since it was read."""
        return (_extent(self.notices), _extent(self.remarks)) == (
            await outbox.extent(tx, now),
            await remarks.extent(tx, now),
        )

    def of_chat(self, chat_id: int) -> "Book":
        """What concerns one chat, its topics included."""
        return replace(
            self,
            notices=tuple(it for it in self.notices if it.address.chat_id == chat_id),
            remarks=tuple(it for it in self.remarks if it.address.chat_id == chat_id),
        )

    def without(self, draft: "Draft") -> "Book":
        """The same after what a letter told was settled."""
        told, said = frozenset(draft.notice_ids), frozenset(draft.job.remark_ids)
        return replace(
            self,
            notices=tuple(one for one in self.notices if one.id not in told),
            remarks=tuple(one for one in self.remarks if one.id not in said),
        )


def _extent(pending: Sequence[Notice | PendingRemark]) -> tuple[int, int]:
    return len(pending), pending[-1].id if pending else 0


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A letter, and what is true once it has been delivered.

    `notice_ids` are then settled. `card_id` is the card edited, replaced or replied to. `uncarded`
    are the recovered whose card still shows them as open; `elsewhere` those of a summary that
    stand on a card already, and are not upheld on this one.
    """

    job: Job
    letter: Letter
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
        """Whether it would put back a lost card, or repeat, what is over by now."""
        if self.job.kind is LetterKind.REPEAT:
            return not self.letter.entries
        replaces = self.job.kind is LetterKind.NEW and self.job.card_id is not None
        return replaces and len(self.ended) == len(self.letter.entries)


async def read_book(tx: Transaction, now: datetime) -> Book:
    """Everything pending, but of parked chats only what is due to be tried again."""
    notices = await outbox.pending(tx, now)
    refs = {
        (place.address, place.incident_id): CardRef(
            place.card_id, lost=place.lost, shows_end=place.shows_end
        )
        for place in _newest_last(await cards.places_pending(tx))
    }
    return Book(notices=tuple(notices), remarks=tuple(await remarks.pending(tx, now)), cards=refs)


def _newest_last(places: Iterable[Place]) -> list[Place]:
    """Where an incident stands on several cards, the last of these counts: a living one."""
    return sorted(places, key=lambda place: (not place.lost, place.card_id))


async def read_draft(
    tx: Transaction, job: Job, default_language: str, now: datetime
) -> Draft | None:
    """The letter of a job as things are now; None when somebody has settled it meanwhile."""
    if job.kind is LetterKind.REMARK:
        return await _read_remarks(tx, job, default_language, now)
    card = None if job.card_id is None else await cards.get(tx, job.card_id)
    if card is None and job.card_id is not None:
        return None
    incident_ids = job.incident_ids if card is None else card.incident_ids
    entries = await _as_heard(tx, job.address, await read_entries(tx, incident_ids))
    if job.alert and job.kind is not LetterKind.SUMMARY and len(entries) <= LETTER_SIZE:
        entries = _that_fit(entries)
    ids = tuple(entry.incident.id for entry in entries)
    notice_ids = await outbox.pending_of(tx, job.address, ids, _settled_by(job))
    if not notice_ids and job.alert:
        return None
    uncarded: tuple[IncidentId, ...] = ()
    elsewhere: frozenset[IncidentId] = frozenset()
    if job.kind in (LetterKind.BACK, LetterKind.SUMMARY):
        shared, present = await _cards_of(tx, job.address, ids)
        uncarded = tuple(one.incident_id for one in present if not one.shows_end)
        if job.kind is LetterKind.BACK:
            card = shared
        else:
            elsewhere = frozenset(one.incident_id for one in present)
            fresh = [one for one in ids if one not in elsewhere]
            changed = (NoticeKind.CHANGED,)
            notice_ids += await outbox.pending_of(tx, job.address, fresh, changed)
    if job.kind is LetterKind.REPEAT:
        card, _ = await _cards_of(tx, job.address, ids)
        entries = tuple(entry for entry in entries if entry.incident.calls)
    letter = Letter(
        kind=job.kind,
        address=job.address,
        entries=entries,
        language=await _language(tx, job, default_language),
        message_id=None if card is None or card.lost else card.message_id,
        silent=job.kind is LetterKind.EDIT or not job.alert,
    )
    return Draft(
        job=job,
        letter=letter,
        notice_ids=tuple(notice_ids),
        card_id=None if card is None else card.id,
        uncarded=uncarded,
        elsewhere=elsewhere,
    )


async def _read_remarks(
    tx: Transaction, job: Job, default_language: str, now: datetime
) -> Draft | None:
    wanted = [one for one in await remarks.pending(tx, now) if one.id in job.remark_ids]
    if not wanted:
        return None
    known = await _companies(tx, [one.remark.company_id for one in wanted])
    asides = tuple(
        Aside(
            remark=one.remark,
            at=one.created_at,
            company=known.get(one.remark.company_id) if one.remark.company_id else None,
        )
        for one in wanted
    )
    letter = Letter(
        kind=job.kind,
        address=job.address,
        entries=(),
        asides=asides,
        language=await _language(tx, job, default_language),
    )
    still = replace(job, remark_ids=tuple(one.id for one in wanted))
    return Draft(job=still, letter=letter, notice_ids=())


async def _language(tx: Transaction, job: Job, default: str) -> str:
    chat = await chats.get(tx, job.address.chat_id)
    return (chat and chat.language) or default


async def _companies(tx: Transaction, ids: Iterable[CompanyId | None]) -> dict[CompanyId, Company]:
    return await companies.get_many(tx, list(dict.fromkeys(one for one in ids if one is not None)))


def _settled_by(job: Job) -> tuple[NoticeKind, ...]:
    """A new card shows everything as it is; an edit leaves the recovery to be said aloud."""
    if not job.alert:
        return (NoticeKind.CHANGED,)
    return _SETTLED_BY.get(job.kind, tuple(NoticeKind))


_SETTLED_BY = {
    LetterKind.SUMMARY: (NoticeKind.OPENED, NoticeKind.RECOVERED, NoticeKind.REPEATED),
    LetterKind.BACK: (NoticeKind.RECOVERED,),
    LetterKind.REPEAT: (NoticeKind.REPEATED,),
}


def _that_fit(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """As many as one message can name, by their ids alone if need be; the rest follows."""
    room = NAMES_ROOM
    for count, entry in enumerate(entries):
        room -= len(entry.incident.company_id or entry.incident.gateway) + 2
        if room < 0 and count > 0:
            return entries[:count]
    return entries


async def read_entries(tx: Transaction, ids: Iterable[IncidentId]) -> tuple[Entry, ...]:
    """In the order of the incidents' ids, so that later edits keep it."""
    found = await incidents.get_many(tx, sorted(ids))
    known = await _companies(tx, [one.company_id for one in found.values()])
    return tuple(
        Entry(incident=one, company=known.get(one.company_id) if one.company_id else None)
        for _, one in sorted(found.items())
    )


async def _as_heard(
    tx: Transaction, address: ChatAddress, entries: tuple[Entry, ...]
) -> tuple[Entry, ...]:
    """The same without counts of companies where the place does not hear of all of them."""
    if all(entry.incident.company_id is not None for entry in entries):
        return entries
    heard = {one.company_id for one in await subscriptions.heard(tx) if one.address == address}
    if None in heard:
        return entries
    unheard = {one.gateway for one in await companies.all_of(tx) if one.id not in heard}
    return tuple(
        replace(entry, incident=entry.incident.uncounted())
        if entry.incident.company_id is None and entry.incident.gateway in unheard
        else entry
        for entry in entries
    )


async def _cards_of(
    tx: Transaction, address: ChatAddress, ids: Sequence[IncidentId]
) -> tuple[Card | None, list[Place]]:
    """The card that all of them share, and where each of them stands."""
    places = _newest_last(await cards.places_of(tx, address, ids))
    present = {place.incident_id: place for place in places}
    shared = {place.card_id for place in present.values()}
    if len(shared) != 1 or len(present) < len(ids):
        return None, list(present.values())
    return await cards.get(tx, shared.pop()), list(present.values())
