"""The sandbox gateway as one server: its dialect, its control panel, its troubles."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from aiohttp import web

from bot.sandbox.gateway.acts import Acts, NotNow, find_whatsapp, lose_whatsapp
from bot.sandbox.gateway.codes import PairingCodes
from bot.sandbox.gateway.company import GatewayCompany
from bot.sandbox.gateway.control import Control, open_to_all
from bot.sandbox.gateway.dialects import maker_of
from bot.sandbox.gateway.dialects.base import Backstage, Refused
from bot.sandbox.gateway.faults import FAULT_ACTS, LISTS, Fault, Faults
from bot.sandbox.gateway.gateway_acts import CODE_ACTS, LABELS, WHATSAPP_ACTS, possible
from bot.sandbox.gateway.happening import Happening
from bot.sandbox.gateway.lies import Lies
from bot.sandbox.gateway.logbook import Logbook
from bot.sandbox.gateway.pool import Pool
from bot.sandbox.gateway.pushing import Hook, Pushing
from bot.sandbox.gateway.session import Phase, SessionTimes
from bot.sandbox.gateway.whatsapp import WhatsApp

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class GatewaySandbox:
    """A Baileys-like gateway on this machine, with real directories and a simulated WhatsApp.

    Companies that are `linked` are connected from the start, with the files they have or with new
    ones. `dialect` is the kind of gateway it is, or what `dialects.told` makes one of. `pace` holds
    the other rhythms, for tests. `listeners` are told of each move of a session.
    """

    def __init__(
        self,
        sessions_dir: Path,
        companies: Mapping[str, GatewayCompany],
        *,
        dialect: str | Mapping[str, Any] = "ai_admin",
        line: Literal["6.7", "7.0"] = "6.7",
        qr_first_life_s: float = 60.0,
        qr_next_life_s: float = 20.0,
        codes: int = 6,
        log_path: Path | None = None,
        pace: SessionTimes | None = None,
    ) -> None:
        pace = replace(pace or SessionTimes(), codes=codes)
        pace = replace(pace, first_life_s=qr_first_life_s, next_life_s=qr_next_life_s)
        self.companies = dict(companies)
        self.whatsapp = WhatsApp()
        self.lies = Lies()
        self._runs_from_the_start = True
        self.url = ""
        self._pool = Pool(
            sessions_dir, self.whatsapp, Logbook(log_path, line), line=line, pace=pace
        )
        self._codes = PairingCodes(self._pool)
        self._backstage = Backstage(
            pool=self._pool, codes=self._codes, companies=self.companies, lies=self.lies
        )
        self._kind = str(dialect)
        self._dialect = maker_of(dialect)(self._backstage)
        self._pushing = Pushing(self._dialect)
        self.listeners: list[Callable[[Happening], None]] = [self._pushing.tell]
        self._pool.tell = self._tell
        self.traffic = self._backstage.traffic
        self.traffic.tell = self._pushing.tell_passing
        self._pool.forgets_removed = self._dialect.forgets_removed
        self._acts = Acts(self._pool, self.companies, self.traffic)
        list_path = getattr(self._dialect, "list_path", None) or LISTS.get(str(dialect))
        self._faults = Faults(pace.latency_s, list_path)
        self._pace = pace
        self._runner: web.AppRunner | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._restarting: asyncio.Task[None] | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Connect the linked companies and listen; `url` is known afterwards."""
        for company, facts in self.companies.items():
            if facts.linked and self._runs_from_the_start:
                await self._pool.open_at_once(company, facts.phone)
            elif self.always_on:
                self._pool.begin(company)
                await self.until(company, Phase.SHOWING)
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.url = f"http://{host}:{self._runner.addresses[0][1]}"
        self._spawn(self._write_creds())
        self._spawn(self._pushing.run())

    def stand_beside(self, other: "GatewaySandbox") -> None:
        """Share its store, before the start: list the same sessions, and run none at first."""
        self.whatsapp = self._pool.whatsapp = other.whatsapp
        self._runs_from_the_start = False

    @property
    def always_on(self) -> bool:
        """Whether a session begins by itself whenever it has ended, as hosted ones do."""
        return bool(getattr(self._dialect, "always_on", False))

    @property
    def writes(self) -> int:
        """How many requests that change something were made; of kinds told by a file."""
        return self._backstage.writes

    def want_key(self, key: str) -> None:
        """Refuse requests without this key from now on."""
        self._backstage.key = key

    def push_to(self, url: str, key: str | None = None) -> None:
        """Push what happens from now on to `url`, signed with `key` where the dialect signs."""
        self._pushing.hook = Hook(url=url, key=key)

    async def pushes_out(self) -> None:
        """Return as soon as every event so far has been pushed or lost."""
        await self._pushing.done()

    async def stop(self) -> None:
        """Stop listening and end everything that runs."""
        self._faults.set(Fault.DOWN)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._pool.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def act(self, company: str | None, act: str, *, code: str | None = None) -> None:
        """Perform an act on a company, or on the gateway when `company` is None.

        With a `code`, a scan or a typed code succeeds only if that code is alive. Raises NotNow
        otherwise, and for every act the present state forbids; KeyError for unknown names.
        """
        if company is None:
            self._act_on_gateway(act)
            return
        alive = self.live_pairing_code if act == "enter_code" else self.live_code
        if code is not None and code != alive(company):
            raise NotNow("this code is not alive")
        if company not in self.companies:
            raise KeyError(company)
        self._acts.perform(company, act)

    def hang_for(self, *companies: str) -> None:
        """Answer no question about these companies alone from now on; none named: all are again."""
        self._faults.hang_for(companies)

    def excuse(self, words: str) -> None:
        """Refuse with these words from now on what a dead socket cannot send, where WAHA does."""
        self._backstage.excuse = words

    def relink(self, company: str, phone: str) -> None:
        """Somebody links the phone with this number by hand, without the bot.

        Raises KeyError where the company has no session.
        """
        self._pool.pair(self._pool.sessions[company], phone)

    def lists_too(self, *names: object) -> None:
        """Have more entries in its list, called so, or by what is no name at all."""
        self.lies.odd += names

    def is_of_an_older_build(self) -> None:
        """Tell no states in the list of users, as wuzapi did."""
        self._backstage.older = True

    def becomes_ghost(self, company: str) -> None:
        """Its list goes on with what it says of the company; asked for it, it knows none."""
        self.lies.ghosts[company] = self.companies.pop(company)

    def empty_store(self) -> None:
        """It was started with another directory of data: it knows no session any more."""
        self.companies.clear()
        self._pool.clear()

    def live_code(self, company: str) -> str | None:
        """The QR's content that WhatsApp would accept now; None: there is none."""
        session = self._pool.sessions.get(company)
        return session.code if session else None

    def live_pairing_code(self, company: str) -> str | None:
        """The pairing code that could be typed in now; None: there is none."""
        session = self._pool.sessions.get(company)
        showing = session is not None and session.phase is Phase.SHOWING
        return session.pairing_code if session and showing else None

    def phase(self, company: str) -> Phase:
        """How the session really is, whatever the gateway says."""
        return self._pool.phase(company)

    def logins(self, company: str) -> int:
        """How often WhatsApp has seen the session log in."""
        return self._pool.logins[company]

    def extra_sockets(self, company: str) -> int:
        """How many sockets the gateway has for the session beside its own one."""
        return self._pool.extra_sockets[company]

    async def until(self, company: str, phase: Phase, timeout_s: float = 30.0) -> None:
        """Return as soon as the session is in `phase`; TimeoutError after `timeout_s`."""
        await self._pool.until(lambda: self._pool.phase(company) is phase, timeout_s)

    def _tell(self, happening: Happening) -> None:
        if happening.phase is not Phase.OPEN:
            self.traffic.deaf.discard(happening.company)  # a new socket hears
        for listener in self.listeners:
            listener(happening)

    def _act_on_gateway(self, act: str) -> None:
        if act not in {shown["act"] for shown in self._gateway_acts()}:
            if act in LABELS:
                raise NotNow(f"{act} is not possible now")
            raise KeyError(act)
        if act in CODE_ACTS:
            self._codes.mode = CODE_ACTS[act]
            return
        if act in WHATSAPP_ACTS:
            (lose_whatsapp if act == "whatsapp_away" else find_whatsapp)(self._pool)
            return
        if self._restarting is not None:
            self._restarting.cancel()
            self._restarting = None
        if act in FAULT_ACTS:
            self._faults.set(FAULT_ACTS[act])
        else:
            self._restarting = self._spawn(
                self._restart(auto=self._dialect.resumes or act == "gateway_restart_auto")
            )

    def _gateway_acts(self) -> list[dict[str, object]]:
        return possible(self._faults.now, self._codes.mode, self.whatsapp)

    async def _restart(self, *, auto: bool) -> None:
        self._faults.set(Fault.DOWN)
        self._pool.clear()
        await asyncio.sleep(self._pace.restart_s)
        self._faults.set(Fault.NONE)
        if auto:
            await asyncio.sleep(self._pace.auto_init_s)
            for company in self.companies:
                due = self._pool.wakes_all or self._pool.directory(company).creds()
                if due and not self._pool.sessions.get(company):
                    self._pool.begin(company)

    async def _write_creds(self) -> None:
        """One task for all open sockets together: they write their credentials now and then."""
        turn = 0
        while True:
            await asyncio.sleep(self._pace.write_creds_s)
            self._pool.write_creds(turn)
            turn += 1

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _app(self) -> web.Application:
        control = Control(
            self._pool,
            self._acts,
            self.companies,
            gateway_acts=self._gateway_acts,
            perform=lambda company, act, code: self.act(company, act, code=code),
        )
        app = web.Application(middlewares=[self._outermost])
        app.add_routes(self._dialect.routes())
        app.add_routes(control.routes())
        return app

    @web.middleware
    async def _outermost(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Faults meet the contract only: the panel must be able to lift them."""
        if request.path.startswith("/sandbox/"):
            response = await handler(request)
            open_to_all(response)
            return response
        faulty = await self._faults.meet(request)
        if faulty is not None:
            return faulty
        refusal = self._dialect.refusal(request)
        if refusal is not None:
            return refusal
        try:
            answer = await handler(request)
            return (
                self.lies.with_odd(self._kind, answer) if self._faults.is_list(request) else answer
            )
        except Refused as refused:
            return refused.answer
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            return self._dialect.no_such_route(request)
