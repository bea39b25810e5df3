"""What customers write stands in the log too: it resets nothing, and nobody is told "revoked"."""

import json
from dataclasses import replace

import pytest
from reading import ONE, TWO, words
from staging import PACE, talking

from bot.cli.demo import COMPANIES
from bot.sandbox.telegram import GROUP_ID

SAID = "hello, my stream says conflict device_removed 401 logged out"
CLOSED = {"ev": "close", "company": ONE, "code": 401, "reason": "device_removed"}
NODE = {"tag": "stream:error", "attrs": {"code": "401"}}
CONFLICT = {"tag": "conflict", "attrs": {"type": "device_removed"}}
WHATSMEOW = "15:04:05.123 [Client INFO] Got device removed stream error, sending LoggedOut event"

# Texts of customers, as gateways print them.
TEXTS = {
    "a message": f"[company_{ONE}] message from 79990001122: '{SAID}'",
    "two lines": f"[{ONE}] message from 7999: hi\nStream Errored (conflict) {SAID}",
    "fields of json": json.dumps(
        {"companyId": ONE, "msg": f"message: {SAID}", "text": json.dumps(CLOSED)}
    ),
    "nodes in a message": json.dumps(
        {"companyId": ONE, "msg": "upsert", "message": {"fullErrorNode": NODE, "node": CONFLICT}}
    ),
    "broken json": json.dumps(CLOSED)[:-1] + f', "text": "{SAID}',
    "a line of another company": f"[{TWO}] message from 7999: company_{ONE} {SAID}",
    "json of another company": json.dumps({"companyId": TWO, "msg": f"[{ONE}] {SAID}"}),
    "a name in colour": f"\x1b[36m[{ONE}]\x1b[0m pushName=device_removed closed, code: 401",
    "words of whatsmeow": f"[{ONE}] text: {WHATSMEOW}",
    "a wrapper of docker": json.dumps({"log": f"[{ONE}] got: {SAID}\n", "stream": "stdout"}),
    "the library, quoted": f'[{ONE}] text="connection closed, reason: loggedOut (401)"',
}
# Whole lines that look like a library's: a text with line breaks in it, printed as it is.
FORGED = {
    "the gateway's own": f"[{ONE}] message from 7999: hi\n{json.dumps(CLOSED)}",
    "the library's": json.dumps(
        {
            "companyId": ONE,
            "msg": "stream errored out",
            "fullErrorNode": NODE,
            "reasonNode": CONFLICT,
        }
    ),
    "whatsmeow's": f"[{ONE}] hi\n{WHATSMEOW}",
    "a close with both names": json.dumps(CLOSED | {"session": TWO}),
    "a thousand of them": "\n".join([json.dumps(CLOSED)] * 1000),
}
ALL_TEXTS = "\n".join(TEXTS.values())
MODES = pytest.mark.parametrize("mode", ["full", "reconnect"])
EACH_FORGED = pytest.mark.parametrize(
    ("mode", "line"),
    [*(("full", line) for line in FORGED.values()), ("reconnect", FORGED["the gateway's own"])],
    ids=[*FORGED, "without resets"],
)


def caring(folder, mode, **more):
    """A bot that may act, and follows the log; who is away for two seconds is lost."""
    settings = {"AUTO_RECOVERY": mode, "GRACE": "2"}
    return talking(folder, logged=True, settings=settings, **more)


async def is_written(talk, line):
    """The line stands in the log, and was read."""
    path = talk.folder / "gateway.log"
    while not await talk.rows("log_positions"):
        await talk.passes()
    with path.open("a") as file:
        file.write(line + "\n")
    size = path.stat().st_size
    while [row["position"] < size for row in await talk.rows("log_positions")] != [False]:
        talk.clock.push(seconds=11)  # how far it came is written every ten seconds
        await talk.settle()


def device(talk):
    """Which device the credentials are of."""
    path = talk.folder / "baileys_sessions" / f"company_{ONE}" / "creds.json"
    return json.loads(path.read_text())["signedIdentityKey"]


async def nothing_is_lost(talk, before):
    """The same keys in the same place, nothing set aside, and nobody told of a revocation."""
    assert (device(talk), talk.set_aside(ONE)) == (before, [])
    assert {row["kind"] for row in await talk.rows("procedures")} <= {"reconnect"}
    revoked = words("incident.what.revoked")
    assert [one.text for one in talk.posted(GROUP_ID) if revoked in one.text] == []


@MODES
async def test_texts_and_a_blip_are_nobodys_business(tmp_path, mode):
    async with caring(tmp_path, mode, pace=replace(PACE, away_s=0.3)) as talk:
        before, posted = device(talk), len(talk.posted(GROUP_ID))
        await is_written(talk, ALL_TEXTS)
        await talk.gateway.act(ONE, "drop")
        await talk.phase(ONE, "connected")
        await talk.anna().asks(f"/check {ONE}")
        assert (len(talk.posted(GROUP_ID)), await talk.rows("attempts")) == (posted, [])
        await nothing_is_lost(talk, before)


@EACH_FORGED
async def test_a_forged_line_and_a_blip_end_in_a_session_that_works(tmp_path, mode, line):
    """The bot may log in once more, which is all that such a line can bring about."""
    async with caring(tmp_path, mode, pace=replace(PACE, away_s=0.3)) as talk:
        before = device(talk)
        await is_written(talk, line)
        await talk.gateway.act(ONE, "drop")
        await talk.phase(ONE, "connected")
        for _ in range(3):  # whatever the ladder has begun, or would begin later
            talk.clock.push(seconds=40)
            await talk.anna().asks(f"/check {ONE}")
        assert talk.gateway.phase(ONE) == "connected"
        await nothing_is_lost(talk, before)


async def is_reconnected(talk, line):
    """Away for longer than the grace after this line, and back by the bot's own hand."""
    before = device(talk)
    await is_written(talk, line)
    await talk.gateway.act(ONE, "drop_for_good")
    while "disconnected" not in [row["state"] for row in await talk.rows("session_states")]:
        await talk.passes()
    talk.clock.push(seconds=3)
    alert = await talk.alert(ONE)
    await talk.becomes(alert, lambda message: "🟢" in message.text)
    assert [row["rung"] for row in await talk.rows("attempts")] == ["reconnect"]
    await nothing_is_lost(talk, before)


@MODES
async def test_whoever_stays_away_after_such_texts_is_reconnected(tmp_path, mode):
    async with caring(tmp_path, mode) as talk:
        await is_reconnected(talk, ALL_TEXTS)


@EACH_FORGED
async def test_whoever_stays_away_after_a_forged_line_is_reconnected(tmp_path, mode, line):
    async with caring(tmp_path, mode) as talk:
        await is_reconnected(talk, line)


@MODES
async def test_of_three_forged_removals_and_a_blip_nobody_is_reset(tmp_path, mode):
    """They are no network by the log's word, and nothing more than a login by it either."""
    every = "\n".join(json.dumps(CLOSED | {"company": key}) for key in COMPANIES)
    async with caring(tmp_path, mode) as talk:
        before = device(talk)
        await is_written(talk, every)
        for company in COMPANIES:
            await talk.gateway.act(company, "drop_for_good")
        for company in COMPANIES:
            await talk.phase(company, "connected")
        await nothing_is_lost(talk, before)
        assert not any(talk.set_aside(company) for company in COMPANIES)
