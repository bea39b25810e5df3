"""Who may do what at this moment: grants, and the owners that the settings name."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Grant, Person, Role, UserId
from storage.people import grants
from storage.tables import owners


async def owner_ids(tx: AsyncConnection) -> list[UserId]:
    """The owners by settings, as of the last start."""
    return [UserId(user_id) for user_id in await tx.scalars(select(owners.c.user_id))]


async def set_owners(tx: AsyncConnection, user_ids: Iterable[UserId]) -> list[UserId]:
    """Store the owners that the settings name; returns those they no longer name."""
    wanted, before = set(user_ids), set(await owner_ids(tx))
    gone, new = sorted(before - wanted), sorted(wanted - before)
    if gone:
        await tx.execute(delete(owners).where(owners.c.user_id.in_(gone)))
    if new:
        await tx.execute(insert(owners), [{"user_id": user_id} for user_id in new])
    return gone


async def of_user(tx: AsyncConnection, user_id: UserId) -> Person:
    """Somebody with the rights held now; none where nobody let them in."""
    is_owner = select(owners.c.user_id).where(owners.c.user_id == user_id)
    by_settings = (await tx.execute(is_owner)).first() is not None
    own = (Grant(user_id=user_id, role=Role.OWNER),) if by_settings else ()
    return Person(user_id=user_id, name="", grants=(*own, *await grants.of_user(tx, user_id)))


async def everybody(tx: AsyncConnection) -> dict[UserId, Person]:
    """Everybody who is let in, by id."""
    held: defaultdict[UserId, list[Grant]] = defaultdict(list)
    for user_id in await owner_ids(tx):
        held[user_id].append(Grant(user_id=user_id, role=Role.OWNER))
    for grant in await grants.all_ones(tx):
        held[grant.user_id].append(grant)
    return {
        user_id: Person(user_id=user_id, name="", grants=tuple(granted))
        for user_id, granted in held.items()
    }
