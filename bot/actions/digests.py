"""Digests: which place wants one, and at which hour. What it tells is not decided here."""

from bot.actions.errors import NothingHeard
from bot.actions.fewer_alerts import must_lessen
from bot.actions.journal import Journal
from bot.actions.results import DigestCard
from bot.actions.timezones import Zones
from bot.domain.access import Person, Right
from bot.domain.digest import DigestWish
from bot.domain.notice import ChatAddress
from storage.chats import chats, digests, subscriptions
from storage.chats.digests import DigestRow
from storage.database import Transaction


class DigestWishes:
    """A daily digest for a chat or topic, by the clock of the chat."""

    def __init__(self, journal: Journal, zones: Zones) -> None:
        self._db = journal.database
        self._journal = journal
        self._timezones = zones
        self._clock = journal.clock

    async def of(self, address: ChatAddress) -> DigestCard:
        """The present wish of a place, and its zone."""
        async with self._db.reading() as tx:
            row = await digests.get(tx, address)
        zone = await self._timezones.of(address.chat_id)
        return DigestCard(wish=None if row is None else row.wish, zone=zone)

    async def choose(
        self,
        person: Person,
        address: ChatAddress,
        title: str,
        wish: DigestWish | None,
        update_key: str,
    ) -> DigestCard:
        """Let this place have a digest (None: no more).

        NothingHeard where the place is subscribed to nothing, and so would have nothing to read.
        """
        async with self._db.reading() as tx:
            heard = await subscriptions.of_address(tx, address)
            await _must_change(tx, person, address, wish)
        if not heard and wish is not None:
            raise NothingHeard
        for company_id in {subscription.company_id for subscription in heard} or {None}:
            person.must(Right.SUBSCRIBE, company_id)
        choice = (
            "off" if wish is None else f"{wish.hour} {'always' if wish.when_well else 'trouble'}"
        )
        audit_id = await self._journal.begin(
            person.user_id, address.chat_id, "digest", update_key=update_key, wish=choice
        )
        card, now = await self.of(address), self._clock()
        async with self._db.writing() as tx:
            # Somebody else may have asked for one a moment ago.
            present = await _must_change(tx, person, address, wish)
            by = person.user_id if present is None else present.added_by
            await chats.add(tx, address.chat_id, title, now)
            if wish is None:
                await digests.remove(tx, address)
            else:
                await digests.put(tx, address, wish, wish.next_after(now, card.zone), by)
        await self._journal.finish(audit_id, "done")
        return DigestCard(wish=wish, zone=card.zone)


async def _must_change(
    tx: Transaction, person: Person, address: ChatAddress, wish: DigestWish | None
) -> DigestRow | None:
    """The present one; NotAllowed where `wish` lessens what others have added."""
    present = await digests.get(tx, address)
    if present is not None and _is_less(present.wish, wish):
        heard = await subscriptions.of_address(tx, address)
        who = [(subscription.company_id, present.added_by) for subscription in heard]
        await must_lessen(tx, person, address, who or [(None, present.added_by)])
    return present


def _is_less(present: DigestWish, wish: DigestWish | None) -> bool:
    """Whether it would come less often: never, or only where there was trouble."""
    return wish is None or (present.when_well and not wish.when_well)
