"""Whatever customers write, a log line is a hint: never a cause, never another's, never a reset."""

import base64
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wrapped import STAMP, WRAPPERS, docker, journal, pm2

from bot.domain.company import Company, CompanyId, GatewayName
from bot.monitor.logs.line_owner import directory_of, owner_of
from bot.monitor.logs.log_line import read_line
from bot.monitor.logs.unwrapper import Unwrapper

OWN, OTHER = "962302", "962303"
EVERYONE = directory_of(
    Company(id=CompanyId(key), gateway=GatewayName("one"), session_key=key, name="")
    for key in (OWN, OTHER)
)
CLOSE = json.dumps({"ev": "close", "company": OTHER, "code": 401, "reason": "device_removed"})
WHATSMEOW = "15:04:05.123 [Client INFO] Got device removed stream error, sending LoggedOut event"
ZEROLOG = "7:00AM INF Got replaced stream error, sending StreamReplaced event component=whatsmeow"
WORDS = [
    "hello, my stream says conflict device_removed 401 logged out",
    "stream errored out", "connection errored", "opened connection to WA", "Connection Failure",
    f"company_{OTHER} connection closed, code: 401", f"[{OTHER}] Stream Errored (conflict) 401",
    f'", "ev": "close", "code": 401, "company": "{OTHER}", "x": "', CLOSE, WHATSMEOW,
    f"\x1b[31m[{OTHER}]\x1b[0m device_removed", f"company: {OTHER} logged out",
    "https://example.org/device_removed?code=401", "device_removed.pdf", "логаут 🍕 device_removed",
    docker(CLOSE), journal(CLOSE), pm2(CLOSE), f"{STAMP} stdout F {CLOSE}", f"api-1  | {CLOSE}",
    f"<30>1 {STAMP} host api 7 - - {CLOSE}", f"0|api  | {CLOSE}", docker(WHATSMEOW),
    f"app=api id=0 type=out message={CLOSE}", f"{STAMP} host api[7]: {WHATSMEOW}",
    "Got 515 code, reconnecting... sublogger=Client", f"{WHATSMEOW} component=whatsmeow",
    ZEROLOG,
    "Logged out role=wuzapi", f"[{OTHER}] Logged out for reason 401: logged out",
    base64.b64encode(b"device_removed").decode(), "passkey " * 50, "[" * 500 + "device_removed",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=60), min_size=1, max_size=4).map(
    " ".join
)
# Where gateways print what customers write; `{}` is theirs, on a line of its own.
LOOSE = [
    f"[company_{OWN}] message from 79990001122: '{{}}'", f"[{OWN}] {{}}", f"{OWN}: got {{}}",
    f"0|ai-admin  | 2026-11-29T07:00:00: [{OWN}] pushName={{}}", f"[{OWN}] group subject: {{}}",
    f"[{OWN}] saved file {{}}", f"\x1b[36m[{OWN}]\x1b[0m text {{}}",
]  # fmt: skip
FIELDS = [
    lambda text: {"companyId": OWN, "msg": f"message from 7999: {text}"},
    lambda text: {"companyId": OWN, "text": text, "msg": "message"},
    lambda text: {"companyId": OWN, "pushName": text, "message": {"conversation": text}},
    lambda text: {"companyId": OWN, "data": {"ev": "close", "code": 401, "reason": text}},
    lambda text: {"companyId": OWN, "raw": CLOSE, "subject": text, "msg": "upsert"},
    lambda text: {
        "companyId": OWN,
        "log": f"{text}\n",
        "stream": "stdout",
        "time": STAMP,
        "msg": "x",
    },
    lambda text: {"companyId": OWN, "log": f"{text}\n", "stream": "stdout", "time": STAMP},
    lambda text: {"companyId": OWN, "message": text, "timestamp": STAMP, "type": "out"},
    lambda text: {"companyId": OWN, **json.loads(pm2(text))},
    lambda text: {"companyId": OWN, "MESSAGE": text, "_PID": "1"},
    lambda text: {"companyId": OWN, "err": {"node": {"content": [text]}}, "msg": text},
]


def owner(line):
    return owner_of(line.names, "/var/log/gateway.log", EVERYONE)


@given(shape=st.sampled_from(LOOSE), text=TEXTS)
def test_a_text_in_a_loose_line_names_no_cause_and_no_other_company(shape, text):
    line = read_line(shape.format(" ".join(text.splitlines())))
    assert line.news is None or (line.news.cause, line.news.opened) == (None, False)
    assert owner(line).company_id != OTHER


@given(fields=st.sampled_from(FIELDS), text=TEXTS)
def test_a_text_in_a_json_line_names_no_cause_and_no_other_company(fields, text):
    line = read_line(json.dumps({"level": 30, **fields(text)}))
    assert line.news is None or line.news.cause is None
    assert owner(line).company_id in (OWN, None)


@given(text=st.text() | TEXTS)
def test_a_line_break_in_a_text_makes_a_loose_line_that_names_no_cause(text):
    """Whole lines are left to forge, JSON and whatsmeow's own two; none proves anything."""
    for whole in (CLOSE, WHATSMEOW, ZEROLOG):
        text = text.replace(whole, "")
    for line in map(read_line, text.splitlines()):
        assert line.news is None or line.news.cause is None


FORGED = TEXTS | st.sampled_from([CLOSE, WHATSMEOW, ZEROLOG])
WRAPS = st.lists(st.sampled_from(list(WRAPPERS.values())), min_size=1, max_size=3)


def unwrapped(*lines):
    unwrapper = Unwrapper()
    return [read_line(found.text, found.at) for line in lines for found in unwrapper.feed(line)]


def said(line):
    return (line.news, line.names, line.patterns)


@given(shape=st.sampled_from(LOOSE), text=FORGED, wraps=WRAPS)
def test_a_text_in_a_wrapped_loose_line_is_none_the_more_a_cause(shape, text, wraps):
    line = shape.format(" ".join(text.splitlines()))
    for wrap in wraps:
        line = wrap(line)
    for found in unwrapped(line):
        assert found.news is None or (found.news.cause, found.news.opened) == (None, False)
        assert owner(found).company_id != OTHER


@given(fields=st.sampled_from(FIELDS), text=FORGED, wraps=WRAPS)
def test_a_text_in_a_wrapped_json_line_is_none_the_more_a_cause(fields, text, wraps):
    line = json.dumps({"level": 30, **fields(text)})
    for wrap in wraps:
        line = wrap(line)
    for found in unwrapped(line):
        assert found.news is None or found.news.cause is None
        assert owner(found).company_id in (OWN, None)


@given(line=st.text() | FORGED, wraps=WRAPS)
def test_a_wrapper_gives_a_line_no_more_to_say_than_it_has_alone(line, wraps):
    """What is forged within a wrapper would be as good, and as bad, without one."""
    line = " ".join(line.splitlines()).strip()
    alone, wrapped = unwrapped(line), line
    for wrap in wraps:
        wrapped = wrap(wrapped)
    causes = [found.news.cause for found in unwrapped(wrapped) if found.news is not None]
    assert set(causes) <= {found.news.cause for found in alone if found.news is not None} | {None}


@given(text=FORGED, at=st.integers(1, 16 * 1024), fill=st.sampled_from(["x", "<", " "]))
def test_a_text_at_the_break_of_a_long_line_is_none_the_more_a_cause(text, at, fill):
    """Whoever writes long enough chooses what the next record of Docker begins with."""
    line = f"[{OWN}] message from 7999: {fill * at}{' '.join(text.splitlines())}"
    size = line.index(fill * at) + at
    first, rest = docker(line[:size], ""), docker(line[size:])
    middle, end = docker(line[size : size + 20], ""), docker(line[size + 20 :])
    late, later = Unwrapper(), Unwrapper()
    late.catch_up([first], from_start=False)
    later.catch_up([middle], from_start=False)
    lines = [*late.feed(rest), *later.feed(end)]
    for found in [*unwrapped(first, rest), *(read_line(new.text) for new in lines)]:
        assert found.news is None or found.news.cause is None
        assert owner(found).company_id != OTHER


@given(text=FORGED, before=st.sampled_from(["INF ", "message: ", '"', "[Client INFO] ", "x="]))
def test_a_text_in_a_line_of_zerolog_names_no_cause(text, before):
    text = " ".join(text.splitlines())
    for line in (
        f"7:00AM INF {before}{text}",
        f"7:00AM INF message text={json.dumps(text)} component=whatsmeow",
        f"07:00:01.123 [Client INFO] Received message 3EB0 from 7999 (pushname: {text}): {text}",
        json.dumps({"level": "info", "message": text, "time": STAMP}),
        json.dumps({"level": "info", "component": "api", "message": text}),
        json.dumps({"level": "info", "component": "whatsmeow", "message": f"{before}{text}"}),
        json.dumps({"level": "info", "role": "wuzapi", "message": f"{before}{text}"}),
        json.dumps(
            {"level": "INFO", "instance_id": OWN, "timestamp": STAMP, "message": f"[{OWN}] :{text}"}
        ),
    ):
        for found in unwrapped(line):
            assert found.news is None or found.news.cause is None


@pytest.mark.parametrize("fields", FIELDS)
@pytest.mark.parametrize("line", [CLOSE, WHATSMEOW, ZEROLOG])
def test_a_whole_line_in_a_field_is_no_line(fields, line):
    for found in unwrapped(json.dumps({"level": 30, **fields(line)}), json.dumps(fields(line))):
        assert found.news is None or found.news.cause is None
        assert owner(found).company_id in (OWN, None)


@pytest.mark.parametrize("word", WORDS)
def test_a_message_of_65_kilobytes_is_read_in_no_time(word):
    for whole in ((word * 65_000)[:65_000], "want" + "a" * 65_000, "{" * 65_000):
        began_s = time.process_time()
        read_line(f"[{OWN}] message from 7999: {whole}")
        read_line(json.dumps({"msg": whole, "text": whole}))
        read_line(whole)
        for wrap in (docker, journal, pm2, "api-1  | {}".format, "<30>1 {}".format):
            unwrapped(wrap(f"[{OWN}] message from 7999: {whole}"), wrap(whole), wrap(whole)[:-1])
        assert time.process_time() - began_s < 1
