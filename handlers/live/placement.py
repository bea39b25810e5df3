"""Where a pairing is shown: where the chat wants it, else to the asker in private."""

import contextlib

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
)
from aiogram.utils.deep_linking import create_start_link

from bot.domain.company import Company
from bot.domain.hindrance import Hindrance
from bot.domain.notice import ChatAddress
from bot.domain.pairing import Means, MessageLocation, PairingPlace, ShownAt
from handlers.answer import say
from handlers.asker import who_asked
from handlers.context import RequestContext
from handlers.live.protected_message import ProtectedMessage, SeenByAll, post_protected
from handlers.render import place as words
from handlers.render.refused_answers import why
from handlers.render.screen import Screen
from handlers.telegram.hindrances import hindrance_of

log = structlog.get_logger()


class Placing:
    """Finds the place where one pairing is shown.

    `hindrance` is what the first place that was tried has refused, None where it has not;
    `shown_at` is where it is.
    """

    def __init__(
        self,
        bot: Bot,
        context: RequestContext,
        company: Company,
        means: Means,
        wanted: PairingPlace,
    ) -> None:
        self._bot = bot
        self._turn = context
        self._company = company
        self._means = means
        self._wanted = PairingPlace.HERE if context.private else wanted
        self.hindrance: Hindrance | None = None
        self.shown_at = ShownAt.NOWHERE

    @property
    def takes_words(self) -> bool:
        """Whether a code to be typed in may stand where it was asked for, though no picture can."""
        return self._wanted is PairingPlace.HERE and self.hindrance is Hindrance.PHOTOS

    async def post(self, screen: Screen, picture: bytes | None) -> ProtectedMessage | None:
        """Send a first form without a code; None when no place takes it: then call `nowhere`.

        In a group where others read along, a line says who sees the rest.
        """
        private = MessageLocation(address=ChatAddress(self._turn.person.user_id))
        if self._wanted is not PairingPlace.PRIVATE:
            reader = self._turn.person.user_id
            alone = self._wanted is PairingPlace.EPHEMERAL
            location = MessageLocation(address=self._turn.address, reader=reader if alone else None)
            protected = await self._tried(location, screen, picture)
            if protected is not None:
                self.shown_at = ShownAt.EPHEMERAL if alone else ShownAt.HERE
                if alone:
                    await self._say(words.seen_by_one(self._turn, self._means))
                return protected
        if self._turn.private:
            return None
        protected = await self._tried(private, screen, picture)
        if protected is not None:
            self.shown_at = ShownAt.PRIVATE
            await self._tell_where()
        return protected

    async def explain(self, screen: Screen) -> None:
        """Say in the chat that asked why nothing is shown."""
        await say(screen)

    async def say_why_code(self) -> None:
        """A code is shown in the place of the QR."""
        await say(words.code_instead(self._turn, self.hindrance or Hindrance.PHOTOS))

    async def nowhere(self) -> None:
        """Say what to switch on, and lead to the private chat by a button."""
        link = None
        with contextlib.suppress(AiogramError):
            payload = words.payload_of(self._means, self._company)
            link = await create_start_link(self._bot, payload)
        hindrance = None if self._wanted is PairingPlace.PRIVATE else self.hindrance
        await say(words.unreachable(self._turn, self._means, link, hindrance))

    async def _tried(
        self, location: MessageLocation, screen: Screen, picture: bytes | None
    ) -> ProtectedMessage | None:
        private = location.address.chat_id > 0
        try:
            return await post_protected(self._bot, location, screen, picture, self._turn.press)
        except TelegramMigrateToChat as error:
            moved = await self._followed(location, error.migrate_to_chat_id)
            return None if moved is None else await self._tried(moved, screen, picture)
        except SeenByAll:
            self.hindrance = self.hindrance or Hindrance.REFUSED
        except (TelegramBadRequest, TelegramForbiddenError) as error:
            self.hindrance = self.hindrance or hindrance_of(error.message, private=private)
            log.info("code_not_placed", chat=str(location.address), said=error.message)
        return None

    async def _followed(self, location: MessageLocation, chat_id: int) -> MessageLocation | None:
        """The same place under the id that the group has now."""
        asked = who_asked()
        if asked is None or location.address.chat_id == chat_id:
            return None
        await asked.actions.chats.moved(location.address.chat_id, chat_id)
        return MessageLocation(address=ChatAddress(chat_id), reader=location.reader)

    async def _tell_where(self) -> None:
        """The group learns that the asker has it; the asker why, where the group takes no word."""
        line, context = words.sent_in_private(self._turn, self._means), self._turn
        # What is seen by one alone may be refused for its own reasons: nothing is to be mended.
        if self.hindrance is None or self._wanted is PairingPlace.EPHEMERAL:
            await self._say(line)
            return
        reason = why(context.texts, self.hindrance, context.title)
        if not await self._say(Screen(f"{line.text}\n{reason}")):
            with contextlib.suppress(AiogramError):
                await self._bot.send_message(context.person.user_id, reason)

    async def _say(self, screen: Screen) -> bool:
        """The pairing itself matters more than this line: False when it is not taken."""
        try:
            await self._bot.send_message(
                self._turn.address.chat_id,
                screen.text,
                message_thread_id=self._turn.address.thread_id,
                reply_markup=screen.keyboard,
            )
        except AiogramError:
            return False
        return True
