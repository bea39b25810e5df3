"""Reads the body of a request: within a time, up to a size, or a status that says why not.

In: bytes of anybody. Out: the body as it was meant. What can't be read is the sender's fault, so
nothing here ends in a 500.
"""

import asyncio
import zlib

from aiohttp import web

LARGEST_BODY_BYTES = 256 * 1024
_WITHIN_S = 10.0
# What zlib wants to hear: gzip's own frame; zlib's, which `deflate` means; the bare stream, which
# some senders take `deflate` for.
_GZIP, _ZLIB, _BARE = 31, 15, -15
_WINDOWS = {"gzip": (_GZIP,), "x-gzip": (_GZIP,), "deflate": (_ZLIB, _BARE)}


async def read_body(request: web.Request, *, within_s: float = _WITHIN_S) -> bytes:
    """The body, unpacked; an HTTPException with 400, 408, 413 or 415 otherwise."""
    try:
        async with asyncio.timeout(within_s):
            body = await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (web.RequestPayloadError, OSError, ValueError):
        # Less came than was promised, or pieces whose lengths are none.
        raise web.HTTPBadRequest from None
    return _unpacked(body, request.headers.getall("Content-Encoding", []))


def _unpacked(body: bytes, encodings: list[str]) -> bytes:
    """The body without the packing that the headers tell of. Never larger than a plain one may be.

    One layer only: no gateway sends more, and each more multiplies what a small body can become.
    """
    names = [name.strip().lower() for header in encodings for name in header.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if not names:
        return body
    if len(names) > 1 or names[0] not in _WINDOWS:
        raise web.HTTPUnsupportedMediaType
    for window in _WINDOWS[names[0]]:
        found = _inflated(body, window)
        if found is not None:
            return found
    raise web.HTTPBadRequest


def _inflated(body: bytes, window: int) -> bytes | None:
    """None for what is not packed so, or ends too early."""
    unpacking = zlib.decompressobj(window)
    try:
        found = unpacking.decompress(body, LARGEST_BODY_BYTES + 1)
    except zlib.error:
        return None
    if len(found) > LARGEST_BODY_BYTES:
        raise web.HTTPRequestEntityTooLarge(LARGEST_BODY_BYTES, len(found))
    return found if unpacking.eof and not unpacking.unused_data else None
