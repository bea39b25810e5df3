"""People and their access: who has it, who grants it."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.actions.errors import BadRequest
from bot.actions.journal import Journal
from bot.actions.results import AdminRow, Granted, Leaving
from bot.domain.access import BOT_ITSELF, Grant, Person, Right, Role, UserId
from bot.domain.company import CompanyId
from bot.domain.system_notice import SystemNotice, SystemNoticeKind, owners
from storage.alerts import system_notices
from storage.chats.listeners import Coverage, coverage, tell_of_loss
from storage.database import Transaction
from storage.people import audit, grants, persons
from storage.people import names as people
from storage.people.lost_rights import Left, close_doors

STRANGER_PATIENCE = timedelta(hours=1)


class People:
    """Grants. Owners named in the settings are owners for ever."""

    def __init__(
        self, journal: Journal, owner_ids: Sequence[UserId], *, on_written: Callable[[], None]
    ) -> None:
        self._db = journal.database
        self._journal = journal
        self._owners = {
            owner: Grant(user_id=owner, role=Role.OWNER) for owner in dict.fromkeys(owner_ids)
        }
        self._clock = journal.clock
        self._on_written = on_written

    async def who(self, user_id: UserId, name: str) -> Person:
        """The person behind a user id, with the rights held at this moment."""
        async with self._db.reading() as tx:
            granted = await grants.of_user(tx, user_id)
        owner = self._owners.get(user_id)
        return Person(
            user_id=user_id, name=name, grants=granted if owner is None else (owner, *granted)
        )

    async def remember_name(self, person: Person) -> None:
        """Keep the name that a known person shows, for the list of admins; written if it is new."""
        async with self._db.reading() as tx:
            if await people.name_of(tx, person.user_id) == person.name:
                return
        async with self._db.writing() as tx:
            await people.remember(tx, person.user_id, person.name)

    async def may_answer_stranger(self, user_id: UserId) -> bool:
        """Whether a stranger may be answered now: at most once an hour."""
        now = self._clock()
        async with self._db.writing() as tx:
            return await people.may_tell_stranger(tx, user_id, now - STRANGER_PATIENCE, now)

    async def settle_owners(self) -> None:
        """Store the owners that the settings name, and end what hangs on former ones."""
        now = self._clock()
        async with self._db.writing() as tx:
            heard = await coverage(tx)
            for user_id in await persons.set_owners(tx, self._owners):
                leaving = await self._close_doors(tx, heard, BOT_ITSELF, user_id, 0, "")
                heard = await coverage(tx)
                name = (await people.names(tx)).get(user_id) or str(user_id)
                facts = {"count": leaving.left.count, "person": f"{name} ({user_id})"}
                system_notice = SystemNotice(kind=SystemNoticeKind.OWNER_GONE, facts=facts)
                await system_notices.add(tx, owners(self._owners), system_notice, now)

    async def grant(
        self,
        person: Person,
        user_id: UserId,
        role: Role,
        company_ids: Sequence[CompanyId],
        chat_id: int,
        update_key: str,
    ) -> Granted:
        """Let somebody in, for some companies or, when none is named, for all.

        One for some companies takes the place of an earlier one for all that gave as much or more.
        """
        person.must(Right.GRANT)
        audit_id = await self._journal.begin(
            person.user_id,
            chat_id,
            "grant",
            update_key=update_key,
            to=user_id,
            role=role,
            companies=list(company_ids),
        )
        now = self._clock()
        async with self._db.writing() as tx:
            heard, before = await coverage(tx), await persons.of_user(tx, user_id)
            # What an owner by the settings was granted besides outlasts the settings.
            given = await grants.of_user(tx, user_id)
            for_all = next((grant for grant in given if grant.company_id is None), None)
            if company_ids and for_all is not None and for_all.role.rank >= role.rank:
                await grants.revoke_for_all(tx, user_id, person.user_id, now)
            for company_id in company_ids or (None,):
                grant = Grant(user_id=user_id, role=role, company_id=company_id)
                await grants.add(tx, grant, person.user_id, now)
            after = await persons.of_user(tx, user_id)
            leaving = None
            if after.has_less_than(before):
                by = person.user_id
                leaving = await self._close_doors(tx, heard, by, user_id, chat_id, update_key)
        await self._journal.finish(audit_id, "done")
        self._on_written()
        return Granted(grants=after.grants, leaving=leaving)

    async def revoke(
        self, person: Person, user_id: UserId, chat_id: int, update_key: str
    ) -> Leaving | None:
        """Take back every grant of somebody, and end what hung on them; None without any."""
        person.must(Right.GRANT)
        if user_id in self._owners:
            raise BadRequest("revoke.owner_by_settings")
        audit_id = await self._journal.begin(
            person.user_id, chat_id, "revoke", update_key=update_key, of=user_id
        )
        async with self._db.writing() as tx:
            heard, by = await coverage(tx), person.user_id
            count = await grants.revoke_all(tx, user_id, by, self._clock())
            # Even without a grant: what an earlier version left open is closed now.
            leaving = await self._close_doors(tx, heard, by, user_id, chat_id, update_key)
        await self._journal.finish(audit_id, "done")
        self._on_written()
        return leaving if count or leaving.left.count else None

    async def _close_doors(
        self,
        tx: Transaction,
        heard: Coverage,
        by: UserId,
        user_id: UserId,
        chat_id: int,
        update_key: str,
    ) -> Leaving:
        """End what hangs on rights that are no more, with an audit row where there was anything.

        `heard` is as it was before the rights went: a private chat hears no more with them.
        """
        now = self._clock()
        left = await close_doors(tx, user_id, now)
        lost = await tell_of_loss(tx, heard, self._owners, now)
        if left.count:
            row_id = await audit.begin(
                tx,
                user_id=by,
                chat_id=chat_id,
                action="end_access",
                company_id=None,
                details=_noted(user_id, left),
                update_key=f"{update_key}:left" if update_key else None,
                now=now,
            )
            if row_id is not None:
                await audit.finish(tx, row_id, "done", now)
        return Leaving(left=left, lost=tuple(lost))

    async def admins(self, person: Person) -> list[AdminRow]:
        """Everybody who was let in, owners by settings first."""
        person.must(Right.GRANT)
        async with self._db.reading() as tx:
            all_grants = await grants.all_ones(tx)
            names = await people.names(tx)
        by_user: dict[UserId, list[Grant]] = {owner: [] for owner in self._owners}
        for grant in all_grants:
            by_user.setdefault(grant.user_id, []).append(grant)
        return [
            AdminRow(
                user_id=user_id,
                name=names.get(user_id, ""),
                grants=tuple(granted),
                by_settings=user_id in self._owners,
            )
            for user_id, granted in by_user.items()
        ]


def _noted(user_id: UserId, left: Left) -> dict[str, object]:
    return {
        "of": user_id,
        "codes": list(left.codes),
        "subscriptions": [
            f"{subscription.address} {subscription.company_id or 'all'}"
            for subscription in left.subscriptions
        ],
        "boards": len(left.boards),
        "digests": left.digests,
        "questions": left.questions,
    }
