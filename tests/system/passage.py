"""A way to a server on which an answer can get stuck, as behind a proxy that hangs."""

import asyncio
import contextlib
from urllib.parse import urlsplit


class Passage:
    """Passes everything on, until it `sticks`.

    Then what is asked so gets no answer, or the beginning of one, and the connection stays open.
    """

    def __init__(self, to_url):
        to = urlsplit(to_url)
        self._to = to.hostname, to.port
        self._word, self._first_bytes = None, 0
        self._stuck = asyncio.Event()
        self._tasks = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._server.close()

    def sticks(self, word, first_bytes=0):
        """From now on whoever asks with this word gets so many bytes of the answer and no more."""
        self._word, self._first_bytes = word, first_bytes

    async def stuck(self, within_s=150):
        """Return as soon as somebody waits for the rest of an answer."""
        await asyncio.wait_for(self._stuck.wait(), within_s)

    async def _pass(self, reader, writer):
        self._tasks.add(task := asyncio.current_task())
        limit = asyncio.Event()
        try:
            there, back = await asyncio.open_connection(*self._to)
            with contextlib.closing(back), contextlib.closing(writer):
                await asyncio.gather(
                    self._ask(reader, back, limit), self._answer(there, writer, limit)
                )
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)

    async def _ask(self, reader, back, limit):
        while data := await reader.read(65536):
            if self._word is not None and self._word in data:
                limit.set()
                if not self._first_bytes:
                    self._stuck.set()
                    continue
            back.write(data)
            await back.drain()
        back.close()

    async def _answer(self, there, writer, limit):
        while data := await there.read(65536):
            if limit.is_set():
                writer.write(data[: self._first_bytes])
                await writer.drain()
                self._stuck.set()
                await asyncio.Event().wait()
            writer.write(data)
            await writer.drain()
        writer.close()
