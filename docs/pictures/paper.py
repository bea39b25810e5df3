"""Keeps a picture small enough for a page that is read on a phone."""

from pathlib import Path

from PIL import Image

COLOURS = 255
EXACT = 64  # the most frequent colours, the page's surfaces, are kept as they are


def palette(picture: Image.Image) -> Image.Image:
    """Colours for it: surfaces keep their own, and the few dots of a mark have some too."""
    picture = picture.convert("RGB")
    counted = picture.getcolors(picture.width * picture.height) or []
    frequent = [colour for _, colour in sorted(counted, reverse=True)[:EXACT]]
    rest = picture.quantize(COLOURS - EXACT, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    colours = [part for colour in frequent for part in colour]  # type: ignore[union-attr]
    made = Image.new("P", (1, 1))
    made.putpalette(colours + (rest.getpalette() or [])[: 3 * (COLOURS - EXACT)])
    return made


def save(picture: Image.Image, path: Path) -> None:
    """As a PNG with such a palette."""
    picture = picture.convert("RGB")
    few = picture.quantize(palette=palette(picture), dither=Image.Dither.NONE)
    few.save(path, optimize=True)
