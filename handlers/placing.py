"""Where a pairing is shown: where the chat wants it, else to the asker in private."""

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError
from aiogram.utils.deep_linking import create_start_link

from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.pairing import Means, PairingPlace, Spot
from handlers.render import place as words
from handlers.render.screen import Screen
from handlers.sheet import Sheet, post_sheet
from handlers.turn import Turn


class Placing:
    """Finds the place for one pairing that was asked for in one turn."""

    def __init__(
        self, bot: Bot, turn: Turn, company: Company, means: Means, wanted: PairingPlace
    ) -> None:
        self._bot = bot
        self._turn = turn
        self._company = company
        self._means = means
        self._wanted = PairingPlace.HERE if turn.private else wanted

    async def post(self, screen: Screen, picture: bytes | None) -> Sheet | None:
        """Put a first form that shows no code yet; None when nowhere, which was said.

        In a group where others read along, a line says who sees the rest.
        """
        address, reader = self._turn.address, self._turn.person.user_id
        if self._wanted is PairingPlace.HERE:
            return await post_sheet(self._bot, Spot(address=address), screen, picture)
        if self._wanted is PairingPlace.EPHEMERAL:
            spot = Spot(address=address, reader=reader)
            sheet = await self._tried(spot, screen, picture)
            if sheet is not None:
                await self._say(words.seen_by_one(self._turn, self._means))
                return sheet
        sheet = await self._tried(Spot(address=ChatAddress(reader)), screen, picture)
        if sheet is None:
            payload = words.payload_of(self._means, self._company)
            link = await create_start_link(self._bot, payload)
            await self._say(words.unreachable(self._turn, self._means, link))
        else:
            await self._say(words.sent_in_private(self._turn, self._means))
        return sheet

    async def explain(self, screen: Screen) -> None:
        """Say where it was asked for why nothing is shown."""
        await self._bot.send_message(
            self._turn.address.chat_id,
            screen.text,
            message_thread_id=self._turn.address.thread_id,
            reply_markup=screen.keyboard,
        )

    async def _tried(self, spot: Spot, screen: Screen, picture: bytes | None) -> Sheet | None:
        try:
            return await post_sheet(self._bot, spot, screen, picture, self._turn.press)
        except (TelegramBadRequest, TelegramForbiddenError):
            return None

    async def _say(self, screen: Screen) -> None:
        try:
            await self.explain(screen)
        except TelegramAPIError:
            return  # the pairing itself matters more than this line
