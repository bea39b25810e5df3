"""What one log line says: which patterns it holds, why a connection closed, whom it means."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.log_pattern import TEXTS, LogPattern
from bot.domain.session import Cause
from bot.monitor.logs.causes import LOOK
from bot.monitor.logs.line_owner import directory_of, names_in_prefix, owner_of
from bot.monitor.logs.log_line import NOTHING, read_line

LOGS = Path(__file__).parents[1] / "data" / "logs"
SAMPLES = [f"{line}.{kind}.log" for line in ("6.7", "7.0") for kind in ("gateway", "console")]
REMOVED = {"tag": "conflict", "attrs": {"type": "device_removed"}}
REPLACED = {"tag": "conflict", "attrs": {"type": "replaced"}}


def company(company_id, key=None):
    return Company(
        id=CompanyId(company_id),
        gateway=GatewayName("one"),
        session_key=key or company_id,
        name="",
    )


EVERYONE = directory_of([company("962302"), company("962303"), company("salon", "wa-77")])


def meant(names, path="gateway.log"):
    """Whose line it is that names these, of three companies."""
    return owner_of(names, path, EVERYONE).company_id


def lines(sample):
    return (LOGS / sample).read_text().splitlines()


def pino(message, **fields):
    return json.dumps({"level": 50, "pid": 1, **fields, "msg": message})


def node(code=None, *content):
    attrs = {} if code is None else {"code": code}
    return {"tag": "stream:error", "attrs": attrs, "content": list(content)}


def cause(text):
    news = read_line(text).news
    return None if news is None else news.cause


@pytest.mark.parametrize("sample", SAMPLES)
def test_patterns_are_counted_as_grep_counts_them(sample):
    counted = Counter(pattern for line in lines(sample) for pattern in read_line(line).patterns)
    grepped = {p: sum(words in line for line in lines(sample)) for p, words in TEXTS.items()}
    assert counted == Counter(grepped)
    assert len(+counted) > 7


@pytest.mark.parametrize("sample", ["6.7.gateway.log", "7.0.gateway.log"])
def test_a_real_log_names_its_causes_in_order(sample):
    news = [one for line in lines(sample) if (one := read_line(line).news) is not None]
    told = [one.cause for one in news if one.cause is not None]
    assert told.index(Cause.SERVICE_UNAVAILABLE) < told.index(Cause.DEVICE_REMOVED)
    assert told.count(Cause.DEVICE_REMOVED) == 1
    assert sum(one.opened for one in news) == 5


@pytest.mark.parametrize("sample", ["6.7.console.log", "7.0.console.log"])
def test_the_consoles_last_closings_are_a_removal_and_a_refused_login(sample):
    read = [read_line(line) for line in lines(sample)]
    told = [one for one in read if one.news is not None and one.news.cause is not None]
    causes = [one.news.cause for one in told]
    start = causes.index(Cause.DEVICE_REMOVED)
    assert causes[start : start + 2] == [Cause.DEVICE_REMOVED, Cause.LOGIN_REFUSED]
    assert {meant(one.names) for one in told} == {"962302"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"node": node("401", REMOVED)}, Cause.DEVICE_REMOVED),
        ({"fullErrorNode": node("401", REMOVED), "reasonNode": REMOVED}, Cause.DEVICE_REMOVED),
        ({"fullErrorNode": node("401", REMOVED)}, Cause.DEVICE_REMOVED),
        ({"fullErrorNode": node("401"), "reasonNode": REMOVED}, Cause.DEVICE_REMOVED),
        ({"node": node("401", REPLACED)}, Cause.REPLACED),
        ({"node": node(None, REPLACED)}, Cause.REPLACED),
        ({"fullErrorNode": node("440", REPLACED), "reasonNode": REPLACED}, Cause.REPLACED),
        ({"node": node(None, {"tag": "conflict", "attrs": {}})}, Cause.REPLACED),
        ({"node": node("515")}, Cause.RESTART_REQUIRED),
        ({"fullErrorNode": node("503")}, Cause.SERVICE_UNAVAILABLE),
        ({"node": node("777")}, None),
        ({"node": "not a node"}, None),
        ({}, None),
    ],
)
def test_a_stream_error_is_read_in_the_shapes_of_both_lines(fields, expected):
    assert cause(pino("stream errored out", **fields)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Error: Connection Terminated\n    at x", Cause.CONNECTION_CLOSED),
        ("Error: Connection was lost\n    at x", Cause.CONNECTION_LOST),
        ("Error: QR refs attempts ended\n    at x", Cause.QR_WINDOW_OVER),
        ("Error: Intentional Logout\n    at x", Cause.LOGGED_OUT_HERE),
        ("Error: Connection Failure\n    at x", None),
        ("Error: Connection Failure\n    after Connection Closed\n    at x", None),
        ("Error: said Connection Terminated\n    at x", None),
        ("Error: WebSocket Error (ECONNRESET)\n    at x", Cause.CONNECTION_LOST),
        ("Error: Stream Errored (restart required)\n    at x", Cause.RESTART_REQUIRED),
        ("Error: Stream Errored (conflict)\n    at x", None),
    ],
)
def test_an_errored_connection_is_read_by_the_first_line_of_its_trace(text, expected):
    line = read_line(pino("connection errored", trace=text))
    assert line.news is not None
    assert line.news.cause is expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"ev": "close", "code": 401, "reason": "device_removed"}, Cause.DEVICE_REMOVED),
        ({"ev": "close", "code": 401, "message": "Connection Failure"}, Cause.LOGIN_REFUSED),
        ({"ev": "close", "code": 440, "message": "Stream Errored (conflict)"}, Cause.REPLACED),
        ({"ev": "close", "code": 408, "message": "QR refs attempts ended"}, Cause.QR_WINDOW_OVER),
        ({"ev": "closed", "statusCode": 403}, Cause.ACCOUNT_LOCKED),
        ({"event": "connection.close", "statusCode": "402"}, Cause.TEMPORARY_BAN),
        ({"connection": "close", "statusCode": 405}, Cause.CLIENT_OUTDATED),
        ({"event": "disconnected", "code": 406}, Cause.BANNED),
        ({"event": "DISCONNECTED", "code": 428}, Cause.CONNECTION_CLOSED),
        ({"msg": "disconnected", "code": 428}, None),
        ({"type": "close", "message": "connection closed", "code": 403}, None),
        ({"ev": "close", "code": True}, None),
        ({"ev": "close", "code": "4011"}, None),
        ({"ev": "close", "code": 401, "reason": "he said device_removed"}, Cause.LOGIN_REFUSED),
        ({"msg": "GET /health", "statusCode": 503}, None),
        ({"ev": "send-failed", "error": "Connection Closed"}, None),
    ],
)
def test_a_gateways_own_line_is_read_by_its_code(entry, expected):
    assert cause(json.dumps(entry)) is expected


@pytest.mark.parametrize(
    "entry",
    [
        {"ev": "state", "state": "open"},
        {"ev": "state", "state": "connected"},
        {"connection": "open"},
        {"level": 30, "msg": "opened connection to WA"},
    ],
)
def test_an_opening_is_known_by_the_gateways_word_or_by_baileys(entry):
    for separators in ((",", ":"), (", ", ": ")):
        assert read_line(json.dumps(entry, separators=separators)).news.opened


@pytest.mark.parametrize(
    "entry",
    [
        {"ev": "state", "state": "close"},
        {"ev": "door", "state": "open", "msg": "connection"},
        {"connection": "connecting"},
    ],
)
def test_what_merely_resembles_an_opening_is_none(entry):
    news = read_line(json.dumps(entry)).news
    assert news is None or not news.opened


@pytest.mark.parametrize("data", [REMOVED, node("401", REMOVED)])
def test_baileys_event_printed_as_it_is_names_the_removal(data):
    error = {"data": data, "output": {"statusCode": 401}, "message": "Stream Errored (conflict)"}
    entry = {"msg": "update", "connection": "close", "lastDisconnect": {"error": error}}
    assert cause(json.dumps(entry)) is Cause.DEVICE_REMOVED
    del error["message"]
    assert cause(json.dumps(entry)) is Cause.DEVICE_REMOVED


def test_baileys_event_is_told_apart_by_its_message():
    ended = {"output": {"statusCode": 408}, "message": "QR refs attempts ended"}
    lost = {"output": {"statusCode": 408}, "message": "Connection was lost"}
    told = [
        cause(json.dumps({"connection": "close", "lastDisconnect": {"error": error}}))
        for error in (ended, lost)
    ]
    assert told == [Cause.QR_WINDOW_OVER, Cause.CONNECTION_LOST]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Stream Errored (conflict) type: device_removed", LOOK),
        ('        "type": "device_removed"', LOOK),
        ("Connection closed for company 962302, statusCode: 401", LOOK),
        ("connection closed (status code 440)", LOOK),
        ("Error: QR refs attempts ended, connection closed", LOOK),
        ("a customer asked what device_removed means", LOOK),
        ("[962302] opened connection to WA", LOOK),
        ("[962302] WhatsApp requires a passkey to continue", LOOK),
        ('{"level":50,"msg":"pairing refused: passkey verification required"}', LOOK),
        ("POST /send 401", None),
        ("[962302] message from 7999: the shop closes at six", None),
    ],
)
def test_a_loose_line_makes_the_bot_look_and_names_nothing(text, expected):
    assert read_line(text).news == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Got device removed stream error, sending LoggedOut event and deleting session",
         Cause.DEVICE_REMOVED),
        ("Got replaced stream error, sending StreamReplaced event", Cause.REPLACED),
        ("Got 401 connect failure, sending LoggedOut event and deleting session",
         Cause.LOGIN_REFUSED),
        ("Client outdated (405) connect failure (client version: 2.3000)", Cause.CLIENT_OUTDATED),
        ("Received message: Got device removed stream error, sending LoggedOut event", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("colour", ["", "\x1b[36m"])
def test_whatsmeows_own_line_is_read_at_its_own_place(said, expected, colour):
    line = f"15:04:05.123 {colour} [Client INFO] {said}"
    assert cause(line) is expected
    assert cause(f"message from 7999: {line}") is None
    assert cause(f"15:04:05.123 [Anna: hi INFO] {said}") is None


def test_whatsmeow_says_when_it_is_logged_in():
    assert read_line("15:04:05.123 [Client INFO] Successfully authenticated").news.opened


def test_what_a_customer_wrote_is_not_the_log():
    said = json.dumps({"ev": "close", "company": "962302", "code": 401, "reason": "x"})
    assert read_line(pino("communication recv", text=said)).news is None
    assert read_line(f"new message from a customer: {said}").names == ()
    assert cause(pino("new message", text="Stream Errored (conflict) device_removed")) is None


@pytest.mark.parametrize("prefix", ["0|ai-admin  | ", "2025-09-18T15:05:01: ", "[15:05:01.123] "])
def test_a_process_managers_prefix_is_read_over(prefix):
    entry = {"ev": "close", "company": "962302", "code": 401, "reason": "device_removed"}
    line = read_line(prefix + json.dumps(entry))
    assert line.news.cause is Cause.DEVICE_REMOVED
    assert meant(line.names) == "962302"


@pytest.mark.parametrize(
    ("text", "who"),
    [
        (pino("logging in", companyId="962302"), "962302"),
        (pino("logging in", company="company_962303"), "962303"),
        (pino("logging in", sessionId=962303), "962303"),
        (pino("logging in", session="wa-77"), "salon"),
        (pino("logging in for company_962302"), None),
        (pino("logging in", company="962302", session="962303"), None),
        (pino("logging in", text={"companyId": "962302"}), None),
        (pino("logging in", companyId="nobody"), None),
        ("Bad MAC in company_962302/session-7900.json", None),
        ("0|ai-admin  | 2025-09-18T15:05:01: [INFO] [company_962302] Bad MAC", "962302"),
        ("\x1b[36m[962303]\x1b[0m Bad MAC", "962303"),
        ("company_962302: Bad MAC", "962302"),
        ("session=wa-77 Bad MAC", "salon"),
        ("[962302] message from 7999: company_962303 Bad MAC", "962302"),
        ("[962302] [962303] Bad MAC", None),
        ("[9623021] Bad MAC", None),
        ("[962302-x] Bad MAC", None),
        ("[962303] Bad MAC", "962303"),
        ("company: salon Bad MAC", "salon"),
        ("962302: Bad MAC", "962302"),
        ("Bad MAC of company 962302 and company 962303", None),
        ("Bad MAC from 79000962302@s.whatsapp.net", None),
        ("Bad MAC", None),
    ],
)
def test_a_line_means_the_company_it_names(text, who):
    assert meant(read_line(text).names) == who


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("/var/log/company_962302.log", "962302"),
        ("/var/log/962303-out.log", "962303"),
        ("/var/log/wa-77.log", "salon"),
        ("/var/log/962302.log.1", "962302"),
        ("962302.log", "962302"),
        ("/var/log/962302/gateway.log", None),
        ("/var/log/ai-admin-api-out.log", None),
    ],
)
def test_a_file_means_the_company_in_its_name(name, who):
    assert meant((), name) == who


def test_a_line_of_another_in_a_companys_own_file_is_nobodys():
    assert meant(("962303",), "/var/log/962302.log") is None
    assert owner_of(("962303",), "/var/log/962302.log", EVERYONE).disputed


@pytest.mark.parametrize("name", ["962399", "company_b", "79991234567"])
def test_a_line_that_names_a_stranger_is_not_the_only_companys(name):
    alone = directory_of([company("962302")])
    assert owner_of((), "gateway.log", alone).company_id == "962302"
    assert owner_of(("Client INFO",), "gateway.log", alone).company_id == "962302"
    assert owner_of((name,), "gateway.log", alone).disputed


def test_a_key_that_is_written_twice_and_differs_is_not_read():
    twice = '{"ev":"send","ev":"close","code":401,"company":"962302","company":"962303"}'
    assert read_line(twice) is NOTHING
    both = '{"ev":"close","code":401,"company":"962302","company":"962303"}'
    assert owner_of(read_line(both).names, "gateway.log", EVERYONE).disputed
    assert cause('{"ev":"close","ev":"close","code":401}') is Cause.LOGIN_REFUSED


def test_most_lines_say_nothing():
    assert read_line(pino("Event buffer activated")) is NOTHING
    assert read_line("      privKey: <Buffer 46 41 4b 45>") is NOTHING


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "replace")))
def test_junk_is_read_without_harm(text):
    for line in (text, f'{{"msg":"stream errored out","node":{text}', f"close code 401 {text}"):
        assert set(read_line(line).patterns) <= set(LogPattern)


def test_a_session_is_known_in_a_log_by_its_own_name_and_not_by_an_id_of_ours():
    pizza = replace(company("pizza", "🍕 Pizza"), made=True)
    centro = replace(company("loja-centro", "Loja Centro"), made=True)
    directory = directory_of([pizza, centro, company("962302")])
    assert owner_of(("🍕 Pizza",), "x.log", directory).company_id == "pizza"
    for line in ('session "Loja Centro" closed', "[Loja Centro] closed", 'instance: "Loja Centro"'):
        names = names_in_prefix(line)
        assert owner_of(names, "x.log", directory).company_id == "loja-centro"
    assert owner_of(("pizza",), "x.log", directory).company_id is None
