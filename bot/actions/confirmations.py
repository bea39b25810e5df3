"""Questions before anything is destroyed: asked of one person, once, for a minute."""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.actions.errors import AnsweredAlready, NotYours, TooLate
from bot.actions.journal import Journal
from bot.actions.results import (
    Accepted,
    CompanyCard,
    KeptCard,
    NothingKept,
    Overtaken,
    Question,
    label_of,
)
from bot.actions.status import Status
from bot.domain.access import RIGHT_FOR, Person, Right
from bot.domain.company import Company, CompanyId
from bot.domain.files import FilesLook, Kept
from bot.domain.procedure import ProcedureKind
from bot.domain.session import State
from bot.domain.standing import Better, Improvement, Standing
from bot.domain.timing import Timing
from bot.domain.trouble import Trouble
from bot.recovery.standing import Standings
from storage.database import Transaction
from storage.people import confirmations
from storage.people.confirmations import Confirmation

_KINDS = frozenset({ProcedureKind.RESET, ProcedureKind.RESTORE})


class Confirmations:
    """Puts the questions and takes the answers."""

    def __init__(
        self,
        journal: Journal,
        looking: Status,
        standings: Standings,
        *,
        timing: Timing,
        clock: Callable[[], datetime],
    ) -> None:
        self._db = journal.database
        self._journal = journal
        self._status = looking
        self._kept_keys = standings.keys
        self._standings = standings
        self._timing = timing
        self._clock = clock

    async def ask_reset(
        self, person: Person, company_id: CompanyId, *, news: Sequence[Improvement] = ()
    ) -> Question:
        """Ask whether to reset. Nothing happens yet. `news`: why the last yes was not taken."""
        person.must(Right.RESET, company_id)
        card = await self._status.company(person, company_id)
        files = await self._status.count(card.known.company)
        return await self._ask(
            person,
            ProcedureKind.RESET,
            card,
            news=news,
            files=files.total if isinstance(files, FilesLook) else None,
        )

    async def ask_restore(
        self,
        person: Person,
        company_id: CompanyId,
        which: str | None = None,
        *,
        news: Sequence[Improvement] = (),
    ) -> Question | NothingKept:
        """Ask whether to bring the keys of this label back, else the best. Nothing happens yet.

        `news` as for a reset.
        """
        person.must(Right.RESTORE, company_id)
        card = await self._status.company(person, company_id)
        company = card.known.company
        all_kept = await self._kept_keys.of(company)
        kept = next((copy for copy in all_kept if which in (None, label_of(copy))), None)
        if kept is None:
            gone = which is not None and bool(all_kept)
            possible = self._kept_keys.are_possible(company)
            return NothingKept(company=company, configured=possible, gone=gone)
        asked = await self._ask(
            person, ProcedureKind.RESTORE, card, news=news, files=kept.files, kept=kept
        )
        return replace(asked, others=len(all_kept) - 1)

    async def list_kept(self, person: Person, company_id: CompanyId) -> KeptCard | NothingKept:
        """All keys of a company that could be brought back, the best first."""
        person.must(Right.RESTORE, company_id)
        company = (await self._status.company(person, company_id)).known.company
        all_kept = await self._kept_keys.of(company)
        if not all_kept:
            return NothingKept(company=company, configured=self._kept_keys.are_possible(company))
        return KeptCard(company=company, kept=tuple(all_kept))

    async def company_of(self, person: Person, nonce: str) -> Company:
        """The company that a question is about; the question stays open.

        NotYours, TooLate, AnsweredAlready, NotAllowed.
        """
        async with self._db.reading() as tx:
            asked = await _answerable(tx, person, nonce, self._clock(), _KINDS)
        return await self._status.stored(asked.company_id)

    async def ask_anew(self, person: Person, overtaken: Overtaken) -> Question | NothingKept:
        """Ask once more, in the words that fit now: the yes before came too late."""
        ask = self.ask_reset if overtaken.action == ProcedureKind.RESET else self.ask_restore
        return await ask(person, overtaken.company.id, news=overtaken.news)

    async def accept(self, person: Person, nonce: str, chat_id: int) -> Accepted:
        """Take the yes to a question. NotYours, TooLate, AnsweredAlready, NotAllowed."""
        now = self._clock()
        async with self._db.writing() as tx:
            asked = await taken(tx, person, nonce, now, _KINDS)
        if asked.stood is None:
            raise TooLate  # asked by a version that did not keep how it stood
        company = await self._status.stored(asked.company_id)
        audit_id = await self._journal.begin(
            person.user_id, chat_id, asked.action, company.id, update_key=f"answer:{nonce}"
        )
        stood = Standing.read(asked.stood)
        return Accepted(
            action=asked.action,
            company=company,
            audit_id=audit_id,
            stood=stood,
            which=asked.which,
        )

    async def decline(self, person: Person, nonce: str) -> Company:
        """Take the no to a question; its company. NotYours, TooLate, AnsweredAlready."""
        now = self._clock()
        async with self._db.writing() as tx:
            asked = await taken(tx, person, nonce, now, _KINDS)
        return await self._status.stored(asked.company_id)

    async def _ask(
        self,
        person: Person,
        kind: ProcedureKind,
        card: CompanyCard,
        *,
        news: Sequence[Improvement],
        files: int | None,
        kept: Kept | None = None,
    ) -> Question:
        which = None if kept is None else kept.name
        known, company, silent = card.known, card.known.company, card.gateway.silent_since
        stood = await self._standings.asked(known, silent=silent is not None, kept=which)
        if any(improvement.what is Better.CONNECTED for improvement in news):
            stood = replace(stood, connected=True)  # seen by the fresh look, which is not stored
        news = news or await self._standings.live_of_others(company, person.user_id)
        now = self._clock()
        lifetime = timedelta(seconds=self._timing.confirmation_s)
        nonce = secrets.token_urlsafe(9)
        async with self._db.writing() as tx:
            await confirmations.add(
                tx,
                Confirmation(
                    nonce=nonce,
                    user_id=person.user_id,
                    action=kind,
                    company_id=company.id,
                    asked_at=now,
                    expires_at=now + lifetime,
                    stood=stood.written(),
                    which=which,
                ),
            )
        return Question(
            nonce=nonce,
            action=kind,
            company=company,
            asked=person.user_id,
            expires_in=lifetime,
            connected=bool(stood.connected) or known.state is State.CONNECTED,
            can_be_undone=self._kept_keys.are_possible(company),
            files=files,
            kept_at=None if kept is None else kept.at,
            kept=kept,
            news=tuple(news),
            restricted=known.incident(Trouble.RESTRICTED) is not None,
        )


async def taken(
    tx: Transaction, person: Person, nonce: str, now: datetime, acts: Collection[str]
) -> Confirmation:
    """The question behind an answer, used up. `acts` are those asked about here.

    Raises NotYours, TooLate, AnsweredAlready or NotAllowed.
    """
    asked = await _answerable(tx, person, nonce, now, acts)
    if not await confirmations.use(tx, nonce, now):
        raise AnsweredAlready
    return asked


async def _answerable(
    tx: Transaction, person: Person, nonce: str, now: datetime, acts: Collection[str]
) -> Confirmation:
    """The question behind an answer that this person may give now."""
    asked = await confirmations.get(tx, nonce)
    if asked is None or asked.action not in acts:
        raise TooLate
    _may_answer(person, asked, now)
    return asked


def _may_answer(person: Person, asked: Confirmation, now: datetime) -> None:
    if asked.user_id != person.user_id:
        raise NotYours(asked.user_id)
    if asked.used_at is not None:
        raise AnsweredAlready
    if now > asked.expires_at:
        raise TooLate
    person.must(RIGHT_FOR[asked.action], asked.company_id or None)
