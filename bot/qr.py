"""Pictures of pairing codes, with the calm ones that replace them.

In: the payload, byte for byte as the gateway gave it. Out: PNG. Drawing takes some 20 ms of a
core: call these in a thread.
"""

import io
from typing import Literal, assert_never

from PIL import Image, ImageDraw
from qrcode.constants import ERROR_CORRECT_L
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, QRData

Sign = Literal["waiting", "paired", "expired", "refused"]

# More error correction makes the modules smaller, and a photographed screen harder to read.
_BOX_PX = 10
_BORDER_BOXES = 4

_SIDE_PX = 660
_FINER = 2  # drawn larger and scaled down: Pillow's own lines have jagged edges
# Middle tones: they dazzle neither in a light nor in a dark chat, and carry a white sign.
_GROUND = {"waiting": "#3f6f9f", "paired": "#2f8f5b", "expired": "#66737f", "refused": "#b5473f"}
_INK = "#ffffff"

_Point = tuple[float, float]


class CannotEncode(ValueError):
    """The payload fits no QR code. The message does not hold it: a payload is a login secret."""


def png_of(payload: str) -> bytes:
    """The payload as a QR code that decodes to exactly these bytes, or CannotEncode.

    About 700 px square, 2 kB. It still reads after a messenger's recompression and at phone size.
    """
    if not payload:
        raise CannotEncode("there is no pairing code to draw")
    code = QRCode[Image.Image](
        error_correction=ERROR_CORRECT_L, box_size=_BOX_PX, border=_BORDER_BOXES
    )
    try:
        code.add_data(QRData(payload.encode(), mode=MODE_8BIT_BYTE), optimize=0)
        code.make(fit=True)
    except (UnicodeEncodeError, DataOverflowError, ValueError):
        # `from None`: the first of these carries the payload.
        raise CannotEncode("the pairing code fits no QR code") from None
    return _png(code.make_image().get_image())


def neutral_png(sign: Sign) -> bytes:
    """A square picture that says without words how a code stands; it holds nothing to scan."""
    side = _SIDE_PX * _FINER
    image = Image.new("RGB", (side, side), _GROUND[sign])
    draw = ImageDraw.Draw(image)
    match sign:
        case "waiting":
            for x in (0.3, 0.5, 0.7):
                _stroke(draw, [(x, 0.5), (x, 0.5)])
        case "paired":
            _stroke(draw, [(0.29, 0.52), (0.44, 0.67), (0.72, 0.36)])
        case "expired":
            _ring(draw, 0.26)
            _stroke(draw, [(0.50, 0.37), (0.50, 0.51), (0.60, 0.57)])
        case "refused":
            _stroke(draw, [(0.33, 0.33), (0.67, 0.67)])
            _stroke(draw, [(0.67, 0.33), (0.33, 0.67)])
        case _:
            assert_never(sign)
    return _png(image.resize((_SIDE_PX, _SIDE_PX), Image.Resampling.LANCZOS))


def _stroke(draw: ImageDraw.ImageDraw, points: list[_Point]) -> None:
    """A line through points given in parts of the side, with round joints and ends."""
    side = draw.im.size[0]
    width = round(side * 0.06)
    spots = [(x * side, y * side) for x, y in points]
    draw.line(spots, fill=_INK, width=width, joint="curve")
    for spot in spots:
        draw.circle(spot, width / 2, fill=_INK)


def _ring(draw: ImageDraw.ImageDraw, radius: float) -> None:
    side = draw.im.size[0]
    centre = (side / 2, side / 2)
    draw.circle(centre, radius * side, outline=_INK, width=round(side * 0.05))


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, format="PNG")
    return out.getvalue()
