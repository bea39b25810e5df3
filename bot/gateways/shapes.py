"""Shapes that the replies of several kinds share. A value of any type goes in.

Out comes what it says, None where it says nothing, or GatewayConfused where it is something else.
"""

import base64
import binascii
import re

from bot.domain.phone import digits_of
from bot.gateways.base import NAMELESS, GatewayConfused, PairingCode

_WORD = re.compile(r"[A-Za-z0-9_ -]{1,40}")
_PAIRING_CODE = re.compile(r"([A-Z0-9]{4})-?([A-Z0-9]{4})")
_QR_BYTES = 2953  # the largest QR there is
_PICTURE_BYTES = 1 << 19
_PNG_BEGINS = b"\x89PNG\r\n\x1a\n"


def word_in(value: object) -> str:
    """A short word as it came, `?` for anything else: it may be shown and logged."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else "?"


def version_in(value: object) -> str | None:
    """A gateway's version as it came; None for what can be none."""
    return value if isinstance(value, str) and len(value) < 40 else None


def key_in(value: object) -> str | None:
    """What a session is called, whatever it holds; None for what is no name.

    Some of these names cannot be asked for (`is_session_key`): whoever lists them has to say so.
    """
    return value if isinstance(value, str) and value else None


def listed_key_in(value: object) -> str:
    """What an entry of a list is called; NAMELESS for what is no name."""
    return key_in(value) or NAMELESS


def phone_in(jid: object) -> str | None:
    """The number in an account's address: `79990001122:3@s.whatsapp.net`, `79990001122@c.us`."""
    if not isinstance(jid, str) or jid.endswith("@lid"):
        return None
    return digits_of(jid.split("@", 1)[0].split(":", 1)[0])


def qr_in(code: object) -> str | None:
    """The text of a QR, byte for byte; None when there is none."""
    if code is None or code == "":
        return None
    if not isinstance(code, str) or not code.isascii() or len(code) > _QR_BYTES:
        raise GatewayConfused("the answer holds something else than a code")
    return code


def picture_in(value: object) -> bytes | None:
    """The PNG in a data URL, or in bare base64; None when there is none."""
    if value is None or value == "":
        return None
    text = value.split(",", 1)[-1] if isinstance(value, str) else "?"
    try:
        png = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        png = b""
    if not png.startswith(_PNG_BEGINS) or len(png) > _PICTURE_BYTES:
        raise GatewayConfused("the answer holds something else than a picture")
    return png


def pairing_code_in(code: object, phone: str, life_s: float | None = None) -> PairingCode:
    """The code to type in, as people read it: two groups of four."""
    match = _PAIRING_CODE.fullmatch(code.upper()) if isinstance(code, str) else None
    if match is None:
        raise GatewayConfused("the answer holds something else than a pairing code")
    return PairingCode(code=f"{match[1]}-{match[2]}", phone=phone, expires_in_s=life_s)
