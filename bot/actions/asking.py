"""Questions before anything is destroyed: asked of one person, once, for a minute."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.actions.errors import AnsweredAlready, NotYours, TooLate
from bot.actions.journal import Journal
from bot.actions.looking import Looking
from bot.actions.results import Accepted, KeptCard, NothingKept, Question, label_of
from bot.domain.access import Person, Right
from bot.domain.company import Company, CompanyId
from bot.domain.files import FilesLook
from bot.domain.procedure import ProcedureKind
from bot.domain.session import State
from bot.domain.tempo import Tempo
from bot.recovery.restore import Restore
from storage import confirmations
from storage.confirmations import Confirmation
from storage.database import Database, Transaction

_RIGHTS: dict[str, Right] = {ProcedureKind.RESET: Right.RESET, ProcedureKind.RESTORE: Right.RESTORE}


class Asking:
    """Puts the questions and takes the answers."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        looking: Looking,
        restore: Restore,
        *,
        tempo: Tempo,
        clock: Callable[[], datetime],
    ) -> None:
        self._db = database
        self._journal = journal
        self._looking = looking
        self._restore = restore
        self._tempo = tempo
        self._clock = clock

    async def ask_reset(self, person: Person, company_id: CompanyId) -> Question:
        """Ask whether to reset. Nothing happens yet."""
        person.must(Right.RESET, company_id)
        card = await self._looking.company(person, company_id)
        files = await self._looking.count(card.known.company)
        return await self._ask(
            person,
            ProcedureKind.RESET,
            card.known.company,
            connected=card.known.state is State.CONNECTED,
            files=files.total if isinstance(files, FilesLook) else None,
            kept_at=None,
        )

    async def ask_restore(
        self, person: Person, company_id: CompanyId, which: str | None = None
    ) -> Question | NothingKept:
        """Ask whether to bring the keys of this label back, else the best. Nothing happens yet."""
        person.must(Right.RESTORE, company_id)
        card = await self._looking.company(person, company_id)
        company = card.known.company
        every = await self._restore.kept(company)
        kept = next((one for one in every if which in (None, label_of(one))), None)
        if kept is None:
            gone = which is not None and bool(every)
            possible = self._restore.possible(company)
            return NothingKept(company=company, configured=possible, gone=gone)
        asked = await self._ask(
            person,
            ProcedureKind.RESTORE,
            company,
            connected=card.known.state is State.CONNECTED,
            files=kept.files,
            kept_at=kept.at,
            which=kept.name,
        )
        return replace(asked, kept=kept, others=len(every) - 1)

    async def list_kept(self, person: Person, company_id: CompanyId) -> KeptCard | NothingKept:
        """All keys of a company that could be brought back, the best first."""
        person.must(Right.RESTORE, company_id)
        company = (await self._looking.company(person, company_id)).known.company
        every = await self._restore.kept(company)
        if not every:
            return NothingKept(company=company, configured=self._restore.possible(company))
        return KeptCard(company=company, kept=tuple(every))

    async def company_of(self, person: Person, nonce: str) -> Company:
        """The company that a question is about; the question stays open.

        NotYours, TooLate, AnsweredAlready, NotAllowed.
        """
        async with self._db.reading() as tx:
            asked = await _answerable(tx, person, nonce, self._clock(), _RIGHTS)
        return await self._looking.find(asked.company_id)

    async def accept(self, person: Person, nonce: str, chat_id: int) -> Accepted:
        """Take the yes to a question. NotYours, TooLate, AnsweredAlready, NotAllowed."""
        now = self._clock()
        async with self._db.writing() as tx:
            asked = await taken(tx, person, nonce, now, _RIGHTS)
        company = await self._looking.find(asked.company_id)
        audit_id = await self._journal.begin(
            person.user_id, chat_id, asked.action, company.id, update_key=f"answer:{nonce}"
        )
        return Accepted(action=asked.action, company=company, audit_id=audit_id, which=asked.which)

    async def decline(self, person: Person, nonce: str) -> Company:
        """Take the no to a question; its company. NotYours, TooLate, AnsweredAlready."""
        now = self._clock()
        async with self._db.writing() as tx:
            asked = await taken(tx, person, nonce, now, _RIGHTS)
        return await self._looking.find(asked.company_id)

    async def _ask(
        self,
        person: Person,
        kind: ProcedureKind,
        company: Company,
        *,
        connected: bool,
        files: int | None,
        kept_at: datetime | None,
        which: str | None = None,
    ) -> Question:
        now = self._clock()
        lifetime = timedelta(seconds=self._tempo.confirmation_s)
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
                    which=which,
                ),
            )
        return Question(
            nonce=nonce,
            action=kind,
            company=company,
            asked=person.user_id,
            expires_in=lifetime,
            connected=connected,
            can_be_undone=self._restore.possible(company),
            files=files,
            kept_at=kept_at,
        )


async def taken(
    tx: Transaction, person: Person, nonce: str, now: datetime, rights: Mapping[str, Right]
) -> Confirmation:
    """The question behind an answer, used up. `rights` holds what each act asked here needs.

    Raises NotYours, TooLate, AnsweredAlready or NotAllowed.
    """
    asked = await _answerable(tx, person, nonce, now, rights)
    if not await confirmations.use(tx, nonce, now):
        raise AnsweredAlready
    return asked


async def _answerable(
    tx: Transaction, person: Person, nonce: str, now: datetime, rights: Mapping[str, Right]
) -> Confirmation:
    """The question behind an answer that this person may give now."""
    asked = await confirmations.get(tx, nonce)
    if asked is None or asked.action not in rights:
        raise TooLate
    _may_answer(person, asked, now, rights[asked.action])
    return asked


def _may_answer(person: Person, asked: Confirmation, now: datetime, right: Right) -> None:
    if asked.user_id != person.user_id:
        raise NotYours(asked.user_id)
    if asked.used_at is not None:
        raise AnsweredAlready
    if now > asked.expires_at:
        raise TooLate
    person.must(right, asked.company_id or None)
