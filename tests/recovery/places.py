"""Where procedures are tried: a gateway with real directories over HTTP, or a scripted one."""

import asyncio
import stat
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from doubles import ScriptedGateway
from sqlalchemy import select

from bot.authdir import SessionsTemplate, list_set_aside
from bot.domain.access import UserId
from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.notice import ChatAddress
from bot.domain.procedure import Finished, ProcedureKind, ProcedureOrder, Progress
from bot.domain.timing import Timing
from bot.gateways.client import GatewayClient
from bot.gateways.kinds import KINDS
from bot.recovery.control import SessionControl
from bot.recovery.pairing import Pairing
from bot.recovery.runner import ProcedureRunner
from bot.sandbox.gateway import GatewayCompany, GatewaySandbox, SessionTimes
from storage.people import persons
from storage.recovery import procedures
from storage.sessions import companies
from storage.tables import pairings as pairing_rows
from storage.tables import procedures as procedure_rows

KEY = CompanyId("962302")
PHONE = "79000962302"
ONE = GatewayName("one")
ANNA, BORIS = UserId(1), UserId(2)
HERE, THERE = ChatAddress(-1), ChatAddress(-2)
QUICK = SessionTimes(
    login_s=0.01,
    first_code_s=0.01,
    pair_s=0.01,
    act_s=0.02,
    away_s=0.02,
    restart_s=0.02,
    write_creds_s=3600,
    create_s=0.01,
)
TEMPO = Timing(
    confirm_after_s=0,
    stable_for_s=0.1,
    qr_poll_s=0.02,
    qr_handover_s=0.5,
    qr_first_wait_s=10.0,
    reconnect_wait_s=10.0,
    gateway_settles_s=0,
    start_grace_s=0.2,
    refused_after_s=5.0,
    quiet_for_s=0.05,
    quiet_wait_s=0.3,
)


class Ahead:
    """The real clock, which a test can put forward."""

    def __init__(self):
        self.by = timedelta()

    def __call__(self):
        return datetime.now(UTC) + self.by

    def push(self, **much):
        self.by += timedelta(**much)


class Doing:
    """One kind of procedure, as it is ordered."""

    def __init__(self, runner, kind):
        self.runner, self.kind = runner, kind

    def run(self, company, asked_by, address, which=None):
        order = ProcedureOrder(
            kind=self.kind, company=company, asked_by=asked_by, address=address, which=which
        )
        return self.runner.run(order)

    def resume(self, company, row):
        return self.runner.resume(company, row)


class Place:
    """A company on a gateway, and everything that can be done to it."""

    def __init__(self, db, adapter, sessions, clock=None, timing=TEMPO):
        self.db = db
        self.adapter = adapter
        self.template = (
            None
            if sessions is None
            else SessionsTemplate.parse(str(sessions / "company_{company}"))
        )
        self.clock = clock or Ahead()
        self.timing = timing
        self.company = Company(id=KEY, gateway=ONE, session_key=KEY, name="Salon North")
        self.born_again()

    def hurry(self, **timing):
        """Another rhythm from now on."""
        self.timing = replace(self.timing, **timing)
        self.born_again()

    def born_again(self):
        """The process died and began anew: whatever was only remembered is forgotten."""
        self.control = SessionControl(
            self.db,
            {ONE: self.adapter},
            {} if self.template is None else {ONE: self.template},
            timing=self.timing,
            clock=self.clock,
        )
        self.runner = ProcedureRunner(self.control)
        self.pairing = Pairing(self.runner)
        for kind in ProcedureKind:
            setattr(self, kind, Doing(self.runner, kind))

    async def prepare(self):
        async with self.db.writing() as tx:
            await companies.add_new(tx, [self.company], self.clock())
            await persons.set_owners(tx, [ANNA, BORIS])

    def run(self, procedure):
        return procedure.run(self.company, ANNA, HERE)

    async def done(self, procedure):
        """Run a procedure to its end."""
        return await ending(self.run(procedure))

    async def resume(self, procedure):
        """What the next start does with the one procedure that was cut off."""
        self.born_again()
        [row] = await self.runner.unfinished()
        assert row.kind == procedure.kind
        return await ending(self.runner.resume(self.company, row))

    async def live(self, *, opened=False, address=HERE, asked_by=ANNA):
        pairing_id = await self.pairing.begin(self.company, asked_by, address)
        return self.pairing.steps(pairing_id, self.company, opened=opened)

    async def outcomes(self):
        async with self.db.reading() as tx:
            query = select(procedure_rows.c.outcome).order_by(procedure_rows.c.id)
            return [row.outcome for row in await tx.execute(query)]

    async def rows(self):
        async with self.db.reading() as tx:
            return (await tx.execute(select(procedure_rows).order_by(procedure_rows.c.id))).all()

    async def pairing_outcomes(self):
        async with self.db.reading() as tx:
            query = select(pairing_rows.c.outcome).order_by(pairing_rows.c.id)
            return [row.outcome for row in await tx.execute(query)]

    async def stored(self):
        async with self.db.reading() as tx:
            return await companies.get(tx, KEY)

    async def unfinished(self):
        async with self.db.reading() as tx:
            return await procedures.unfinished(tx)

    @property
    def directory(self):
        return self.template.path_of(KEY)

    def files(self):
        """Names and contents in the company's directory."""
        return contents(self.directory) if self.directory.exists() else None

    def kept(self):
        return list_set_aside(self.template, KEY)


class SandboxPlace(Place):
    """The gateway is the sandbox, asked through the real adapter."""

    sandbox: GatewaySandbox

    async def act(self, what, code=None):
        await self.sandbox.act(KEY, what, code=code)

    async def until(self, phase):
        await self.sandbox.until(KEY, phase)

    @property
    def phase(self):
        return self.sandbox.phase(KEY)


@asynccontextmanager
async def sandbox_place(db, tmp_path, *, linked=True, with_directory=True, **options):
    sessions = tmp_path / "sessions"
    companies_there = {KEY: GatewayCompany("Salon North", PHONE, linked)}
    sandbox = GatewaySandbox(sessions, companies_there, **{"pace": QUICK, **options})
    await sandbox.start()
    clock = Ahead()
    kind = options.get("dialect", "ai_admin")
    adapter = KINDS[kind](
        GatewayClient(sandbox.url),
        clock=clock,
        first_life_s=options.get("qr_first_life_s", TEMPO.qr_first_life_s),
    )
    place = SandboxPlace(db, adapter, sessions if with_directory else None, clock)
    place.sandbox = sandbox
    await place.prepare()
    try:
        yield place
    finally:
        await adapter.aclose()
        await sandbox.stop()


async def scripted_place(db, sessions=None):
    place = Place(db, ScriptedGateway(), sessions)
    await place.prepare()
    return place


async def told(steps):
    """Every step, in order."""
    return [step async for step in steps]


async def ending(steps):
    """The last step, which must be an end."""
    last = (await told(steps))[-1]
    assert isinstance(last, Finished)
    return last


async def cut_at(steps, step):
    """Follow until a step has begun; there the process dies."""
    async for one in steps:
        if one == Progress(step=step):
            break
    await steps.aclose()


async def follow(steps, **acts):
    """Every step of a live QR; the first of a kind makes something happen."""
    seen = []
    async for step in steps:
        seen.append(step)
        act = acts.pop(type(step).__name__, None)
        if act is not None:
            await act(step)
    return seen


def contents(path):
    return {file.name: file.read_bytes() for file in path.iterdir()}


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


async def soon(event):
    await asyncio.wait_for(event.wait(), 10)


@asynccontextmanager
async def writing_to(file):
    """Somebody writes to it for as long as the block lasts."""

    async def write_for_ever():
        while True:
            file.touch()
            await asyncio.sleep(0)

    writer = asyncio.create_task(write_for_ever())
    yield
    writer.cancel()
    await asyncio.gather(writer, return_exceptions=True)
