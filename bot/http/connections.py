"""Accepts connections at LISTEN: never so many, and never for so long, that others have to suffer.

In: connections of anybody. Out: those that may be served. asyncio's own way to accept has no limit,
and where the process has no file left it tries again at once and logs each try: 1,500 connections
that said nothing stopped the alerts, and wrote 1.8 million lines in 150 s (29 November 2026).
"""

import asyncio
import errno
import ipaddress
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from bot.http.open_files import descriptor_limit

_OUT_OF_FILES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_AT_A_TIME = 32  # accepted in one turn of the loop: then others have theirs
_SHARE = 4  # of the files that the process may open: the rest is for gateways, Telegram, database
_RETRY_S = 0.5
_TOLD_EVERY_S = 60.0
_V6_NEIGHBOURS = 64  # bits: a single host can speak from all the addresses behind them

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class ConnectionLimits:
    """How many may be connected, and how long each may take.

    A connection that waits is closed after `first_s` without a whole head of a request, and after
    `idle_s` when it had one before; one request is handled within `handling_s`.
    """

    most: int = 256
    most_of_one: int = 128  # a proxy is one address, and most of ours come through one
    first_s: float = 10.0
    idle_s: float = 30.0
    handling_s: float = 30.0

    @property
    def most_here(self) -> int:
        """The limit of connections in a process that may open few files."""
        return max(8, min(self.most, descriptor_limit() // _SHARE))


class Connection(asyncio.Protocol):
    """One connection. Passes all on to the protocol `behind` it, and is closed when time is up."""

    def __init__(
        self,
        behind: asyncio.Protocol,
        peer: str,
        first_s: float,
        *,
        on_made: Callable[["Connection"], None],
        on_lost: Callable[["Connection"], None],
    ) -> None:
        self.peer = peer
        self.transport: asyncio.Transport | None = None
        self._behind = behind
        self._first_s = first_s
        self._on_made, self._on_lost = on_made, on_lost
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether no request of it is being handled: it can be closed and nobody misses it."""
        return self.transport is not None and self._deadline is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It has begun; now a request has to come."""
        if isinstance(transport, asyncio.Transport):
            self.transport = transport
            self._on_made(self)
        self.wait(self._first_s)
        self._behind.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Something came."""
        self._behind.data_received(data)

    def eof_received(self) -> bool | None:
        """Nothing more will come."""
        return self._behind.eof_received()

    def pause_writing(self) -> None:
        """It reads more slowly than we write."""
        self._behind.pause_writing()

    def resume_writing(self) -> None:
        """It has caught up."""
        self._behind.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self.work()
        self._on_lost(self)
        self._behind.connection_lost(exc)

    def wait(self, within_s: float) -> None:
        """Close it unless a request begins in time."""
        self.work()
        self._deadline = asyncio.get_running_loop().call_later(within_s, self.close)

    def work(self) -> None:
        """A request has begun, or all is over: nothing is waited for."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def close(self) -> None:
        """Close it at once: who is slow to write is slow to read a farewell as well."""
        if self.transport is not None:
            self.transport.abort()


class SocketListener:
    """Sockets that are listened at, and who is connected. `factory` makes what serves one.

    Where all places are taken, the one that has waited longest goes: of the address with most of
    them, so that whoever opens a thousand connections shuts out himself.
    """

    def __init__(self, factory: Callable[[], asyncio.Protocol], patience: ConnectionLimits) -> None:
        self._factory = factory
        self._patience = patience
        self._sockets: list[socket.socket] = []
        self._open: dict[Connection, None] = {}  # in the order in which they came
        self._by_transport: dict[object, Connection] = {}
        self._peers: Counter[str] = Counter()
        self._joining: set[asyncio.Task[None]] = set()
        self._told_at: dict[str, float] = {}

    @property
    def address(self) -> tuple[str, int] | None:
        """Where it listens, once it does."""
        return self._sockets[0].getsockname()[:2] if self._sockets else None

    async def open(self, host: str, port: int) -> None:
        """Listen at every address of `host`; OSError where that can't be."""
        loop = asyncio.get_running_loop()
        infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        try:
            for family, address in dict.fromkeys((info[0], info[4]) for info in infos):
                self._sockets.append(_bound(family, address))
        except OSError:
            self.close()
            raise
        for sock in self._sockets:
            loop.add_reader(sock, self._accept, sock)

    def close(self) -> None:
        """Accept nobody any more. Who is connected stays until the server lets go."""
        for sock in self._sockets:
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()
        self._sockets.clear()
        for task in self._joining:
            task.cancel()

    def of(self, transport: object) -> Connection | None:
        """The connection behind a request."""
        return self._by_transport.get(transport)

    def _accept(self, sock: socket.socket) -> None:
        for _ in range(_AT_A_TIME):
            try:
                conn, address = sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._cannot_accept(sock, error)
                return
            conn.settimeout(0)
            if self._finds_room(peer := _peer(address)):
                self._join(conn, peer)
            else:
                conn.close()

    def _cannot_accept(self, sock: socket.socket, error: OSError) -> None:
        """Let those go who only wait, and try again later. asyncio would try at once, for ever."""
        loop = asyncio.get_running_loop()
        if error.errno in _OUT_OF_FILES:
            self._tell("no file is left for a connection at LISTEN", reason=error.strerror)
            for connection in [candidate for candidate in self._open if candidate.is_waiting][
                :_AT_A_TIME
            ]:
                self._evict(connection)
        else:
            self._tell("a connection at LISTEN was not accepted", reason=error.strerror)
        loop.remove_reader(sock)
        loop.call_later(_RETRY_S, self._go_on, sock)

    def _go_on(self, sock: socket.socket) -> None:
        if sock in self._sockets:
            asyncio.get_running_loop().add_reader(sock, self._accept, sock)

    def _finds_room(self, peer: str) -> bool:
        """Whether there is a place for one more of this address, after somebody gave way or not."""
        is_full = len(self._open) >= self._patience.most_here
        if not is_full and self._peers[peer] < self._patience.most_of_one:
            return True
        self._tell("too many connections at LISTEN: the oldest that wait are closed")
        busiest = self._peers.most_common(1)[0][0] if is_full else peer
        waiting = (connection for connection in self._open if connection.is_waiting)
        going = next((candidate for candidate in waiting if candidate.peer == busiest), None)
        if going is None and is_full:
            going = next((connection for connection in self._open if connection.is_waiting), None)
        if going is None:
            return False
        self._evict(going)
        return True

    def _join(self, conn: socket.socket, peer: str) -> None:
        connection = Connection(
            self._factory(),
            peer,
            self._patience.first_s,
            on_made=self._made,
            on_lost=self._forget,
        )
        self._open[connection] = None
        self._peers[peer] += 1
        task = asyncio.get_running_loop().create_task(self._serve(conn, connection))
        self._joining.add(task)
        task.add_done_callback(self._joining.discard)

    async def _serve(self, conn: socket.socket, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(lambda: connection, conn)
        except BaseException as error:
            conn.close()
            self._forget(connection)
            if not isinstance(error, OSError):  # it has gone in the meantime
                raise

    def _made(self, connection: Connection) -> None:
        self._by_transport[connection.transport] = connection

    def _evict(self, connection: Connection) -> None:
        self._forget(connection)
        connection.close()

    def _forget(self, connection: Connection) -> None:
        self._by_transport.pop(connection.transport, None)
        if connection in self._open:
            del self._open[connection]
            self._peers[connection.peer] -= 1
            if self._peers[connection.peer] <= 0:
                del self._peers[connection.peer]

    def _tell(self, event: str, **facts: object) -> None:
        """Say it once a minute: who causes it must not be able to fill the log."""
        now = asyncio.get_running_loop().time()
        if now - self._told_at.get(event, -_TOLD_EVERY_S) >= _TOLD_EVERY_S:
            self._told_at[event] = now
            log.warning(event, connections=len(self._open), **facts)


def _bound(family: int, address: object) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.settimeout(0)
        sock.bind(address)  # type: ignore[arg-type] # as getaddrinfo gave it
        sock.listen(_AT_A_TIME * 4)
    except OSError:
        sock.close()
        raise
    return sock


def _peer(address: object) -> str:
    """Who has connected, in the unit in which he is counted."""
    host = str(address[0]) if isinstance(address, tuple) else "?"
    with suppress(ValueError):
        parsed = ipaddress.ip_address(host.split("%", 1)[0])
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
            return str(ipaddress.ip_network((parsed, _V6_NEIGHBOURS), strict=False))
    return host


def routes_url(address: tuple[str, int]) -> str:
    """The address as people write it."""
    host, port = address
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
