"""Random comings and goings: whoever has lost a right has no code, letter or press of it left.

What people may and what chats hear is kept beside the bot, by hand; after each event the bot's own
tables are held against it. The actions are the bot's own, on a real database.
"""

import contextlib
import tempfile
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from at_once import FAST_DISK, empty, sqlite_at_once, threadless
from doubles import START, Clock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.actions.boards import BoardWishes
from bot.actions.chats import Chats
from bot.actions.confirmations import taken
from bot.actions.digests import DigestWishes
from bot.actions.errors import ActionError
from bot.actions.journal import Journal
from bot.actions.people import People
from bot.actions.timezones import Zones
from bot.domain.access import Grant, NotAllowed, Person, Right, Role, UserId
from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.digest import DigestWish
from bot.domain.incident import Incident, IncidentId
from bot.domain.notice import ChatAddress
from bot.domain.timezone import find_zone
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.monitor.announce import write_steps
from bot.monitor.incidents import IncidentStep, StepKind
from bot.recovery.pairing_end import ended
from storage.alerts import incidents
from storage.chats import subscriptions
from storage.people import confirmations
from storage.people.confirmations import Confirmation
from storage.recovery import pairings
from storage.sessions import companies
from storage.tables import audit, boards, chats, digests, outbox, remarks
from storage.tables import incidents as incident_rows
from storage.tables import pairings as pairing_rows
from storage.tables import subscriptions as subscription_rows

MAIN = GatewayName("main")
IDS = [CompanyId(text) for text in ("north", "south", "west")]
OWNER, *OTHERS = PEOPLE = [UserId(number) for number in (1, 2, 3, 4)]
GROUPS = [-10, -11]
UTC = find_zone("UTC")
ASKED = {"reset": Right.RESET}
_NUMBERS = count(1)


class World:
    """The bot's actions, and what is true of people and chats."""

    def __init__(self, db):
        self.db, self.clock = db, Clock()
        self.grants = {user_id: {} for user_id in PEOPLE}
        self.owners = {OWNER}
        self.settle(self.owners)
        self.questions, self.codes = [], []
        self.down = {}
        self.before = self.lost_at = None

    def settle(self, owners):
        journal = Journal(self.db, self.clock)
        self.owners = set(owners)
        told = sorted(owners)
        quiet = {"on_written": lambda: None}
        self.people = People(journal, told, **quiet)
        self.chats = Chats(journal, told, **quiet)
        self.boards = BoardWishes(journal, **quiet)
        zones = Zones(journal, UTC)
        self.digests = DigestWishes(journal, zones)

    def may(self, user_id, right, company_id=None):
        held = {None: Role.OWNER} if user_id in self.owners else {}
        every = [*held.items(), *self.grants[user_id].items()]
        given_ = tuple(Grant(user_id=user_id, role=role, company_id=it) for it, role in every)
        return Person(user_id=user_id, name="", grants=given_).may(right, company_id)

    def sees_any(self, user_id):
        return self.may(user_id, Right.LOOK) or any(self.may(user_id, Right.LOOK, it) for it in IDS)

    async def who(self, user_id):
        return await self.people.who(user_id, f"P{user_id}")

    async def rows(self, table):
        async with self.db.reading() as tx:
            return [row._mapping for row in await tx.execute(table.select())]

    def key(self):
        return f"update:{next(_NUMBERS)}"

    # What happens. `who` is a person, `place` a chat (0: their own), `what` a company or all.

    async def do_grant(self, who, place, what):
        role, held = list(Role)[place % 3], self.grants[who]
        if what is not None and None in held and held[None].rank >= role.rank:
            del held[None]
        held[what] = role
        ids = [] if what is None else [what]
        await self.people.grant(await self.who(OWNER), who, role, ids, OWNER, self.key())

    async def do_revoke(self, who, _place, _what):
        if who not in self.owners:
            self.grants[who].clear()
            await self.people.revoke(await self.who(OWNER), who, OWNER, self.key())

    async def do_owners(self, who, place, _what):
        """The bot starts anew with other OWNER_IDS."""
        self.settle({OWNER, who} if place % 2 else {OWNER})
        await self.people.settle_owners()

    async def do_subscribe(self, who, place, what):
        ids = [] if what is None else [what]
        severity = list(Severity)[place % 3]
        await self.chats.subscribe(
            await self.who(who), self.address(who, place), "", ids, severity, self.key()
        )

    async def do_unsubscribe(self, who, place, what):
        address = self.address(who, place)
        await self.chats.unsubscribe(await self.who(who), address, [what], self.key())

    async def do_board(self, who, place, _what):
        await self.boards.open(await self.who(who), self.address(who, place), "", self.key())

    async def do_digest(self, who, place, _what):
        wish = DigestWish(hour=9)
        address = self.address(who, place)
        await self.digests.choose(await self.who(who), address, "", wish, self.key())

    async def do_code(self, who, place, what):
        """As `Showing.begin`: the right first, then a row that lives until it is ended."""
        company_id = what or IDS[0]
        (await self.who(who)).must(Right.PAIR, company_id)
        async with self.db.writing() as tx:
            address = self.address(who, place)
            await pairings.begin(tx, company_id, who, address, self.clock())

    async def do_ask(self, who, _place, what):
        company_id = what or IDS[0]
        (await self.who(who)).must(Right.RESET, company_id)
        question = Confirmation(
            nonce=f"n{next(_NUMBERS)}",
            user_id=who,
            action="reset",
            company_id=company_id,
            asked_at=self.clock(),
            expires_at=self.clock() + timedelta(days=9),
        )
        self.questions.append(question)
        async with self.db.writing() as tx:
            await confirmations.add(tx, question)

    async def do_turn_away(self, who, place, _what):
        await self.chats.turned_away(self.address(who, place).chat_id, "kicked")

    async def do_take_back(self, who, place, _what):
        await self.chats.taken_back(self.address(who, place).chat_id)

    async def do_lose(self, _who, _place, what):
        """A company is lost, or well again."""
        company_id = what or IDS[0]
        now = self.clock()
        opened = self.down.pop(company_id, None)
        incident = opened or Incident(
            id=IncidentId(0),
            trouble=Trouble.SESSION_DOWN,
            symptom=Symptom.REVOKED,
            severity=Severity.CRITICAL,
            gateway=MAIN,
            company_id=company_id,
            opened_at=now,
            began_at=now,
        )
        async with self.db.writing() as tx:
            if opened is not None:
                await tx.execute(
                    incident_rows.update()
                    .where(incident_rows.c.id == opened.id)
                    .values(closed_at=now)
                )
                return
            step = IncidentStep(kind=StepKind.OPENED, incident=incident, reason="lost")
            await write_steps(tx, [step], [], now)
            (self.down[company_id],) = await incidents.open_ones(tx, company_id=company_id)

    def address(self, who, place):
        return ChatAddress([who, *GROUPS][place % 3])

    # What must be so.

    async def heard(self):
        """Company to the chats that take messages and hear of it, by the rows and the rights."""
        parked = {row["chat_id"] for row in await self.rows(chats) if row["parked_at"]}
        found = {company_id: set() for company_id in IDS}
        for row in await self.rows(subscription_rows):
            chat_id = row["chat_id"]
            for company_id in IDS:
                told = row["company_id"] in ("", company_id) and chat_id not in parked
                if told and (chat_id < 0 or self.may(UserId(chat_id), Right.LOOK, company_id)):
                    found[company_id].add(chat_id)
        return found

    async def look(self):
        await self.no_letters()
        await self.no_codes()
        await self.no_presses()
        await self.no_lists()

    async def no_letters(self):
        async with self.db.reading() as tx:
            hears = await subscriptions.heard(tx)
            concerns = await incidents.get_many(
                tx, [row.incident_id for row in await tx.execute(outbox.select())]
            )
        for hear in hears:
            if hear.address.chat_id > 0:
                assert self.may(UserId(hear.address.chat_id), Right.LOOK, hear.company_id), hear
        for row in await self.rows(outbox):
            if row["chat_id"] > 0 and row["settled_at"] is None:
                company_id = concerns[IncidentId(row["incident_id"])].company_id
                assert self.may(UserId(row["chat_id"]), Right.LOOK, company_id), dict(row)

    async def no_codes(self):
        for row in await self.rows(pairing_rows):
            if not self.may(row["asked_by"], Right.PAIR, row["company_id"]):
                assert row["ended_at"] is not None, dict(row)
                assert await ended(self.db, row["id"]) is not None

    async def no_presses(self):
        for asked in self.questions:
            if self.may(asked.user_id, Right.RESET, asked.company_id):
                continue
            person = await self.who(asked.user_id)
            with pytest.raises((NotAllowed, ActionError)):
                async with self.db.writing() as tx:
                    await taken(tx, person, asked.nonce, self.clock(), ASKED)

    async def no_lists(self):
        for table in (boards, digests):
            for row in await self.rows(table):
                if row["chat_id"] > 0:
                    assert self.sees_any(UserId(row["chat_id"])), (table.name, dict(row))

    async def vouched(self, row):
        """Whether somebody who may see it still stands for what a group is subscribed to."""
        acted = {
            UserId(act["user_id"])
            for act in await self.rows(audit)
            if act["chat_id"] == row["chat_id"]
        }
        company_id = row["company_id"] or None
        present = {row["added_by"], *acted} & set(PEOPLE)
        return any(self.may(user_id, Right.SUBSCRIBE, company_id) for user_id in present)

    async def groups_still_hear(self, before):
        """A group loses only what nobody may vouch for, and keeps nothing such."""
        after = await self.rows(subscription_rows)
        places = {(row["chat_id"], row["company_id"]) for row in after}
        for row in before:
            if row["chat_id"] < 0 and (row["chat_id"], row["company_id"]) not in places:
                assert not await self.vouched(row), dict(row)
        for row in after:
            if row["chat_id"] < 0:
                assert await self.vouched(row), dict(row)


LEAVING = ("grant", "revoke", "owners")
DOINGS = sorted(name.removeprefix("do_") for name in vars(World) if name.startswith("do_"))
EVENTS = st.tuples(
    st.one_of(st.sampled_from(DOINGS), st.sampled_from(LEAVING)),
    st.sampled_from(OTHERS),
    st.integers(0, 5),
    st.sampled_from([None, *IDS]),
)


@pytest.fixture
async def db(new_database, request):
    """A fresh database, without threads."""
    threadless()
    with tempfile.TemporaryDirectory(dir=FAST_DISK) as folder:
        file = Path(folder) / "repair.db"
        database = new_database(file)
        if request.config.getoption("database") == "sqlite":
            database = sqlite_at_once(file)
        yield database
        await database.close()


async def live(db, events):
    await empty(db)
    world = World(db)
    async with db.writing() as tx:
        fresh = [Company(id=it, gateway=MAIN, session_key=it, name="") for it in IDS]
        await companies.add_new(tx, fresh, START)
    await world.people.settle_owners()
    for name, who, place, what in events:
        world.clock.push(seconds=2)
        before, heard = await world.rows(subscription_rows), await world.heard()
        said = len(await world.rows(remarks))
        with contextlib.suppress(NotAllowed, ActionError):
            await getattr(world, f"do_{name}")(who, place, what)
        await world.look()
        if name in LEAVING:
            await world.groups_still_hear(before)
        now = await world.heard()
        lost = [it for it in IDS if heard[it] and not now[it]]
        new = [row for row in (await world.rows(remarks))[said:] if row["kind"] == "listener_lost"]
        told = {row["chat_id"]: row["facts"] for row in new}
        if lost:
            assert set(told) == world.owners, (name, lost)
            assert all(facts["count"] == len(lost) for facts in told.values())
        else:
            assert told == {}


@settings(
    max_examples=max(settings().max_examples // 2, 10_000 * (settings().max_examples >= 10_000)),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(events=st.lists(EVENTS, min_size=3, max_size=14))
async def test_nobody_who_has_left_hears_shows_or_presses_anything(db, events):
    await live(db, events)


N, S = IDS[:2]
LET_IN = [("grant", 2, 1, None), ("grant", 3, 0, None)]


@pytest.mark.parametrize(
    "events",
    [
        [*LET_IN, ("subscribe", 2, 0, None), ("lose", 2, 0, N), ("revoke", 2, 0, None)],
        [*LET_IN, ("subscribe", 2, 0, None), ("lose", 2, 0, N), ("grant", 2, 1, S)],
        [*LET_IN, ("code", 2, 0, N), ("grant", 2, 0, None)],
        [*LET_IN, ("ask", 2, 0, N), ("grant", 2, 1, S), ("grant", 2, 0, N)],
        [*LET_IN, ("subscribe", 2, 1, N), ("revoke", 2, 0, None)],
        [*LET_IN, ("subscribe", 2, 1, N), ("subscribe", 3, 1, S), ("revoke", 2, 0, None)],
        [
            *LET_IN,
            ("subscribe", 2, 0, N),
            ("board", 2, 0, N),
            ("digest", 2, 0, N),
            ("revoke", 2, 0, N),
        ],
        [("owners", 4, 1, None), ("subscribe", 4, 0, None), ("owners", 2, 0, None)],
        [
            ("grant", 3, 0, None),
            ("subscribe", 3, 5, None),
            ("owners", 3, 1, None),
            ("grant", 3, 2, "west"),
            ("owners", 2, 0, None),
        ],
        [*LET_IN, ("subscribe", 2, 1, None), ("turn_away", 2, 1, None), ("take_back", 2, 1, None)],
        [*LET_IN, ("code", 2, 0, N), ("code", 3, 0, N), ("revoke", 2, 0, None)],
    ],
)
async def test_goings_that_were_thought_of(db, events):
    await live(db, events)
