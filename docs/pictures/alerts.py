"""Takes the pictures of what the bot writes unasked, light and dark: `make pictures`.

An alert, the same when it is over, several companies at once, the board, a digest.
"""

import asyncio
from datetime import UTC, datetime
from typing import Literal

from chat import HERE, Chat, is_code, phone
from paper import save

from bot.cli.demo import COMPANIES, COMPANIES_IN, DemoParts
from bot.domain.digest import Digest, MoreFiles, Reconnected, WasDown
from bot.domain.notice import ChatAddress
from bot.domain.system_notice import SystemNotice, SystemNoticeKind
from bot.sandbox.telegram import ANNA, GROUP_ID
from bot.texts import LANGUAGES, Catalogs, plain
from storage.alerts import system_notices

NORTH, SOUTH, BARBER = COMPANIES
SHADES: tuple[tuple[Literal["light", "dark"], str], ...] = (("light", ""), ("dark", "-dark"))


def digest(language: str) -> Digest:
    """Of an invented day: the demo's own is a minute long."""
    named = {key: company.name for key, company in COMPANIES_IN[language].items()}
    return Digest(
        total=3,
        down=(
            WasDown(id=NORTH, name=named[NORTH], down_s=9360, still=True),
            WasDown(id=BARBER, name=named[BARBER], down_s=720, still=False),
        ),
        files=(MoreFiles(id=SOUTH, name=named[SOUTH], before=816, now=887, limit=916),),
        reconnects=(Reconnected(id=BARBER, name=named[BARBER], count=4, limit=5),),
    )


class Album:
    """The pictures of one language."""

    def __init__(self, chat: Chat, language: str) -> None:
        self._chat = chat
        self._language = language

    async def keep(self, name: str) -> None:
        """The phone as it looks now, by day and by night."""
        for scheme, mark in SHADES:
            await self._chat.shade(scheme)
            save(await self._chat.picture(), HERE / f"{name}-{self._language}{mark}.png")
        await self._chat.shade("light")


async def take(playing: DemoParts, chat: Chat, private: Chat, language: str) -> None:
    """Let it all happen."""
    album = Album(chat, language)
    await playing.gateway.act(NORTH, "device_removed")
    revoked = plain(Catalogs().speaking(language).say("incident.what.revoked"))
    alert = await chat.sees(lambda message: revoked in message.text and bool(message.buttons))
    await album.keep("alert")
    playing.telegram.say(ANNA.id, ANNA.id, f"/reset {NORTH}")
    await private.press("ans:1")
    await private.sees(lambda one: one.photo is not None and is_code(one.photo))
    await playing.gateway.act(NORTH, "scan")
    await chat.sees(lambda one: one is alert and one.text.startswith("🟢"))
    await album.keep("recovered")
    # Two, for three at once would be told as a mass drop.
    await asyncio.gather(
        *(playing.gateway.act(company, "device_removed") for company in (SOUTH, BARBER))
    )
    await chat.sees(lambda message: message.text.count(revoked) == 2)
    await album.keep("grouped")
    playing.telegram.say(ANNA.id, GROUP_ID, "/board")
    await chat.sees(lambda one: "board_off" in str(one.buttons))
    await album.keep("board")
    async with playing.app.database.writing() as tx:
        digested = SystemNotice(kind=SystemNoticeKind.DIGEST, facts=digest(language).facts)
        await system_notices.add(tx, [ChatAddress(GROUP_ID)], digested, datetime.now(UTC))
    await chat.sees(lambda one: one.text.startswith("🗓"))
    await album.keep("digest")


async def main() -> None:
    """Take them in both languages."""
    for language in LANGUAGES:
        async with phone(language) as (playing, page):
            playing.telegram.set_bot_admin(GROUP_ID)
            chat = Chat(playing, page, GROUP_ID)
            await chat.open()
            await take(playing, chat, Chat(playing, page, ANNA.id), language)


if __name__ == "__main__":
    asyncio.run(main())
