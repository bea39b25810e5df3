"""The gateway's session pool: sockets that connect, show codes, pair, drop and are removed.

A session that waits for something (a login, the next code, the way back) has one task, its life.
An open session has none, so a thousand of them cost nothing.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.sandbox.gateway import creds as keys
from bot.sandbox.gateway.directory import PRE_KEYS, AuthDirectory, folder_of
from bot.sandbox.gateway.happening import Happening
from bot.sandbox.gateway.logbook import Logbook
from bot.sandbox.gateway.session import Phase, Session, SessionTimes
from bot.sandbox.gateway.take_over import fight, is_fought_over, take_over
from bot.sandbox.gateway.whatsapp import WhatsApp

_BATCH = 30
Life = Callable[[Session], Awaitable[None]]


class Pool:
    """All sessions of one gateway process."""

    def __init__(
        self,
        sessions_dir: Path,
        whatsapp: WhatsApp,
        log: Logbook,
        *,
        line: str,
        pace: SessionTimes,
    ) -> None:
        self.sessions: dict[str, Session] = {}
        self.errors: dict[str, str] = {}
        # The last code of each company. Nobody clears it when a window ends: that is the quirk.
        self.shown: dict[str, str] = {}
        # The code WhatsApp last closed each session with; most gateways never clear it either.
        self.closed_with: dict[str, int] = {}
        self.tell: Callable[[Happening], None] = lambda _: None
        self.forgets_removed = False
        # So is how many windows follow each other, what a pairing leaves, what a restart begins.
        self.windows, self.keeps_shown, self.wakes_all = 1, False, False
        self.note: Callable[[Happening], None] = lambda _: None
        self.logins: Counter[str] = Counter()
        self.extra_sockets: Counter[str] = Counter()  # beside its own one
        self.rivals: set[str] = set()  # sessions that somebody else uses, for ever
        self.line = line
        self.pace = pace
        self.whatsapp = whatsapp
        self.log = log
        self._dir = sessions_dir
        self._pre_keys = PRE_KEYS[line] if pace.pre_keys is None else pace.pre_keys
        self._lives: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    def directory(self, company: str) -> AuthDirectory:
        """Where this company's files are."""
        return AuthDirectory(self._dir / folder_of(company))

    def phase(self, company: str) -> Phase:
        """How the session of this company really is."""
        session = self.sessions.get(company)
        return Phase.STOPPED if session is None else session.phase

    async def until(self, look: Callable[[], bool], timeout_s: float) -> None:
        """Return as soon as `look` is true; TimeoutError after `timeout_s`."""
        async with asyncio.timeout(timeout_s):
            while not look():
                await self._changed.wait()

    async def open_at_once(self, company: str, phone: str) -> None:
        """Have a company connected from the beginning: with the files it has, or new ones."""
        directory = self.directory(company)
        creds = directory.open()
        if creds is None or not keys.is_linked(creds):
            creds = keys.new_creds()
            self._link(creds, phone)
        else:
            self.whatsapp.linked[keys.identity_of(creds)] = keys.account_of(creds) or phone
        await self._open(self._add(company, directory, creds))

    def begin(self, company: str) -> Session:
        """A new session with the credentials in the directory, or without any."""
        directory = self.directory(company)
        creds = directory.open() or keys.new_creds()
        session = self._add(company, directory, creds)
        self.live(session, self._connect)
        return session

    def reconnect(self, session: Session) -> None:
        """A new socket for the same session."""
        session.creds = session.directory.open() or keys.new_creds()
        session.pairing_phone = session.pairing_code = None
        session.scanned = False
        self.move(session, Phase.CONNECTING)
        self.live(session, self._connect)

    def drop(self, company: str) -> None:
        """Take a session out of the pool; its files stay."""
        session = self.sessions.pop(company, None)
        if session is not None:
            _end_life(session)
            self.log.event(company, "state", state="disconnected")
            self.announce(company)
        self._ring()

    def clear(self) -> None:
        """Forget everything, as a restart of the process does."""
        for session in self.sessions.values():
            _end_life(session)
        self.sessions.clear()
        self.shown.clear()
        self.errors.clear()
        self.extra_sockets.clear()
        self._ring()

    async def stop(self) -> None:
        """End every life and wait until it has ended."""
        self.clear()
        await asyncio.gather(*self._lives, return_exceptions=True)

    def move(self, session: Session, phase: Phase) -> None:
        """Put a session into another phase."""
        session.phase = phase
        if phase is not Phase.SHOWING:
            session.code = None
        self.log.event(session.id, "state", state=phase.value)
        self.announce(session.id)
        self._ring()

    def live(self, session: Session, life: Life) -> None:
        """Give a session another life, ending the one it has."""
        _end_life(session)
        session.life = task = asyncio.create_task(self._guarded(session, life))
        self._lives.add(task)
        task.add_done_callback(self._lives.discard)

    def closed(self, company: str, code: int, *, at_login: bool = False) -> None:
        """WhatsApp closed the socket with `code`: it is noted, and nothing moves yet."""
        self.closed_with[company] = code
        self.log.closed(company, code, at_login=at_login)

    def log_out(self, session: Session, code: int, *, at_login: bool = False) -> None:
        """WhatsApp ended it for good: the session leaves the pool. Its files stay in most kinds."""
        self.closed(session.id, code, at_login=at_login)
        self.log.event(session.id, "pool", msg="Logged out, session removed from pool")
        if self.forgets_removed:
            session.directory.wipe()
        self.drop(session.id)

    def pair(self, session: Session, phone: str) -> None:
        """The phone confirmed: credentials are written and the connection is restarted."""
        if not self.keeps_shown:
            self.shown.pop(session.id, None)
        session.scanned = True
        self.move(session, Phase.PAIRING)
        self._link(session.creds, phone)
        self.live(session, self._finish_pairing)

    async def come_back(self, session: Session) -> None:
        """Life of a session whose connection dropped and that reconnects by itself."""
        session.attempts += 1
        self.log.event(session.id, "pool", msg=f"Reconnecting, attempt {session.attempts}")
        await asyncio.sleep(self.pace.away_s)
        await self._log_in(session)

    def write_creds(self, turn: int) -> None:
        """What live sockets do now and then: creds are written back wherever they were taken away.

        Of the others one writes in each turn, for a directory in use is never quite still.
        """
        sessions = [it for it in self.sessions.values() if it.phase is Phase.OPEN]
        for number, session in enumerate(sessions):
            due = number == turn % len(sessions)
            if due or not (session.directory.path / "creds.json").exists():
                session.directory.save(session.creds)

    def _add(self, company: str, directory: AuthDirectory, creds: keys.Creds) -> Session:
        self.errors.pop(company, None)
        began_at = asyncio.get_running_loop().time()
        session = Session(id=company, directory=directory, creds=creds, began_at=began_at)
        self.sessions[company] = session
        return session

    def _link(self, creds: keys.Creds, phone: str) -> None:
        keys.link(creds, *self.whatsapp.link(keys.identity_of(creds), phone))

    async def _guarded(self, session: Session, life: Life) -> None:
        """A life; what the disk refuses becomes the status `error`, as in the real one."""
        try:
            await life(session)
        except OSError as error:
            self.sessions.pop(session.id, None)
            self.errors[session.id] = str(error)
            self._ring()

    async def _connect(self, session: Session) -> None:
        if keys.account_of(session.creds) is not None:
            self.log.say(session.id, "logging in...")
            await asyncio.sleep(self.pace.login_s)
            await self._log_in(session)
            return
        self.log.say(session.id, "not logged in, attempting registration...")
        await asyncio.sleep(self.pace.first_code_s)
        await self._show_codes(session)

    async def _show_codes(self, session: Session) -> None:
        for number in range(self.pace.codes * self.windows):
            if number and number % self.pace.codes == 0:
                self.closed(session.id, 408)
                self.move(session, Phase.CONNECTING)
            session.code = self.shown[session.id] = keys.code_of(session.creds, self.line)
            self.move(session, Phase.SHOWING)
            first = number % self.pace.codes == 0
            await asyncio.sleep(self.pace.first_life_s if first else self.pace.next_life_s)
        self.closed(session.id, 408)
        self.move(session, Phase.CLOSED)

    async def _finish_pairing(self, session: Session) -> None:
        session.directory.save(session.creds)
        self.log.say(
            session.id,
            "pairing configured successfully, expect to restart the connection...",
            me={"id": session.creds["me"]["id"]},
            platform="android",
        )
        # WhatsApp asks for a restart after each pairing: 515 is no trouble.
        self.closed(session.id, 515)
        self.move(session, Phase.CONNECTING)
        await asyncio.sleep(self.pace.pair_s)
        await self._log_in(session)

    async def _log_in(self, session: Session) -> None:
        await self.whatsapp.in_reach.wait()
        refusal = self.whatsapp.refusal(keys.identity_of(session.creds))
        if refusal is None:
            await self._open(session)
        elif refusal == 401:
            self.log_out(session, 401, at_login=True)
        else:
            self.closed(session.id, refusal, at_login=True)
            self.move(session, Phase.CLOSED)

    async def _open(self, session: Session) -> None:
        await self._upload_pre_keys(session)
        session.directory.save(session.creds)
        session.attempts, session.scanned = 0, False
        self.log.say(session.id, "opened connection to WA")
        self.logins[session.id] += 1
        take_over(self, session)
        self.move(session, Phase.OPEN)
        if is_fought_over(self, session):
            self.live(session, partial(fight, self))

    async def _upload_pre_keys(self, session: Session) -> None:
        """Make the pre-keys of a new device, a few at a time: 812 take half a second."""
        directory, creds = session.directory, session.creds
        wanted = self._pre_keys + 1
        if creds["nextPreKeyId"] < wanted and self.line == "7.0":
            directory.add_own_mappings(creds)
        while (missing := wanted - creds["nextPreKeyId"]) > 0:
            directory.add_pre_keys(creds, min(missing, _BATCH))
            await asyncio.sleep(0)

    def announce(self, company: str) -> None:
        """Tell how it is now."""
        session = self.sessions.get(company)
        happening = Happening(
            company=company,
            at=datetime.now(UTC),
            phase=self.phase(company),
            closed_with=self.closed_with.get(company),
            qr=session.code if session else None,
            phone=session.phone if session else None,
        )
        self.note(happening)
        self.tell(happening)

    def _ring(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def _end_life(session: Session) -> None:
    if session.life is not None:
        session.life.cancel()
        session.life = None
