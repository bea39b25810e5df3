"""Films the chat from the demo, in Chromium, for the first screen of the READMEs: `make pictures`.

All is well; the device is removed; alert, reset, live QR, paired. Each picture stands as long as a
person needs to read it, whatever the bot took. The QR is the sandbox's own: it opens nothing.
"""

import asyncio
from pathlib import Path

from chat import HERE, Chat, is_code, phone
from paper import palette
from PIL import Image
from playwright.async_api import Page

from bot.cli.demo import DemoParts
from bot.sandbox.telegram import ANNA, GROUP_ID
from bot.sandbox.telegram.messages import Message
from bot.texts import LANGUAGES, Catalogs, plain

COMPANY = "962302"
CAPTIONS = {
    "en": (
        "All is well",
        "WhatsApp revokes the session",
        "Reset: the bot asks first",
        "The live QR: scan it",
        "Scanned is not yet paired",
        "Paired, and proven",
    ),
    "ru": (
        "Всё хорошо",
        "WhatsApp отозвал сессию",
        "Сброс: бот сначала спросит",
        "Живой QR: отсканируйте",
        "Отсканирован — ещё не привязан",
        "Привязан, и это доказано",
    ),
}
SIZE = {"width": 390, "height": 844}
CAPTION = """([text, left, top]) => {
  const bar = document.getElementById("film-bar") ?? document.body.appendChild(
    Object.assign(document.createElement("div"), {id: "film-bar"}));
  bar.textContent = text;
  bar.style = `position: fixed; inset: 0 0 auto 0; height: 48px; z-index: 99; display: grid;
    place-items: center; background: #5b4fd6; color: #fff; font: 600 17px sans-serif`;
  const finger = document.getElementById("film-finger") ?? document.body.appendChild(
    Object.assign(document.createElement("div"), {id: "film-finger"}));
  finger.style = left === null ? "display: none" : `position: fixed; left: ${left - 22}px;
    top: ${top - 22}px; width: 44px; height: 44px; border-radius: 50%; z-index: 99;
    background: #5b4fd666; border: 2px solid #5b4fd6; box-sizing: border-box`;
}"""


class Film:
    """Pictures of the phone, each with the milliseconds it stands."""

    def __init__(self, chat: Chat, page: Page, language: str) -> None:
        self._chat = chat
        self._page = page
        self._captions = CAPTIONS[language]
        self._pictures: list[tuple[Image.Image, int]] = []

    async def show(self, caption: int, stands_ms: int, tapped: str | None = None) -> None:
        """The phone as it is now, with a finger on the newest button of this text."""
        left = top = None
        if tapped is not None:
            box = await self._page.get_by_role("button", name=tapped).last.bounding_box()
            if box is not None:
                left, top = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        await self._page.evaluate(CAPTION, [self._captions[caption], left, top])
        self._pictures.append((await self._chat.picture(), stands_ms))

    def save(self, path: Path) -> None:
        """One GIF that starts over; all pictures share one palette."""
        stack = [picture.convert("RGB") for picture, _ in self._pictures]
        whole = Image.new("RGB", (stack[0].width, sum(picture.height for picture in stack)))
        for number, picture in enumerate(stack):
            whole.paste(picture, (0, number * picture.height))
        shared = palette(whole)
        first, *others = (
            picture.quantize(palette=shared, dither=Image.Dither.NONE) for picture in stack
        )
        durations = [stands for _, stands in self._pictures]
        first.save(path, save_all=True, append_images=others, duration=durations, loop=0)


def is_board(message: Message) -> bool:
    """Whether it can be taken away."""
    return "board_off" in str(message.buttons)


async def take(playing: DemoParts, chat: Chat, film: Film, language: str) -> None:
    """Let it all happen."""
    t = Catalogs().speaking(language)
    playing.telegram.say(ANNA.id, GROUP_ID, "/board")
    await chat.sees(is_board)
    await film.show(0, 1500)
    await playing.gateway.act(COMPANY, "device_removed")
    revoked = plain(t.say("incident.what.revoked"))
    await chat.sees(lambda message: revoked in message.text and bool(message.buttons))
    await film.show(1, 3500)
    await film.show(1, 700, plain(t.say("offer.reset")))
    await chat.press(f"do:reset:{COMPANY}")
    await chat.has_button("ans:1")
    await film.show(2, 3000)
    await film.show(2, 700, plain(t.say("button.yes_reset")))
    await chat.press("ans:1")
    await chat.sees(lambda message: message.photo is not None and is_code(message.photo))
    await film.show(3, 3500)
    await playing.gateway.act(COMPANY, "scan")
    seen, proving = (plain(t.say(key, time="")) for key in ("qr.scanned", "qr.proving"))
    beginnings = (seen[:20], proving[:20])
    await chat.sees(lambda message: any(beginning in message.text for beginning in beginnings))
    await film.show(4, 2000)
    paired = plain(t.say("qr.paired", who="\n")).split("\n")[1]
    await chat.sees(lambda message: paired in message.text)
    await chat.sees(lambda message: is_board(message) and message.text.startswith("🟢"))
    await film.show(5, 4500)


async def main() -> None:
    """Film it in both languages."""
    for language in LANGUAGES:
        async with phone(language, sharpness=2) as (playing, page):
            await page.set_viewport_size(SIZE)  # type: ignore[arg-type]
            playing.telegram.set_bot_admin(GROUP_ID)
            chat = Chat(playing, page, GROUP_ID)
            await chat.open()
            film = Film(chat, page, language)
            await take(playing, chat, film, language)
            film.save(HERE / f"film-{language}.gif")


if __name__ == "__main__":
    asyncio.run(main())
