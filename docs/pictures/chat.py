"""Takes the pictures of the chat beside it, from the demo, in Chromium: `make pictures`.

A company is lost, reset and paired, as a phone shows it; and what `/start` shows an owner.
"""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Literal

import zxingcpp
from paper import save
from PIL import Image
from playwright.async_api import Page, async_playwright

from bot.cli.demo import DemoParts, stage
from bot.sandbox.telegram import ANNA, GROUP_ID
from bot.sandbox.telegram.messages import Message
from bot.texts import LANGUAGES, Catalogs, plain

HERE = Path(__file__).parent
ARGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
ONE = "962302"
GAP, PAPER = 16, "#ffffff"
PATIENCE_S = 60
SETTLES_MS = 1500  # what was sent is shown, scrolled to, and no longer new


class Chat:
    """The group as its owner sees it, and what the bot writes into it."""

    def __init__(self, playing: DemoParts, page: Page, chat_id: int) -> None:
        self._playing = playing
        self._page = page
        self._chat_id = chat_id

    async def open(self) -> None:
        """Show the chat to the owner, without the tour."""
        await self._page.goto(self._playing.telegram.url)
        await self._page.wait_for_selector("body[data-ready]")
        await self._page.locator("[data-testid=tour-close]:visible").click()
        await self._page.locator(f"[data-chat-id='{self._chat_id}']").click()

    async def sees(self, wanted: Callable[[Message], bool]) -> Message:
        """The first message that is as wanted."""
        telegram = self._playing.telegram
        return await telegram.wait_message(self._chat_id, wanted, timeout_s=PATIENCE_S)

    async def has_button(self, start: str) -> Message:
        """The message with a button that carries data of this beginning."""
        return await self.sees(lambda one: _data(one, start) is not None)

    async def press(self, start: str) -> None:
        """Press the newest button that carries data of this beginning."""
        message = await self.has_button(start)
        query = self._playing.telegram.press(
            ANNA.id, self._chat_id, message, str(_data(message, start))
        )
        await self._playing.telegram.wait_answer(query, timeout_s=PATIENCE_S)

    async def shade(self, scheme: Literal["light", "dark"]) -> None:
        """Whether the phone is set to light or dark."""
        await self._page.emulate_media(color_scheme=scheme)

    async def picture(self) -> Image.Image:
        """The phone as it looks now."""
        cover = self._page.get_by_test_id("reveal")
        if await cover.count():
            await cover.last.click()
        await self._page.mouse.move(0, 0)
        await self._page.wait_for_timeout(SETTLES_MS)
        return Image.open(BytesIO(await self._page.screenshot(animations="disabled")))


def _data(message: Message, start: str) -> str | None:
    every = (str(button.get("callback_data", "")) for button in message.buttons)
    return next((data for data in every if data.startswith(start)), None)


def is_code(picture: bytes) -> bool:
    """Whether a phone could scan something in it."""
    return bool(zxingcpp.read_barcodes(Image.open(BytesIO(picture))))


@contextlib.asynccontextmanager
async def phone(language: str, *, sharpness: int = 1) -> AsyncIterator[tuple[DemoParts, Page]]:
    """The demo, and a page of a phone's width, with `sharpness` dots for each of its pixels."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as folder:
        async with (
            stage(Path(folder), interval_s=2, language=language) as playing,
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
            page = await browser.new_page(
                viewport={"width": 360, "height": 820},
                locale=language,
                device_scale_factor=sharpness,
            )
            yield playing, page
            await browser.close()


async def main_job(language: str) -> list[Image.Image]:
    """Lost; the live QR; back."""
    t = Catalogs().speaking(language)
    async with phone(language) as (playing, page):
        chat = Chat(playing, page, GROUP_ID)
        await chat.open()
        await playing.gateway.act(ONE, "device_removed")
        revoked = plain(t.say("incident.what.revoked"))
        await chat.sees(lambda message: revoked in message.text and bool(message.buttons))
        pictures = [await chat.picture()]
        await chat.press(f"do:reset:{ONE}")
        await chat.press("ans:1")
        await chat.sees(lambda one: one.photo is not None and is_code(one.photo))
        pictures.append(await chat.picture())
        await playing.gateway.act(ONE, "scan")
        end = plain(t.say("qr.paired", who="\n")).split("\n")[1]
        await chat.sees(lambda one: end in one.text)
        pictures.append(await chat.picture())
        return pictures


async def first_contact(language: str) -> list[Image.Image]:
    """What an owner is led through."""
    async with phone(language) as (playing, page):
        chat = Chat(playing, page, ANNA.id)
        await chat.open()
        playing.telegram.say(ANNA.id, ANNA.id, "/start")
        await chat.sees(lambda one: _data(one, "tour:") is not None)
        pictures = [await chat.picture()]
        await chat.press("tour:subscribe")
        await chat.press("tour:test")
        await chat.sees(lambda one: one.sender.id != ANNA.id and not one.buttons)
        pictures.append(await chat.picture())
        return pictures


def beside(pictures: Sequence[Image.Image]) -> Image.Image:
    """One picture of several."""
    width, height = pictures[0].size
    whole = Image.new("RGB", (len(pictures) * (width + GAP) - GAP, height), PAPER)
    for n, one in enumerate(pictures):
        whole.paste(one, (n * (width + GAP), 0))
    return whole


async def main() -> None:
    """Take them in both languages."""
    for language in LANGUAGES:
        save(beside(await main_job(language)), HERE / f"chat-{language}.png")
        save(beside(await first_contact(language)), HERE / f"start-{language}.png")


if __name__ == "__main__":
    asyncio.run(main())
