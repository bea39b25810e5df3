"""What whatsmeow says of a connection, as each of the gateways built on it writes that down."""

import json

import pytest

from bot.domain.log_pattern import LogPattern
from bot.domain.session import Cause
from bot.monitor.logs.log_line import NOTHING, read_line, understood
from bot.monitor.logs.whatsmeow import LOOK, OPENED

CONSOLE_AT = "2026-11-29 07:00:01 +03:00 INFO"
REMOVED = "Got device removed stream error, sending LoggedOut event and deleting session"
REFUSED = "connect failure, sending LoggedOut event and deleting session"
SAYINGS = [
    (REMOVED, Cause.DEVICE_REMOVED),
    ("Got replaced stream error, sending StreamReplaced event", Cause.REPLACED),
    ("Got 515 code, reconnecting...", Cause.RESTART_REQUIRED),
    ("Got 503 stream error, assuming automatic reconnect will handle it",
     Cause.SERVICE_UNAVAILABLE),
    (f"Got 401: logged out from another device {REFUSED}", Cause.LOGIN_REFUSED),
    (f"Got 403: primary device was logged out {REFUSED}", Cause.ACCOUNT_LOCKED),
    (f"Got 406: logged out for unknown reason {REFUSED}", Cause.BANNED),
    ("Client outdated (405) connect failure (client version: 2.3000.1023)", Cause.CLIENT_OUTDATED),
    ('Temporary ban connect failure: <failure code="101" expire="3600" reason="402"/>',
     Cause.TEMPORARY_BAN),
]  # fmt: skip
# Of these the end is not certain on a console, where fields follow.
OPEN_ENDED = [
    ("Got 515 code, but login autoreconnect is disabled, not reconnecting",
     Cause.RESTART_REQUIRED),
    ("Got 503/service unavailable connect failure, assuming automatic reconnect will handle it",
     Cause.SERVICE_UNAVAILABLE),
    ('Unknown connect failure: <failure location="frc" reason="411"/>',
     Cause.MULTIDEVICE_MISMATCH),
    ('Unknown stream error: <stream:error code="503"><ack/></stream:error>',
     Cause.SERVICE_UNAVAILABLE),
    ('Unknown connect failure: <failure location="frc" reason="409"/>', None),
    ("Got 500/internal connect failure, assuming automatic reconnect will handle it", None),
    ("Unknown stream error: <stream:error><xml-not-well-formed/></stream:error>", None),
    ("Received stream end frame", None),
    ("Forcing reconnect due to keepalive failure", None),
]  # fmt: skip


def zerolog(message, **fields):
    return json.dumps(
        {"level": "info", **fields, "time": "2026-11-29T07:00:01Z"} | {"message": message}
    )


WHOLE = {
    "stdout": lambda said: f"07:00:01.123 [Client INFO] {said}",
    "stdout in colour": lambda said: f"07:00:01.123\x1b[36m [Client INFO] {said}\x1b[0m",
    "gowa": lambda said: f"07:00:01.123 [Client-962302 WARN] {said}",
    "zerolog": lambda said: zerolog(said, sublogger="Client"),
    "mautrix": lambda said: zerolog(said, component="whatsmeow", login_id="7999"),
}
CONSOLE = {
    "console": lambda said: f"7:00AM INF {said} sublogger=Client",
    "console, dated": lambda said: f"2026-11-29T07:00:01.123+03:00 WRN {said} component=whatsmeow",
    "console in colour": lambda said: (
        f"\x1b[90m7:00AM\x1b[0m \x1b[32mINF\x1b[0m {said} \x1b[36mcomponent=\x1b[0mwhatsmeow a=1"
    ),
}


@pytest.mark.parametrize("write", (WHOLE | CONSOLE).values(), ids=WHOLE | CONSOLE)
@pytest.mark.parametrize(("said", "expected"), SAYINGS)
def test_a_sentence_names_its_cause_however_it_is_written(write, said, expected):
    assert read_line(write(said)).news.cause is expected
    assert read_line(write("Successfully authenticated")).news == OPENED


@pytest.mark.parametrize("write", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize(("said", "expected"), OPEN_ENDED)
def test_one_that_goes_on_names_what_whatsapp_numbered(write, said, expected):
    news = read_line(write(said)).news
    assert news is not None
    assert news.cause is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (zerolog("Logged out", role="wuzapi", reason="401: logged out from another device"),
         Cause.LOGIN_REFUSED),
        (zerolog("Logged out", role="wuzapi", reason="406: logged out for unknown reason"),
         Cause.BANNED),
        (zerolog("Received StreamReplaced event", role="wuzapi"), Cause.REPLACED),
        (f'{CONSOLE_AT} Logged out reason="403: primary device was logged out" role=wuzapi',
         Cause.ACCOUNT_LOCKED),
        (f"{CONSOLE_AT} Received StreamReplaced event role=wuzapi", Cause.REPLACED),
        (zerolog("Logged out", role="wuzapi"), None),
        (zerolog("Logged out", reason="401: logged out from another device"), None),
    ],
)  # fmt: skip
def test_wuzapi_repeats_it_in_lines_of_its_own(line, expected):
    assert read_line(line).news.cause is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("[{}] Logged out for reason 401: logged out from another device", Cause.LOGIN_REFUSED),
        ("[{}] Connection failed with reason 405: client is out of date", Cause.CLIENT_OUTDATED),
        ("[{}] Received StreamReplaced event", Cause.REPLACED),
        ("[{}] User received temporary ban for 101: you sent too many", Cause.TEMPORARY_BAN),
        ("[962303] Logged out for reason 401: logged out from another device", None),
        ("[{}] text: Logged out for reason 401: logged out", None),
    ],
)
def test_evolution_go_writes_a_file_for_each_instance(said, expected):
    entry = {"timestamp": "2026-11-29T07:00:01Z", "level": "INFO", "instance_id": "962302"}
    line = read_line(json.dumps(entry | {"message": said.format("962302")}))
    assert line.news.cause is expected
    assert line.names == ("962302",)


@pytest.mark.parametrize("module", ["Client-962302", "Client-962302/Socket", "Device:962302"])
def test_a_module_may_name_the_session(module):
    assert read_line(f"07:00:01.123 [{module} INFO] {REMOVED}").names == ("962302",)
    assert read_line(f"07:00:01.123 [Client/Recv INFO] {REMOVED}").names == ()


@pytest.mark.parametrize(
    "line",
    [
        f"7:00AM INF {REMOVED}",
        f"7:00AM INF {REMOVED} text=hi",
        f"7:00AM INF {REMOVED} said Anna sublogger=Client",
        f"7:00AM INF message: {REMOVED} sublogger=Client",
        f'7:00AM INF message text="{REMOVED}" component=whatsmeow',
        f"07:00:01.123 [Client INFO] Received message 3EB0 from 7999: {REMOVED}",
        f"07:00:01.123 [Anna: hi INFO] {REMOVED}",
        zerolog(REMOVED),
        zerolog(f"text: {REMOVED}", component="whatsmeow"),
        zerolog("message", component="whatsmeow", text=REMOVED),
        zerolog(REMOVED, sublogger="Chat"),
        f'time="2026-11-29T07:00:01Z" level=warning msg="{REMOVED}"',
    ],
)
def test_elsewhere_the_same_words_make_the_bot_look_and_no_more(line):
    assert read_line(line).news in (LOOK, None)


def test_its_sentences_are_counted():
    counted = {
        pattern
        for said in (*(said for said, _ in SAYINGS), "Keepalive timed out")
        for pattern in read_line(f"07:00:01.123 [Client INFO] {said}").patterns
    }
    assert counted == {
        LogPattern.LOGGED_OUT,
        LogPattern.REPLACED,
        LogPattern.CLIENT_OUTDATED,
        LogPattern.TEMPORARY_BAN,
        LogPattern.KEEP_ALIVE_TIMED_OUT,
    }


@pytest.mark.parametrize("write", WHOLE.values(), ids=WHOLE)
def test_a_line_that_says_nothing_is_still_understood(write):
    line = write("Sending presence")
    assert read_line(line) is NOTHING
    assert understood(line.replace("\x1b[36m", "").replace("\x1b[0m", ""), NOTHING)


@pytest.mark.parametrize("line", ["GET /health 200", "{}", '{"message":"hi"}', "7:00AM INF hi a=1"])
def test_what_is_of_no_known_form_is_not(line):
    assert not understood(line, read_line(line))
