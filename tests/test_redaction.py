import json
import random
import string
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.redaction import redacted

BASE64 = string.ascii_letters + string.digits + "+/"


def key(seed, size=32):
    return b64encode(random.Random(seed).randbytes(size)).decode()


REF = "2@" + key(1, 105)
TOKEN = "123456:TEST-TOKEN-TEST-TOKEN-TEST-TOKEN"
SECRETS = {
    "bot token": TOKEN,
    "short bot token": "123456:TEST-TOKEN",
    "payload of 6.7": f"{REF},{key(2)},{key(3)},{key(4)}",
    "payload of 7.0": f"https://wa.me/settings/linked_devices#{REF},{key(2)},{key(3)},{key(4)},1",
    "key": key(5),
    "unpadded key": key(6, 33),
    "key of 64 bytes": key(7, 64),
    "hex key": random.Random(8).randbytes(32).hex(),
    "phone": "79001234567",
    "short phone": "9001234567",
    "long phone": "234801234567890",
    "pairing code": "ABCD-1234",
}
FRAMES = [
    "{}", "it was {}", "({})", '"{}"', "value={}", "a\n{}\nb", '{{"value":"{}"}}', "[{}]", "<{}>",
    "{}, then nothing", "http://127.0.0.1:8081/x?y={}", "'{}'",
]  # fmt: skip


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_hidden_wherever_it_stands(name, frame):
    assert SECRETS[name] not in redacted(frame.format(SECRETS[name]))


@pytest.mark.parametrize("text", [f"/bot{TOKEN}/getMe", f"bot{TOKEN.replace(':', '%3A')}/getMe"])
def test_the_token_in_a_bot_api_url_is_hidden(text):
    assert "TEST-TOKEN" not in redacted(text)


@settings(deadline=None)
@given(st.binary(min_size=30, max_size=96).map(lambda raw: b64encode(raw).decode()))
def test_every_long_run_of_base64_is_hidden(secret):
    assert secret not in redacted(f"read {secret} from the store")


@settings(deadline=None)
@given(st.integers(1, 9), st.text("0123456789", min_size=9, max_size=14))
def test_every_phone_keeps_its_last_four_digits_only(first, rest):
    phone = f"{first}{rest}"
    for text in (phone, f"+{phone}", f"{phone}:12@s.whatsapp.net", f"session-{phone}.0.json"):
        assert phone[:-4] not in redacted(text)
        assert phone[-4:] in redacted(text)


@pytest.mark.parametrize(
    "phone", ["+7 900 123-45-67", "+7 (900) 123-45-67", "8 (900) 123-45-67", "+44 20 7946 4567"]
)
def test_a_phone_written_for_people_is_masked(phone):
    assert redacted(f"call {phone} now") == "call •••4567 now"


@settings(deadline=None)
@given(st.text(BASE64, min_size=60, max_size=160), st.text(BASE64 + ",=", max_size=150))
def test_every_pairing_payload_is_hidden(ref, rest):
    payload = f"2@{ref},{rest}"
    assert ref not in redacted(f"qr {payload} shown")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Authorization: Bearer abcd.efgh", "abcd.efgh"),
        ("Authorization: abcdefgh", "abcdefgh"),
        ("X-Api-Key: k1", "k1"),
        ("{'apikey': 'k1 with blanks'}", "blanks"),
        ('{"token": "k1\\" more"}', "more"),
        (json.dumps(json.dumps({"token": "k1", "n": 1})), "k1"),
        ("?x-api-key=k1&y=2", "k1"),
        ("clientSecret=k1", "k1"),
        ("password=k1;", "k1"),
        ("socks5://anna:k1@127.0.0.1:1080", "k1"),
        ("postgresql://anna:k@1@db/repair", "k@1"),
        ("pairing_code=ABCD1234", "ABCD1234"),
        ('"routingInfo":{"type":"Buffer","data":"CAIICg=="}', "CAIICg"),
        ('{\\"type\\":\\"Buffer\\",\\"data\\":\\"CAIICg==\\"}', "CAIICg"),
        ("{'type': 'Buffer', 'data': [7, 31, 12]}", "31"),
        ("rootKey: <Buffer 7f 31 a5 e5>", "31"),
        ("Uint8Array(3) [ 7, 31, 12 ]", "31"),
        ("data:image/png;base64,iVBORw0KGgo=", "iVBOR"),
        ('"privKey": "short"', "short"),
    ],
)
def test_a_value_is_hidden_by_what_stands_around_it(text, value):
    assert value not in redacted(text)


def test_a_dump_of_a_session_keeps_no_key():
    hexed = random.Random(9).randbytes(33).hex(" ")
    dump = f"""Closing session: SessionEntry {{
      _chains: {{ '{key(10, 33)}': {{ chainKey: [Object], chainType: 2 }} }},
      currentRatchet: {{ ephemeralKeyPair: {{ privKey: <Buffer {hexed}> }},
      rootKey: <Buffer {hexed}> }} }}"""
    clean = redacted(dump)
    assert key(10, 33) not in clean
    assert hexed[:8] not in clean
    assert "chainType: 2" in clean


@pytest.mark.parametrize(
    "text",
    [
        "company 962302 lost its session at 2025-09-18T15:05:00Z, incident 12",
        "chat -1001234567890, chat -1234567890",
        "chat_id=5123456789 user_id: 5123456789 message_id=12",
        "Update id=5123456789 is handled. Duration 51 ms by bot id=5123456789",
        'File "/usr/lib/python3.11/site-packages/some_package/with_a_long_name/module.py", line 3',
        "/opt/ai-admin/baileys_sessions/set_aside/962302-20250918T150500Z",
        "test_it_says_what_the_gateway_said_before_it_went_away",
        "http://127.0.0.1:8081/health answered 503 in 0.25 s",
        "code=401 reason=device_removed session_key=962302 token expired",
        "-" * 60,
    ],
)
def test_what_an_operator_needs_stays(text):
    assert redacted(text) == text


@settings(deadline=None)
@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    once = redacted(text)
    assert redacted(once) == once


@pytest.mark.parametrize("unit", ["1", "a", '"', "\\", "-", "token=", "type:", "+1", "7 ", "://a"])
def test_a_hostile_text_is_cleaned_in_reasonable_time(unit):
    assert isinstance(redacted(unit * 20_000), str)
