"""Who may make a group hear less: an operator, or whoever added what is to go.

In their own private chat everybody decides for themselves.
"""

from collections.abc import Iterable

from bot.actions.errors import BadRequest
from bot.domain.access import Person, Right, UserId
from bot.domain.company import CompanyId
from bot.domain.notice import ChatAddress
from storage.chats.subscriptions import Subscription
from storage.database import Transaction
from storage.people import names as people


async def must_lessen(
    tx: Transaction,
    person: Person,
    address: ChatAddress,
    targets: Iterable[tuple[CompanyId | None, UserId | None]],
) -> None:
    """BadRequest that names who may, unless the person may end all of these.

    Each target is a company (None: all of them) and who added it (None: nobody knows any more).
    """
    if address.chat_id == person.user_id:
        return
    for company_id, added_by in targets:
        if added_by == person.user_id or person.may(Right.MUTE, company_id):
            continue
        name = (await people.names(tx)).get(added_by) if added_by is not None else None
        if name:
            raise BadRequest("less.hearing_who", who=name)
        raise BadRequest("less.hearing")


def targets_of(several: Iterable[Subscription]) -> list[tuple[CompanyId | None, UserId | None]]:
    """The targets that subscriptions are."""
    return [(subscription.company_id, subscription.added_by) for subscription in several]
