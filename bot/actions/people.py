"""Who is who, and who lets whom in."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.actions.errors import BadRequest
from bot.actions.journal import Journal
from bot.actions.results import AdminRow
from bot.domain.access import Grant, Person, Right, Role, UserId
from bot.domain.company import CompanyId
from storage import grants, people
from storage.database import Database

STRANGER_PATIENCE = timedelta(hours=1)


class People:
    """Grants. Owners named in the settings are owners for ever."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        owner_ids: Sequence[UserId],
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._db = database
        self._journal = journal
        self._owners = {
            owner: Grant(user_id=owner, role=Role.OWNER) for owner in dict.fromkeys(owner_ids)
        }
        self._clock = clock

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

    async def grant(
        self,
        person: Person,
        user_id: UserId,
        role: Role,
        company_ids: Sequence[CompanyId],
        chat_id: int,
        update_key: str,
    ) -> None:
        """Let somebody in, for some companies or, when none is named, for all."""
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
            for company_id in company_ids or (None,):
                grant = Grant(user_id=user_id, role=role, company_id=company_id)
                await grants.add(tx, grant, person.user_id, now)
        await self._journal.finish(audit_id, "done")

    async def revoke(self, person: Person, user_id: UserId, chat_id: int, update_key: str) -> int:
        """Take back every grant of somebody; how many there were."""
        person.must(Right.GRANT)
        if user_id in self._owners:
            raise BadRequest("revoke.owner_by_settings")
        audit_id = await self._journal.begin(
            person.user_id, chat_id, "revoke", update_key=update_key, of=user_id
        )
        async with self._db.writing() as tx:
            count = await grants.revoke_all(tx, user_id, person.user_id, self._clock())
        await self._journal.finish(audit_id, "done")
        return count

    async def admins(self, person: Person) -> list[AdminRow]:
        """Everybody who was let in, owners by settings first."""
        person.must(Right.GRANT)
        async with self._db.reading() as tx:
            every = await grants.all_ones(tx)
            names = await people.names(tx)
        by_user: dict[UserId, list[Grant]] = {owner: [] for owner in self._owners}
        for grant in every:
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
