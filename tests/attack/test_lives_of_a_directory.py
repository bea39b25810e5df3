"""Random lives of one company's directory: whatever happens, keys that worked are reachable.

The procedures are the bot's own, on a real disk and a real database. The gateway is a double that
treats `creds.json` as Baileys does: an unused QR leaves nothing, or half a file; a code writes the
number before anybody has agreed; what can't be read is taken for none, and shows a QR. Somebody
may delete the good copies by hand: then what was set aside is all there is.
"""

import json
import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from at_once import FAST_DISK, empty, sqlite_at_once, threadless
from doubles import START, Clock, ScriptedGateway
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.authdir import SessionsTemplate, copy_good, keys_of, same_device
from bot.domain.access import UserId
from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.files import Holding, KeptKind
from bot.domain.notice import ChatAddress
from bot.domain.procedure import ProcedureKind, ProcedureOrder
from bot.domain.session import State
from bot.domain.timing import Timing
from bot.monitor.set_aside_expiry import SetAsideExpiry
from bot.recovery.code_leftovers import Clearing
from bot.recovery.control import SessionControl
from bot.recovery.kept_keys import KeptKeys, sources
from bot.recovery.runner import ProcedureRunner
from storage.sessions import companies
from storage.tables import session_states

MAIN, ANNA, HERE = GatewayName("main"), UserId(1), ChatAddress(1)
TEMPO = Timing(quiet_for_s=0, quiet_wait_s=0, reconnect_wait_s=1, start_grace_s=0, qr_poll_s=0)
KEPT_FOR = timedelta(days=14)
LONG_AGO = START - timedelta(days=30)
_NUMBERS = count(1)


class Baileys(ScriptedGateway):
    """One session on one directory."""

    def settle(self, path):
        self.path, self.revoked = path, set()

    def creds(self):
        try:
            found = json.loads((self.path / "creds.json").read_text())
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    async def start(self, key):
        self.path.mkdir(exist_ok=True)
        creds = self.creds()
        if creds is None or "me" not in creds:
            self.says(key, State.AWAITING_SCAN)
        elif "account" not in creds or creds["registrationId"] in self.revoked:
            self.says(key, State.STOPPED)
        else:
            self.says(key, State.CONNECTED)

    def write(self, text):
        self.path.mkdir(exist_ok=True)
        (self.path / "creds.json").write_text(text)


def creds(number, *, linked=True):
    """As Baileys writes them, in its order: half of the file still tells the identity."""
    key = {"type": "Buffer", "data": f"FAKE{number:040d}"}
    found = {
        "noiseKey": {"private": key, "public": key},
        "signedIdentityKey": {"private": key, "public": key},
        "registrationId": number,
        "padding": "x" * 600,
    }
    if linked:
        found["me"] = {"id": f"7900{number:07d}:1@s.whatsapp.net"}
        found["account"] = {"details": "FAKE"}
    return json.dumps(found, separators=(",", ":"))


class Life:
    """What can happen to a directory; `truth` is time as it passes, whatever the clock says."""

    def __init__(self, db, folder):
        self.db, self.clock, self.truth = db, Clock(), timedelta()
        key = CompanyId(f"c{next(_NUMBERS)}")
        self.company = Company(id=key, gateway=MAIN, session_key=key, name="")
        parsed = SessionsTemplate.parse(str(folder / "company_{company}"))
        self.template = replace(parsed, writer_pause_s=0)  # no gateway writes meanwhile
        self.path = self.template.path_of(key)
        self.gateway = Baileys()
        self.gateway.settle(self.path)
        self.gateway.says(key, State.STOPPED)
        self.noted = None  # the state that the database knows
        self.worked = {}  # by device: when in truth it last worked
        self.uncopied = set()  # devices whose copies somebody has deleted
        self.born_again()

    def born_again(self):
        places = {MAIN: self.template}
        control = SessionControl(
            self.db, {MAIN: self.gateway}, places, timing=TEMPO, clock=self.clock
        )
        self.control, self.runner = control, ProcedureRunner(control)
        self.clearing = Clearing(self.runner)
        self.pruning = SetAsideExpiry(
            self.db, places, [ANNA], clock=self.clock, on_written=lambda: None
        )

    @property
    def state(self):
        return self.gateway.tapes[self.company.id][0].state

    async def looked(self):
        """What the bot's looks do: the state is noted, and what works is copied."""
        if self.state is not self.noted:
            await self.note()
        if self.state is not State.CONNECTED:
            return
        copy = copy_good(self.template, self.company.id, self.clock())
        if copy is not None:
            self.worked[copy.device] = self.truth
            self.uncopied.discard(copy.device)
            async with self.db.writing() as tx:
                await companies.set_copied(tx, self.company.id, self.clock(), copy.device)

    async def note(self):
        """What is connected is known to be for long: nothing holds the pruning back."""
        row, self.noted = session_states, self.state
        async with self.db.writing() as tx:
            await tx.execute(row.delete().where(row.c.company_id == self.company.id))
            values = {"company_id": self.company.id, "state": self.state, "since_at": LONG_AGO}
            await tx.execute(row.insert().values(values))

    async def run(self, kind, which=None, *, cut=None):
        """To its end, or to the step at which the process dies; then the next start goes on."""
        order = ProcedureOrder(
            kind=kind, company=self.company, asked_by=ANNA, address=HERE, which=which
        )
        steps = self.runner.run(order)
        number = 0
        async for _ in steps:
            number += 1
            if number == cut:
                break
        await steps.aclose()
        if cut is None:
            return
        self.born_again()
        for row in await self.runner.unfinished():
            if row.company_id == self.company.id:
                async for _ in self.runner.resume(self.company, row):
                    continue

    async def do_reset(self, pick):
        await self.run(ProcedureKind.RESET, cut=pick % 7 or None)

    async def do_restore(self, pick):
        await self.run(ProcedureKind.RESTORE, cut=pick % 7 or None)

    async def do_restore_chosen(self, pick):
        kept = await KeptKeys(self.control).of(self.company)
        if kept:
            await self.run(ProcedureKind.RESTORE, kept[pick % len(kept)].name)

    async def do_mend(self, pick):
        await self.run(ProcedureKind.MEND, cut=pick % 7 or None)

    async def do_clear(self, _pick):
        await self.clearing.clear(self.company, ANNA, HERE)

    async def do_start(self, _pick):
        if self.state is not State.CONNECTED:
            await self.gateway.start(self.company.id)

    async def do_scan(self, _pick):
        if self.state is not State.AWAITING_SCAN:
            return
        self.gateway.write(creds(next(_NUMBERS)))
        (self.path / "pre-key-1.json").write_text("{}")
        self.gateway.says(self.company.id, State.CONNECTED)
        async with self.db.writing() as tx:
            await companies.set_paired(tx, self.company.id, None, self.clock())

    async def do_code(self, _pick):
        if self.state is State.AWAITING_SCAN:
            number = next(_NUMBERS)
            half = json.loads(creds(number, linked=False))
            self.gateway.write(
                json.dumps(half | {"me": {"id": f"7900{number:07d}@s.whatsapp.net"}})
            )

    async def do_unused_qr(self, pick):
        if self.state is State.AWAITING_SCAN and pick % 2:
            self.gateway.write(creds(next(_NUMBERS), linked=False)[: 100 + pick])

    async def do_damage(self, pick):
        """A crash of the gateway while it writes: half, empty, or zeros; or a file deleted."""
        file = self.path / "creds.json"
        if file.exists():
            text = file.read_text()
            file.write_text((text[: len(text) // 2], "", "\0" * 50)[pick % 3])
            if pick % 5 == 0:
                file.unlink()
        if self.path.exists() and pick % 11 == 0:
            shutil.rmtree(self.path)
        self.gateway.says(self.company.id, State.STOPPED)
        await self.forgive()

    async def do_delete_copies(self, _pick):
        """Somebody makes room on the disk, and takes the good copies for rubbish."""
        shutil.rmtree(self.template.good_copies_dir, ignore_errors=True)
        self.uncopied |= self.worked.keys()
        await self.forgive()

    async def forgive(self):
        """What others have destroyed, file and copy, the bot cannot bring back."""
        reachable = await self.reachable()
        for device in self.uncopied & self.worked.keys():
            if not any(same_device(device, other) for other in reachable):
                del self.worked[device]

    async def do_revoke(self, _pick):
        found = self.gateway.creds()
        if self.state is State.CONNECTED and found is not None:
            self.gateway.revoked.add(found["registrationId"])
            self.gateway.says(self.company.id, State.STOPPED)

    async def do_days(self, pick):
        """Time passes, and the bot prunes each day."""
        for _ in range(1 + pick % 6):
            self.clock.push(days=1, minutes=1)
            self.truth += timedelta(days=1, minutes=1)
            await self.looked()
            await self.pruning.tick(MAIN)

    async def do_clock_back(self, pick):
        self.clock.push(hours=-(1 + pick % 5))

    async def reachable(self):
        """Each device that a command of the bot brings back, or that lies in its place."""
        present = keys_of(self.template, self.company.id)
        found = [
            source.device
            for source in await self.sources()
            if source.kept.kind is not KeptKind.UNCERTAIN  # neither whole nor mended by a copy
        ]
        if present is not None and present.holding is Holding.LINKED:
            found.append(present.device)
        copy = await self.control.copies.present(self.company)
        return [*found, copy.device] if copy is not None else found

    async def sources(self):
        return await sources(self.db, self.template, self.company.id)

    async def lost(self):
        """Devices that worked and are out of reach, too early."""
        last = max(self.worked.values(), default=timedelta())
        idle = self.state is not State.CONNECTED
        reachable = await self.reachable()
        return [
            device
            for device, at in self.worked.items()
            if (self.truth - at <= KEPT_FOR or (idle and at == last))
            and not any(same_device(device, other) for other in reachable)
        ]


DOINGS = sorted(name.removeprefix("do_") for name in vars(Life) if name.startswith("do_"))
LIVES = st.lists(st.tuples(st.sampled_from(DOINGS), st.integers(0, 60)), min_size=4, max_size=14)


@pytest.fixture
async def db(new_database, request):
    """A fresh database, and no threads: a life is a hundred calls of each, one after another."""
    threadless()
    with tempfile.TemporaryDirectory(dir=FAST_DISK) as folder:
        file = Path(folder) / "repair.db"
        database = new_database(file)
        if request.config.getoption("database") == "sqlite":
            database = sqlite_at_once(file)
        yield database
        await database.close()


async def live(db, life):
    await empty(db)
    with tempfile.TemporaryDirectory(dir=FAST_DISK) as folder:
        it = Life(db, Path(folder))
        async with db.writing() as tx:
            await companies.add_new(tx, [it.company], it.clock())
        beginning = [("start", 0), ("scan", 0), ("days", 0)]
        for doing, pick in [*beginning, *life]:
            it.clock.push(seconds=2)
            await getattr(it, f"do_{doing}")(pick)
            await it.looked()
            assert await it.lost() == [], (doing, pick)


@settings(
    max_examples=max(settings().max_examples // 4, 10_000 * (settings().max_examples >= 10_000)),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(life=LIVES)
async def test_no_life_loses_keys_that_ever_worked(db, life):
    await live(db, life)


UNUSED = [("reset", 0), ("unused_qr", 1), ("reset", 0), ("unused_qr", 0), ("reset", 0)]


@pytest.mark.parametrize(
    "life",
    [
        [*UNUSED, ("restore", 0)],
        [*UNUSED, ("code", 0), ("clear", 0), *[("days", 5)] * 5, ("restore", 0)],
        [("damage", 0), ("start", 0), ("scan", 0), ("days", 5)],
        [("damage", 1), ("reset", 0), ("restore", 0), ("damage", 1), ("mend", 0)],
        [("reset", 0), ("scan", 0), ("restore", 0), ("days", 5), ("restore_chosen", 1)],
        [("clock_back", 4), ("reset", 0), *[("days", 5)] * 4, ("restore", 0)],
        [("reset", 0), ("delete_copies", 0), *[("days", 5)] * 5, ("restore", 0)],
        [("reset", 0), ("scan", 0), ("delete_copies", 0), ("days", 0), ("reset", 0), ("days", 5)],
        [*UNUSED, ("delete_copies", 0), *[("days", 5)] * 5, ("restore_chosen", 0)],
        [("damage", 1), ("reset", 0), ("delete_copies", 0), ("restore", 0)],
    ],
)
async def test_lives_that_were_lived(db, life):
    await live(db, life)
