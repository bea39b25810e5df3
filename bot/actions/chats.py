"""Settings of a chat: its subscriptions, its language, where codes appear."""

from collections.abc import Callable, Sequence

from bot.actions.fewer_alerts import must_lessen, targets_of
from bot.actions.journal import Journal
from bot.actions.results import SubscriptionRow
from bot.domain.access import Person, Right, UserId
from bot.domain.company import CompanyId
from bot.domain.notice import ChatAddress
from bot.domain.pairing import PairingPlace
from bot.domain.trouble import Severity
from storage.chats import chats, parking, subscriptions
from storage.chats.listeners import coverage, tell_of_loss
from storage.chats.subscriptions import Subscription
from storage.sessions import companies


class Chats:
    """A chat's choices, and what becomes of a chat that moves or turns us away."""

    def __init__(
        self, journal: Journal, owner_ids: Sequence[int], *, on_written: Callable[[], None]
    ) -> None:
        self._db = journal.database
        self._journal = journal
        self._owner_ids = owner_ids
        self._clock = journal.clock
        self._on_written = on_written

    async def subscribe_first(self, address: ChatAddress) -> bool:
        """Subscribe the chat of the settings to everything, on the very first start only."""
        async with self._db.writing() as tx:
            new = await chats.add(tx, address.chat_id, "", self._clock())
            if new:
                to_all = Subscription(address=address, company_id=None, severity=Severity.INFO)
                await subscriptions.put(tx, to_all, None, self._clock())
        return new

    async def language(self, chat_id: int) -> str | None:
        """The language this chat has chosen; None when it has not."""
        async with self._db.reading() as tx:
            chat = await chats.get(tx, chat_id)
        return None if chat is None else chat.language

    async def set_language(
        self,
        person: Person,
        chat_id: int,
        title: str,
        language: str,
        update_key: str | None,
        *,
        private: bool,
    ) -> None:
        """Choose the chat's language; in a group that takes an owner."""
        if not private:
            person.must(Right.SETTINGS)
        audit_id = await self._journal.begin(
            person.user_id, chat_id, "lang", update_key=update_key, language=language
        )
        async with self._db.writing() as tx:
            await chats.add(tx, chat_id, title, self._clock())
            await chats.set_language(tx, chat_id, language)
        await self._journal.finish(audit_id, "done")

    async def pairing_place(self, chat_id: int) -> PairingPlace:
        """Where codes that are asked for in this chat appear."""
        async with self._db.reading() as tx:
            chat = await chats.get(tx, chat_id)
        return PairingPlace.HERE if chat is None else chat.pairing_place

    async def set_pairing_place(
        self, person: Person, chat_id: int, title: str, place: PairingPlace, update_key: str
    ) -> None:
        """Choose where codes that are asked for in this chat appear."""
        person.must(Right.SETTINGS)
        audit_id = await self._journal.begin(
            person.user_id, chat_id, "place", update_key=update_key, place=place
        )
        async with self._db.writing() as tx:
            await chats.add(tx, chat_id, title, self._clock())
            await chats.set_pairing_place(tx, chat_id, place)
        await self._journal.finish(audit_id, "done")

    async def subscribe(
        self,
        person: Person,
        address: ChatAddress,
        title: str,
        company_ids: Sequence[CompanyId],
        severity: Severity,
        update_key: str,
    ) -> None:
        """Subscribe this chat or topic to the companies; to all when none is named."""
        targets: Sequence[CompanyId | None] = company_ids or (None,)
        for company_id in targets:
            person.must(Right.SUBSCRIBE, company_id)
        async with self._db.reading() as tx:
            present = await subscriptions.of_address(tx, address)
            softer = [
                subscription
                for subscription in present
                if subscription.company_id in targets and subscription.severity.rank < severity.rank
            ]
            await must_lessen(tx, person, address, targets_of(softer))
        audit_id = await self._journal.begin(
            person.user_id,
            address.chat_id,
            "subscribe",
            update_key=update_key,
            companies=list(company_ids),
            severity=severity,
        )
        now = self._clock()
        async with self._db.writing() as tx:
            before = await coverage(tx)
            there = {
                subscription.company_id: subscription
                for subscription in await subscriptions.of_address(tx, address)
            }
            await chats.add(tx, address.chat_id, title, now)
            await parking.take_back(tx, address.chat_id, self._owner_ids, now)
            for company_id in targets:
                wanted = Subscription(address=address, company_id=company_id, severity=severity)
                by = _added_by(person, there.get(company_id))
                await subscriptions.put(tx, wanted, by, now)
            await tell_of_loss(tx, before, self._owner_ids, now)
        await self._journal.finish(audit_id, "done")
        self._on_written()

    async def unsubscribe(
        self,
        person: Person,
        address: ChatAddress,
        targets: Sequence[CompanyId | None] | None,
        update_key: str,
    ) -> int:
        """End these subscriptions (None among them: the one to all companies), or every one.

        How many there were.
        """
        private = address.chat_id == person.user_id
        for company_id in () if private else targets or ():
            person.must(Right.SUBSCRIBE, company_id)  # asked first: so nobody learns what is there
        async with self._db.reading() as tx:
            present = await subscriptions.of_address(tx, address)
        wanted = [
            subscription
            for subscription in present
            if targets is None or subscription.company_id in targets
        ]
        if not wanted:
            return 0
        for subscription in wanted:
            if not private:  # in their own chat everybody may end everything
                person.must(Right.SUBSCRIBE, subscription.company_id)
        async with self._db.reading() as tx:
            await must_lessen(tx, person, address, targets_of(wanted))
        audit_id = await self._journal.begin(
            person.user_id,
            address.chat_id,
            "unsubscribe",
            update_key=update_key,
            companies=[subscription.company_id for subscription in wanted],
        )
        async with self._db.writing() as tx:
            before = await coverage(tx)
            for subscription in wanted:
                await subscriptions.remove(tx, address, subscription.company_id)
            await tell_of_loss(tx, before, self._owner_ids, self._clock())
        await self._journal.finish(audit_id, "done")
        self._on_written()
        return len(wanted)

    async def subscriptions(self, person: Person, address: ChatAddress) -> list[SubscriptionRow]:
        """The subscriptions of this chat or topic that the person may see."""
        async with self._db.reading() as tx:
            present = await subscriptions.of_address(tx, address)
            named = {company.id: company for company in await companies.all_of(tx)}
        return [
            SubscriptionRow(
                address=subscription.address,
                company=None
                if subscription.company_id is None
                else named.get(subscription.company_id),
                severity=subscription.severity,
                parked=subscription.parked,
            )
            for subscription in present
            if _may_see(person, subscription)
        ]

    async def moved(self, old_id: int, new_id: int) -> None:
        """The group became a supergroup."""
        async with self._db.writing() as tx:
            await chats.move(tx, old_id, new_id, self._clock())

    async def turned_away(self, chat_id: int, reason: str) -> None:
        """The chat blocked or removed the bot: its subscriptions wait for a return."""
        async with self._db.writing() as tx:
            await parking.turn_away(tx, chat_id, reason, self._owner_ids, self._clock())
        self._on_written()

    async def taken_back(self, chat_id: int) -> bool:
        """The bot may write there again; True when subscriptions had been waiting."""
        async with self._db.writing() as tx:
            return await parking.take_back(tx, chat_id, self._owner_ids, self._clock())


def _added_by(person: Person, present: Subscription | None) -> UserId | None:
    """Who may end it later: whoever had it first, until somebody takes it over who may end it."""
    if present is None or person.may(Right.MUTE, present.company_id):
        return person.user_id
    return present.added_by


def _may_see(person: Person, subscription: Subscription) -> bool:
    if subscription.company_id is None:
        return person.may_somewhere(Right.LOOK)
    return person.may(Right.LOOK, subscription.company_id)
