"""`repair-bot check` says of each thing whether it is right, and what to do if it is not."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from wrapped import WRAPPERS

from bot.cli.check import check
from bot.cli.demo import COMPANIES, GATEWAY_KEY, TOKEN
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.monitor.logs.sample import sample
from bot.sandbox.gateway import GatewayCompany, GatewaySandbox
from bot.sandbox.telegram import GROUP_ID
from bot.settings import load, read_setup
from storage.chats import place_names
from storage.database import Database
from storage.sessions import companies


@contextlib.asynccontextmanager
async def playing(folder, companies=COMPANIES, dialect="ai_admin"):
    gateway = GatewaySandbox(folder / "sessions", companies, dialect=dialect)
    await gateway.start()
    yield gateway
    await gateway.stop()


@pytest.fixture
async def gateway(tmp_path):
    async with playing(tmp_path) as gateway:
        yield gateway


@pytest.fixture
def checked(tmp_path, telegram, gateway):
    """What is said with these settings in place of right ones: its status, and a line for each."""

    async def checked(**changed):
        overrides = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram.url,
            "TELEGRAM_CHAT_ID": str(GROUP_ID),
            "OWNER_IDS": "1001",
            "GATEWAY_URL": gateway.url,
            "SESSIONS_DIR": str(tmp_path / "sessions" / "company_{company}"),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'repair.db'}",
        } | changed
        settings = load({}, None, {name: text for name, text in overrides.items() if text})
        said = []
        status = await check(settings, read_setup(settings), said.append)
        return status, {line.split()[1]: line for line in said}

    return checked


def failed(lines):
    return [name for name, line in lines.items() if line.startswith("FAIL")]


async def test_all_is_right(checked):
    status, lines = await checked()
    assert (status, failed(lines)) == (0, [])
    assert "ai_admin: 3 sessions, 3 connected" in lines["gateway"]
    assert "3 companies in" in lines["directory"]


@pytest.mark.parametrize(
    ("changed", "wrong", "advice"),
    [
        ({"TELEGRAM_BOT_TOKEN": "123456:WRONG-TOKEN"}, "token", "compare TELEGRAM_BOT_TOKEN"),
        ({"TELEGRAM_API_URL": "http://127.0.0.1:9"}, "token", "set TELEGRAM_PROXY"),
        ({"TELEGRAM_CHAT_ID": "-1009"}, "chat", "add the bot to the group"),
        ({"GATEWAY_URL": "http://127.0.0.1:9"}, "gateway", "see that the gateway runs"),
        ({"GATEWAY": "waha", "SESSIONS_DIR": ""}, "gateway", "a gateway of this kind"),
        ({"SESSIONS_DIR": "/nowhere/{company}"}, "directory", "compare SESSIONS_DIR"),
        ({"GATEWAY_LOG": "/nowhere/*.log"}, "log", "matches GATEWAY_LOG"),
        ({"DATABASE_URL": "sqlite:////proc/no/repair.db"}, "database", "cannot be used"),
    ],
)
async def test_what_is_wrong_is_said_with_what_to_do(checked, changed, wrong, advice):
    status, lines = await checked(**changed)
    assert status == 1
    assert wrong in failed(lines)
    assert advice in lines[wrong]


async def test_a_chat_that_the_bot_has_left_is_told(checked, telegram):
    telegram.kick_bot(GROUP_ID)
    _, lines = await checked()
    assert failed(lines) == ["chat"]
    assert "add" in lines["chat"]


async def test_a_member_who_was_thrown_out_is_not_in_the_chat(checked, telegram):
    telegram.world.chats[GROUP_ID].members.clear()
    _, lines = await checked()
    assert failed(lines) == ["chat"]


async def test_a_linked_place_of_directories_is_told(checked, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "sessions")
    _, lines = await checked(SESSIONS_DIR=str(tmp_path / "link" / "company_{company}"))
    assert failed(lines) == ["directory"]
    assert "is a link" in lines["directory"]


@pytest.mark.parametrize(("most", "left_out"), [("3", None), ("2", "1 of 3"), ("1", "2 of 3")])
async def test_sessions_there_is_no_room_for_are_told_with_the_setting(checked, most, left_out):
    status, lines = await checked(MAX_COMPANIES=most)
    if left_out is None:
        assert (status, failed(lines)) == (0, [])
    else:
        assert (status, failed(lines)) == (1, ["gateway"])
        assert f"{left_out} sessions find no room" in lines["gateway"]
        assert f"raise MAX_COMPANIES above {most}" in lines["gateway"]


async def test_ids_that_are_words_of_commands_are_told_as_they_are_written(checked, tmp_path):
    """Such ids are of an earlier version: a session of such a name gets an id of its own now."""
    called = ("ALL", "off", "7d", "salon")
    there = {name: GatewayCompany(name="Salon", phone="79000000001") for name in called}
    database = Database(f"sqlite:///{tmp_path / 'repair.db'}")
    await database.open()
    async with database.writing() as tx:
        old = [Company(id=key, gateway="ai_admin", session_key=key, name="") for key in called[:3]]
        await companies.add_new(tx, old, datetime.now(UTC))
    await database.close()
    async with playing(tmp_path / "words", there) as gateway:
        status, lines = await checked(GATEWAY_URL=gateway.url, SESSIONS_DIR="")
    assert (status, failed(lines)) == (0, [])
    told = lines["gateway"].rpartition("written ")[2].strip().split(", ")
    assert sorted(told) == ["=7d", "=ALL", "=off"]


async def test_of_ids_that_are_no_words_nothing_is_said(checked):
    _, lines = await checked()
    assert "=" not in lines["gateway"]


async def test_companies_that_are_named_need_no_room(checked):
    _, lines = await checked(MAX_COMPANIES="1", COMPANIES="481120,962302,962303")
    assert failed(lines) == []


async def test_the_logs_that_are_followed_are_counted(checked, tmp_path):
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_text("")
    _, lines = await checked(GATEWAY_LOG=str(tmp_path / "*.log"))
    assert failed(lines) == []
    assert "2 files are followed" in lines["log"]


LOGS = Path(__file__).parent / "data" / "logs"
STRANGE = "GET /health 200 3 ms\n"


@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS)
def test_a_log_is_understood_in_every_wrapper(tmp_path, wrap):
    lines = (LOGS / "7.0.gateway.log").read_text().splitlines()
    (tmp_path / "gateway.log").write_text("".join(f"{wrap(line)}\n" for line in lines))
    found = sample(str(tmp_path / "gateway.log"))
    assert found.understood == found.lines > 10


async def test_a_log_of_which_nothing_is_understood_is_told(checked, tmp_path):
    (tmp_path / "nginx.log").write_text(STRANGE * 20)
    status, lines = await checked(GATEWAY_LOG=str(tmp_path / "*.log"))
    assert (status, failed(lines)) == (1, ["log"])
    assert f"not one of the last 20 lines of {tmp_path / 'nginx.log'} is understood" in lines["log"]
    assert "docs/logs.md" in lines["log"]


async def test_one_of_two_logs_that_is_not_understood_is_named(checked, tmp_path):
    (tmp_path / "nginx.log").write_text(STRANGE * 20)
    (tmp_path / "gateway.log").write_text("[962302] Session error:Error: Bad MAC\n")
    status, lines = await checked(GATEWAY_LOG=str(tmp_path / "*.log"))
    assert (status, failed(lines)) == (0, [])
    assert "2 files are followed; 1 of their last 21 lines are understood" in lines["log"]
    assert "nginx.log" in lines["log"]


@pytest.mark.parametrize(("text", "words"), [("", "nothing is written"), (STRANGE, "not one of")])
async def test_a_log_that_has_just_begun_is_no_fault(checked, tmp_path, text, words):
    (tmp_path / "gateway.log").write_text(text)
    status, lines = await checked(GATEWAY_LOG=str(tmp_path / "*.log"))
    assert (status, failed(lines)) == (0, [])
    assert words in lines["log"]


async def test_a_refused_key_and_an_empty_gateway_are_told(checked, tmp_path):
    async with playing(tmp_path / "other", {}, "evolution") as other:
        other.want_key(GATEWAY_KEY)
        there = {"GATEWAY": "evolution", "GATEWAY_URL": other.url, "SESSIONS_DIR": ""}
        _, refused = await checked(**there, GATEWAY_KEY="another")
        status, empty = await checked(**there, GATEWAY_KEY=GATEWAY_KEY)
    assert "compare the key" in refused["gateway"]
    assert status == 0
    assert "has no sessions: make the first one there" in empty["gateway"]
    assert "where the bot can't reach" in empty["directory"]


async def test_gateways_of_the_file_are_spoken_of_by_its_keys(tmp_path, gateway):
    (tmp_path / "two.toml").write_text(
        f'[gateways.north]\nkind = "ai_admin"\nurl = "{gateway.url}"\ncompanies = ["962302"]\n'
        '[gateways.south]\nkind = "ai_admin"\nurl = "http://127.0.0.1:9"\ncompanies = ["962303"]\n'
    )
    given = load(
        {},
        None,
        {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": "http://127.0.0.1:9",
            "OWNER_IDS": "1001",
            "CONFIG_FILE": str(tmp_path / "two.toml"),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'repair.db'}",
        },
    )
    said = []
    await check(given, read_setup(given), said.append)
    text = "".join(said)
    assert "sessions_dir of [gateways.north] is not set" in text
    assert "log of [gateways.south] is not set" in text
    assert "compare url of [gateways.south]" in text
    assert "SESSIONS_DIR" not in text


async def test_a_chat_that_turned_the_bot_away_goes_by_the_name_it_had(checked, telegram, tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'repair.db'}")
    await database.open()
    async with database.writing() as tx:
        await place_names.note(tx, {ChatAddress(GROUP_ID): "Ночная смена"})
    await database.close()
    telegram.kick_bot(GROUP_ID)
    _, lines = await checked()
    assert f"Ночная смена ({GROUP_ID})" in lines["chat"]


async def test_every_entry_of_a_list_that_nobody_can_watch_is_told(checked, gateway):
    gateway.lists_too(None, 7, "../x", "962302", "x" * 201, "a/b")
    status, lines = await checked()
    count = 6 + len(COMPANIES)
    assert status == 1
    assert f"of {count} sessions 2 can't be asked for by their names: " in lines["gateway"]
    assert '"../x"' in lines["gateway"]
    assert "2 have no readable name" in lines["gateway"]
    assert '1 bear a name that another has: "962302"' in lines["gateway"]


async def test_each_act_of_a_description_is_told_with_what_it_destroys(checked):
    _, lines = await checked(GATEWAY="green_api", COMPANIES="1101000001", SESSIONS_DIR="")
    assert "reset GET /waInstance{key}/logout/{token} DESTROYS the login" in lines["acts"]
    assert "restart GET /waInstance{key}/reboot/{token} keeps the login" in lines["acts"]
    assert "stop" not in lines["acts"]
    assert "acts" not in (await checked())[1]
