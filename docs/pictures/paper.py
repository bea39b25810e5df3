"""Keeps a picture small enough for a page that is read on a phone."""

from pathlib import Path

from PIL import Image

COLOURS = 255


def save(picture: Image.Image, path: Path) -> None:
    """With a palette, in which the few dots of a mark have colours of their own."""
    few = picture.convert("RGB").quantize(
        COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
    )
    few.save(path, optimize=True)
