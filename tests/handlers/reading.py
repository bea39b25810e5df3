"""What a reader makes of a message: its words, its buttons, its picture."""

import functools
from io import BytesIO

import zxingcpp
from PIL import Image

from bot.sandbox.telegram.messages import Message
from bot.texts import Catalogs, plain

ONE, TWO = "962302", "962303"
WHO = "962302 Салон «Север»"


@functools.cache
def catalogs() -> Catalogs:
    """Every sentence of the bot."""
    return Catalogs()


def words(key: str, language: str = "ru", /, **params: object) -> str:
    """The sentence of a key as a reader sees it."""
    return plain(catalogs().speaking(language).say(key, **params))


def refusal(right: str, language: str = "ru") -> str:
    """That somebody may not do this to the first company."""
    what = words(f"right.{right}", language)
    return words("error.not_allowed_here", language, company=ONE, what=what)


def decoded(picture: bytes | None) -> str | None:
    """What a phone reads from a picture; None when it shows no code."""
    assert picture is not None
    read = zxingcpp.read_barcodes(
        Image.open(BytesIO(picture)), formats=zxingcpp.BarcodeFormat.QRCode
    )
    return read[0].text if read else None


def recompressed(picture: bytes) -> bytes:
    """The picture as Telegram shows it on a small phone: 320 px wide, JPEG of quality 80."""
    small = Image.open(BytesIO(picture)).convert("RGB").resize((320, 320))
    out = BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def button(message: Message, start: str) -> str:
    """The data of the first button that begins so: `do:reset`."""
    for one in message.buttons:
        if str(one.get("callback_data", "")).startswith(start):
            return str(one["callback_data"])
    raise AssertionError(f"no button {start!r}; there are {message.buttons}")


def has_button(message: Message, start: str) -> bool:
    """Whether a button's data begins so."""
    return any(str(one.get("callback_data", "")).startswith(start) for one in message.buttons)
