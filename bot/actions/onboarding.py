"""First contact: what an owner has to see once to trust what comes later."""

from bot.actions.gateways import Gateways
from bot.actions.journal import Journal
from bot.domain.access import Person, Right
from bot.domain.notice import ChatAddress
from bot.domain.onboarding import Onboarding
from storage.chats import subscriptions
from storage.people import audit

_TEST = "test_alert"


class OnboardingPages:
    """Leads from the gateway to a chat that hears."""

    def __init__(self, journal: Journal, gateways: Gateways) -> None:
        self._db = journal.database
        self._journal = journal
        self._gateways = gateways

    async def seen(self, person: Person, address: ChatAddress) -> Onboarding:
        """Every station as it is now; the gateways are asked anew."""
        person.must(Right.SETTINGS)
        views = await self._gateways.every(person)
        async with self._db.reading() as tx:
            heard = [
                subscription
                for subscription in await subscriptions.heard(tx)
                if not subscription.parked
            ]
            tested_at = await audit.last_done(tx, _TEST, address.chat_id)
        places = {subscription.address for subscription in heard}
        return Onboarding(
            gateways=views,
            hears=address in places,
            elsewhere=len(places - {address}),
            tested_at=tested_at,
        )

    async def begin_test(self, person: Person, address: ChatAddress, update_key: str) -> int:
        """A test alert is about to be sent there; what `sent` wants to know."""
        person.must(Right.SETTINGS)
        return await self._journal.begin(
            person.user_id, address.chat_id, _TEST, update_key=update_key
        )

    async def sent(self, test_id: int) -> None:
        """Telegram has taken it."""
        await self._journal.finish(test_id, "done")
