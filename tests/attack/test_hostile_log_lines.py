"""Whatever customers write, a log line is a hint: never a cause, never another's, never a reset."""

import base64
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.company import Company, CompanyId, GatewayName
from bot.monitor.logs.naming import directory_of, owner_of
from bot.monitor.logs.reading import read_line

OWN, OTHER = "962302", "962303"
EVERYONE = directory_of(
    Company(id=CompanyId(key), gateway=GatewayName("one"), session_key=key, name="")
    for key in (OWN, OTHER)
)
CLOSE = json.dumps({"ev": "close", "company": OTHER, "code": 401, "reason": "device_removed"})
WHATSMEOW = "15:04:05.123 [Client INFO] Got device removed stream error, sending LoggedOut event"
WORDS = [
    "hello, my stream says conflict device_removed 401 logged out",
    "stream errored out", "connection errored", "opened connection to WA", "Connection Failure",
    f"company_{OTHER} connection closed, code: 401", f"[{OTHER}] Stream Errored (conflict) 401",
    f'", "ev": "close", "code": 401, "company": "{OTHER}", "x": "', CLOSE, WHATSMEOW,
    f"\x1b[31m[{OTHER}]\x1b[0m device_removed", f"company: {OTHER} logged out",
    "https://example.org/device_removed?code=401", "device_removed.pdf", "логаут 🍕 device_removed",
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
    """Two forms are left to forge: whole JSON, and whatsmeow's own; neither proves anything."""
    for line in map(read_line, text.replace(CLOSE, "").replace(WHATSMEOW, "").splitlines()):
        assert line.news is None or line.news.cause is None


@pytest.mark.parametrize("word", WORDS)
def test_a_message_of_65_kilobytes_is_read_in_no_time(word):
    for whole in ((word * 65_000)[:65_000], "want" + "a" * 65_000, "{" * 65_000):
        began_s = time.process_time()
        read_line(f"[{OWN}] message from 7999: {whole}")
        read_line(json.dumps({"msg": whole, "text": whole}))
        read_line(whole)
        assert time.process_time() - began_s < 1
