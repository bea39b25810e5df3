import io
import string

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.qr import CannotEncode, neutral_png, png_of

BASE64 = string.ascii_letters + string.digits + "+/"
KEY = "FAKEKEYfakekey0123456789+/FAKEKEYfakekey012="
REF = "2@" + (BASE64 * 3)[:140]
PAYLOADS = {
    "6.7": f"{REF},{KEY},{KEY},{KEY}",
    "7.0": f"https://wa.me/settings/linked_devices#{REF},{KEY},{KEY},{KEY},1",
}
LENGTHS = {"6.7": 277, "7.0": 317}

keys = st.text(BASE64, min_size=43, max_size=43).map(lambda key: key + "=")
refs = st.text(BASE64, min_size=60, max_size=160).map(lambda ref: "2@" + ref)
old_form = st.tuples(refs, keys, keys, keys).map(",".join)
payloads = st.one_of(
    old_form, old_form.map(lambda text: f"https://wa.me/settings/linked_devices#{text},1")
)


def read(picture: Image.Image) -> bytes | None:
    found = zxingcpp.read_barcode(picture.convert("RGB"), formats=zxingcpp.BarcodeFormat.QRCode)
    return found.bytes if found else None


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def recompressed(picture: Image.Image, side: int | None = None) -> Image.Image:
    """What a messenger makes of a photo, at full size or as a phone shows it."""
    picture = picture.convert("RGB")
    if side is not None:
        picture = picture.resize((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, format="JPEG", quality=80)
    return Image.open(out)


@pytest.mark.parametrize("line", PAYLOADS)
@pytest.mark.parametrize(
    "seen",
    [lambda it: it, recompressed, lambda it: recompressed(it, 320)],
    ids=["png", "jpeg", "320"],
)
def test_a_code_reads_back_as_it_was_given(line, seen):
    payload = PAYLOADS[line]
    assert len(payload) == LENGTHS[line]
    assert read(seen(opened(png_of(payload)))) == payload.encode()


@settings(max_examples=30, deadline=None)
@given(payloads)
def test_every_payload_of_both_forms_passes_byte_for_byte(payload):
    picture = opened(png_of(payload))
    assert read(picture) == payload.encode()
    assert read(recompressed(picture, 320)) == payload.encode()


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_any_text_passes_byte_for_byte(payload):
    assert read(opened(png_of(payload))) == payload.encode()


@pytest.mark.parametrize("payload", ["0123456789" * 9, "ABC-123" * 12, " 2@x ", "строка"])
def test_digits_capitals_and_spaces_are_not_repacked(payload):
    assert read(opened(png_of(payload))) == payload.encode()


@pytest.mark.parametrize("payload", ["x" * 2954, "secret\ud800"])
def test_what_fits_no_code_is_an_error_without_the_payload(payload):
    with pytest.raises(CannotEncode) as caught:
        png_of(payload)
    assert caught.value.__suppress_context__
    assert payload not in str(caught.value)


def test_no_code_is_not_drawn():
    with pytest.raises(CannotEncode):
        png_of("")


def test_a_code_is_a_small_square_picture():
    png = png_of(PAYLOADS["7.0"])
    width, height = opened(png).size
    assert width == height <= 800
    assert len(png) < 10_000


@pytest.mark.parametrize(
    ("ending", "strongest"),
    [("waiting", "blue"), ("paired", "green"), ("expired", None), ("refused", "red")],
)
def test_a_sign_is_a_calm_picture_in_its_colour(ending, strongest):
    picture = opened(neutral_png(ending))
    channels = dict(zip(("red", "green", "blue"), picture.getpixel((5, 5)), strict=True))
    assert picture.size == (660, 660)
    assert read(picture) is None
    spread = max(channels.values()) - min(channels.values())
    assert (max(channels, key=channels.get) if spread > 50 else None) == strongest


def test_the_signs_can_be_told_apart_without_colour():
    signs = {
        opened(neutral_png(end)).convert("L").point(lambda v: 255 * (v > 200)).tobytes()
        for end in ("waiting", "paired", "expired", "refused")
    }
    assert len(signs) == 4
