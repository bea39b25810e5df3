"""What Node reads of a key file, and what it takes for none: the bot must not know better.

Each case was held against `JSON.parse` of Node 20, as Baileys calls it on the text of the file.
"""

import json

import pytest

from bot.authdir import count
from bot.authdir.creds import device_of, judge_content, parse
from bot.domain.files import CredsState

LINKED = (
    '{"me": {"id": "79000962302:12@s.whatsapp.net"}, "account": {"details": "FAKE"}, "more": %s}'
)
WHOLE = LINKED % "0"

# Values that make the whole file one that Node refuses.
REFUSED_VALUES = {
    "not a number": "NaN",
    "infinite": "Infinity",
    "infinite below zero": "-Infinity",
    "undefined": "undefined",
    "constants of Python": "None",
    "a truth of Python": "True",
    "in single quotes": "'FAKE'",
    "in no quotes": "FAKE",
    "a comma after the last of a list": "[1, 2,]",
    "a comma after the last of an object": '{"a": 1,}',
    "a comma before the first": "[,1]",
    "two commas": "[1,,2]",
    "a key without quotes": "{a: 1}",
    "a key that is a number": "{1: 1}",
    "no colon": '{"a" 1}',
    "a list that another bracket ends": "[1}",
    "a zero before the number": "01",
    "a plus before the number": "+1",
    "no digit before the point": ".5",
    "no digit after the point": "1.",
    "no digit in the exponent": "1e",
    "only a minus": "-",
    "hexadecimal": "0x1F",
    "a number with separators": "1_000",
    "a big integer of JavaScript": "1n",
    "digits of another script": "\u0661\u0662",
    "a comment": "0 /* more */",
    "a comment to the end of the line": "0 // more\n",
    "a line end within a string": '"a\nb"',
    "a tab within a string": '"a\tb"',
    "a NUL within a string": '"a\0b"',
    "an escaped quote of the wrong kind": r'"\'"',
    "an escape by two digits": r'"\x41"',
    "an escape of three digits": r'"\u041"',
    "an escape of no hexadecimal digits": r'"\u00g1"',
    "an escape with a sign": r'"\u+123"',
    "an escape of nothing": '"\\"',
    "a space that JSON does not know": "\u00a00",
    "a form feed": "\f0",
    "a vertical tab": "\v0",
    "a mark in the middle": "\ufeff0",
}

# Whole contents that Node refuses.
REFUSED_CONTENTS = {
    "nothing": b"",
    "spaces": b" \r\n\t ",
    "zeros, as after a power cut": b"\0" * 200,
    "half of it": WHOLE[: len(WHOLE) // 2].encode(),
    "all but the last letter": WHOLE[:-1].encode(),
    "a byte order mark": b"\xef\xbb\xbf" + WHOLE.encode(),
    "UTF-16 with a mark": WHOLE.encode("utf-16"),
    "UTF-16 without one": WHOLE.encode("utf-16-le"),
    "UTF-16 the other way round": WHOLE.encode("utf-16-be"),
    "UTF-32": WHOLE.encode("utf-32"),
    "a brace too many": WHOLE.encode() + b"}",
    "written twice": WHOLE.encode() * 2,
    "the end of a longer file": WHOLE.encode() + b'e"}}',
    "zeros after it": WHOLE.encode() + b"\0\0\0\0",
    "a semicolon after it": WHOLE.encode() + b";",
    "a comma after it": WHOLE.encode() + b",",
    "something before it": b")]}'\n" + WHOLE.encode(),
    "in brackets": b"(" + WHOLE.encode() + b")",
}

# Values that Node reads.
READ_VALUES = {
    "half a pair": r'"\ud800"',
    "the other half": r'"\udfff"',
    "the halves the wrong way round": r'"\ude00\ud83d"',
    "a pair": r'"\ud83d\ude00"',
    "an escaped NUL": r'"\u0000"',
    "every short escape": r'"\"\\\/\b\f\n\r\t"',
    "letters of many scripts": '"Анна 木 😀"',
    "a line end of Unicode": '"a\u2028b"',
    "a delete character": '"\x7f"',
    "the same key twice": '{"a": 1, "a": 2}',
    "a key that is empty": '{"": 1}',
    "a key that JavaScript gives a meaning": '{"__proto__": {"a": 1}}',
    "spaces everywhere": " \t\r\n [ 1 , 2 ] \n",
    "a minus before zero": "-0",
    "an exponent": "-1.5E+10",
    "more than a double can count": "12345678901234567890123",
    "more than there is": "1e999",
    "less than there is": "1e-999",
    "an integer that fills pages": "9" * 5000,
    "and one below zero": "-" + "9" * 5000,
    "a fraction that fills pages": "0." + "3" * 5000,
    "lists in lists": "[" * 500 + "]" * 500,
    "objects in objects": '{"a":' * 400 + "0" + "}" * 400,
}


@pytest.mark.parametrize("value", REFUSED_VALUES.values(), ids=REFUSED_VALUES)
def test_what_node_refuses_within_a_file_is_damage(value):
    content = (LINKED % value).encode()
    with pytest.raises(ValueError):
        parse(content)
    assert judge_content(content) == (CredsState.DAMAGED, None)
    assert device_of(content) is None


@pytest.mark.parametrize("content", REFUSED_CONTENTS.values(), ids=REFUSED_CONTENTS)
def test_what_node_refuses_around_a_file_is_damage(disk, content):
    (disk.write() / "creds.json").write_bytes(content)
    found = count(disk.template, disk.company, disk.now, pause=lambda: None)
    assert (found.creds, found.phone) == (CredsState.DAMAGED, None)


@pytest.mark.parametrize("value", READ_VALUES.values(), ids=READ_VALUES)
def test_what_node_reads_within_a_file_is_no_damage(value):
    content = (LINKED % value).encode()
    assert judge_content(content) == (CredsState.LINKED, "79000962302")
    assert device_of(content) is not None


@pytest.mark.parametrize("around", ["%s\n", "\r\n\t %s", " %s "])
def test_white_space_around_it_is_no_damage(around):
    assert judge_content((around % WHOLE).encode())[0] is CredsState.LINKED


@pytest.mark.parametrize("content", [b"null", b"7", b'"creds"', b"[]", b"true", b"1e999"])
def test_json_that_is_no_object_names_no_device(content):
    assert parse(content) == json.loads(content)
    assert judge_content(content) == (CredsState.DAMAGED, None)
    assert device_of(content) is None


@pytest.mark.parametrize(
    "content",
    [
        b'{"me": "\xff"}',  # no UTF-8 at all
        b'{"me": "\xc0\xaf"}',  # longer than it need be
        b'{"me": "\xed\xa0\x80"}',  # half a pair, not as an escape
        b'{"me": "\xf4\x90\x80\x80"}',  # beyond the last letter
        b'{"me": "\xd0"}',  # half a letter
    ],
)
def test_bytes_that_node_would_replace_in_silence_are_damage(content):
    """The one point at which the bot is stricter: a key is not what it was any more."""
    assert judge_content(content) == (CredsState.DAMAGED, None)


def test_the_last_of_equal_keys_counts_as_it_does_for_node():
    twice = '{"me": {"id": "79000000001:1@s.whatsapp.net"}, ' + WHOLE[1:]
    assert judge_content(twice.encode()) == (CredsState.LINKED, "79000962302")


@pytest.mark.parametrize("depth", [500, 900, 990, 1000, 5000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_however_deep_it_is_there_is_an_answer(depth, opening, closing):
    """Read, or called damaged; never an error that nobody expects."""
    deep = f"{opening * depth}0{closing * depth}"
    assert judge_content((LINKED % deep).encode())[0] in (CredsState.LINKED, CredsState.DAMAGED)
    for part in ("signedIdentityKey", "registrationId"):
        found = device_of(f'{{"{part}": {{"public": {{"data": {deep}}}}}}}'.encode())
        assert found is None or found.endswith(":-")


@pytest.mark.parametrize("number", ["9" * 4301, "1e400", "-1e400", "1.5"])
def test_a_number_that_is_no_registration_still_tells_the_device_by_its_key(number):
    key = '{"public": {"type": "Buffer", "data": "FAKEkey"}}'
    content = f'{{"signedIdentityKey": {key}, "registrationId": {number}}}'.encode()
    assert device_of(content).endswith(":-")
