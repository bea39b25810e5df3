"""Files the bot has sent."""

import struct
from dataclasses import dataclass
from typing import Any

from bot.sandbox.telegram.params import Upload
from bot.sandbox.telegram.refusals import bad

PHOTO_LIMIT_BYTES = 10 * 1024 * 1024
_JPEG_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """One stored file. `width` is 0 for what is no photo."""

    id: str
    name: str
    mime: str
    data: bytes
    width: int = 0
    height: int = 0

    @property
    def path(self) -> str:
        """The path of the file in download URLs."""
        return f"{'photos' if self.width else 'documents'}/{self.id}"

    def to_api(self) -> dict[str, Any]:
        """Telegram's File."""
        return {
            "file_id": self.id,
            "file_unique_id": f"u-{self.id}",
            "file_size": len(self.data),
            "file_path": self.path,
        }

    def as_photo(self) -> list[dict[str, Any]]:
        """Telegram's list of PhotoSize, with the one size there is."""
        size = self.to_api() | {"width": self.width, "height": self.height}
        del size["file_path"]
        return [size]

    def as_document(self) -> dict[str, Any]:
        """Telegram's Document."""
        document = self.to_api() | {"file_name": self.name, "mime_type": self.mime}
        del document["file_path"]
        return document


def photo_size(upload: Upload) -> tuple[int, int]:
    """Width and height of an uploaded photo, or the refusal Telegram gives a bad one."""
    if len(upload.data) > PHOTO_LIMIT_BYTES:
        raise bad(
            f"file of size {len(upload.data)} bytes is too big for a photo; "
            f"the maximum size is {PHOTO_LIMIT_BYTES} bytes"
        )
    size = _png_size(upload.data) or _jpeg_size(upload.data)
    if size is None:
        raise bad("IMAGE_PROCESS_FAILED")
    width, height = size
    if not width or not height or width + height > 10_000 or max(size) > 20 * min(size):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return size


def _png_size(data: bytes) -> tuple[int, int] | None:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR" or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    if data[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        if data[at + 1] in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
