"""A line within a wrapper is read as the line itself, in its time; a long one is put together."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wrapped import STAMP, TIMED, UNTIMED, WRAPPERS, docker, journal, pm2

from bot.domain.log_pattern import LogPattern
from bot.domain.session import Cause
from bot.monitor.logs.log_line import LONGEST_ENTRY, read_line
from bot.monitor.logs.unwrapper import DEEPEST, LONGEST_LINE, MOST_STREAMS, Inner, Unwrapper

AT = datetime(2026, 11, 29, 7, 0, 1, 123456, tzinfo=UTC)
PIECE = 16 * 1024
CLOSED = '{"ev":"close","company":"962302","code":401,"reason":"device_removed"}'
WHATSMEOW = "07:00:01.123 [Client INFO] Got replaced stream error, sending StreamReplaced event"
MAC = "[962302] Session error:Error: Bad MAC"
LINES = [CLOSED, WHATSMEOW, MAC]


EACH = pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS)


def inner(*lines):
    unwrapper = Unwrapper()
    return [found.text for line in lines for found in unwrapper.feed(line)]


@EACH
@pytest.mark.parametrize("line", LINES)
def test_what_is_wrapped_is_read_as_what_is_not(wrap, line):
    assert inner(wrap(line)) == [line]


@EACH
def test_a_cause_a_name_and_a_count_come_out_of_it(wrap):
    closed, replaced, mac = (read_line(inner(wrap(line))[0]) for line in LINES)
    assert (closed.news.cause, closed.names) == (Cause.DEVICE_REMOVED, ("962302",))
    assert replaced.news.cause is Cause.REPLACED
    assert mac.patterns == (LogPattern.BAD_MAC,)
    assert mac.names[0] == "962302"


@pytest.mark.parametrize("wrap", TIMED.values(), ids=TIMED)
def test_a_line_without_a_time_has_that_of_its_wrapper(wrap):
    (found,) = Unwrapper().feed(wrap(CLOSED))
    assert read_line(found.text, found.at).at == AT
    own = CLOSED.replace("{", '{"time":1795935600000,', 1)
    (found,) = Unwrapper().feed(wrap(own))
    assert read_line(found.text, found.at).at == datetime(2026, 11, 29, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize("wrap", UNTIMED.values(), ids=UNTIMED)
def test_a_time_without_a_zone_is_none(wrap):
    (found,) = Unwrapper().feed(wrap(CLOSED))
    assert found.at is None


def test_what_a_process_printed_at_once_is_several_lines():
    assert inner(pm2("\n".join(LINES) + "\n")) == LINES


PIECES = {
    "docker": lambda piece, last: docker(piece, "\n" if last else ""),
    "cri": lambda piece, last: f"{STAMP} stdout {'F' if last else 'P'} {piece}",
    "journald": lambda piece, last: journal(
        piece, CONTAINER_ID_FULL="c", **({} if last else {"CONTAINER_PARTIAL_MESSAGE": "true"})
    ),
    "a long line of journald": lambda piece, last: journal(
        piece, _STREAM_ID="s", **({} if last else {"_LINE_BREAK": "line-max"})
    ),
    "fluent bit": lambda piece, last: json.dumps(
        {"log": piece, "stream": "stdout", "_p": "F" if last else "P", "time": STAMP}
    ),
}
EACH_PIECES = pytest.mark.parametrize("wrap", PIECES.values(), ids=PIECES)


def pieces(wrap, text, size=PIECE):
    parts = [text[start : start + size] for start in range(0, len(text), size)]
    return [wrap(part, part is parts[-1]) for part in parts]


@EACH_PIECES
@pytest.mark.parametrize("size", [10, 100, PIECE])
def test_a_line_in_several_records_is_one(wrap, size):
    assert inner(*pieces(wrap, CLOSED, size), wrap(MAC, True)) == [CLOSED, MAC]


@EACH_PIECES
def test_of_a_line_that_is_too_long_the_beginning_is_read(wrap):
    text = f"{MAC} {'x' * 10 * PIECE}"
    (found,) = inner(*pieces(wrap, text))
    assert found == text[:LONGEST_LINE]
    assert read_line(found).patterns == (LogPattern.BAD_MAC,)


def test_lines_of_two_streams_may_be_unfinished_at_once():
    out, err = docker("Bad ", ""), docker("No ", "", stream="stderr")
    rest = docker("sessions", stream="stderr"), docker("MAC")
    assert inner(out, err, *rest) == ["No sessions", "Bad MAC"]


def test_unfinished_lines_of_very_many_streams_are_not_kept():
    begun = [
        journal("x", CONTAINER_ID_FULL=str(number), CONTAINER_PARTIAL_MESSAGE="true")
        for number in range(10 * MOST_STREAMS)
    ]
    unwrapper = Unwrapper()
    assert [found for line in begun for found in unwrapper.feed(line)] == []
    assert len(unwrapper._begun) == MOST_STREAMS


@EACH_PIECES
def test_a_piece_whose_beginning_nobody_saw_is_dropped(wrap):
    first, *rest = pieces(wrap, "x" * 30 + CLOSED, 30)
    unwrapper = Unwrapper()
    unwrapper.catch_up(rest[:1], from_start=False)
    assert [found for line in rest[1:] for found in unwrapper.feed(line)] == []
    assert unwrapper.feed(wrap(MAC, True))[0].text == MAC
    unwrapper.catch_up([first, *rest[:1]], from_start=True)
    found = [found.text for line in rest[1:] for found in unwrapper.feed(line)]
    assert found == ["x" * 30 + CLOSED]


OWN_JSON = {
    "pino with a field log": {"level": 30, "time": 1, "log": CLOSED, "msg": "upsert"},
    "pino with docker's fields": {
        "level": 30, "log": CLOSED, "stream": "stdout", "time": STAMP, "msg": "x",
    },
    "docker without a time": {"log": CLOSED, "stream": "stdout"},
    "docker with a time that is none": {"log": CLOSED, "stream": "stdout", "time": "now"},
    "docker with more": {"log": CLOSED, "stream": "stdout", "time": STAMP, "from": "7999"},
    "docker of another stream": {"log": CLOSED, "stream": "chat", "time": STAMP},
    "a bare message": {"message": CLOSED},
    "a message and a time": {"message": CLOSED, "timestamp": STAMP},
    "winston": {"level": "info", "message": CLOSED, "timestamp": STAMP},
    "winston with a stream": {
        "level": "info", "message": CLOSED, "stream": "stdout", "timestamp": STAMP,
    },
    "a message of WhatsApp": {"from": "7999", "type": "text", "message": CLOSED, "timestamp": 1},
    "pm2 with more": {
        "message": CLOSED, "timestamp": STAMP, "type": "out", "process_id": 0, "app_name": "a",
        "from": "7999",
    },
    "pm2 without its number": {
        "message": CLOSED, "timestamp": STAMP, "type": "out", "process_id": "0", "app_name": "a",
    },
    "journald without its own fields": {"MESSAGE": CLOSED, "PRIORITY": "6"},
    "journald with a field of a program": {"MESSAGE": CLOSED, "_PID": "1", "from": "7999"},
    "journald, said twice": {"MESSAGE": [CLOSED, CLOSED], "_PID": "1"},
    "journald with odd bytes": {"MESSAGE": [72, 256, True], "_PID": "1"},
    "a logger after Elastic's schema": {
        "@timestamp": STAMP, "message": CLOSED, "host": {"hostname": "a"}, "process": {"pid": 1},
    },
    "a line of nobody": {"line": CLOSED, "timestamp": STAMP},
}  # fmt: skip


@pytest.mark.parametrize("entry", OWN_JSON.values(), ids=OWN_JSON)
def test_a_gateways_own_record_is_no_wrapper(entry):
    found = [read_line(text) for text in inner(json.dumps(entry))]
    assert [line.news.cause for line in found if line.news is not None and line.news.cause] == []
    assert [line.names for line in found if "962302" in line.names] == []


LOOSE = [
    f"[962302] message from 7999: {docker(CLOSED)}",
    f"message from Anna: {CLOSED}",
    f"{STAMP} INFO company[962302]: {CLOSED}",
    f"{STAMP} message from[7]: {CLOSED}",
    f"{STAMP} Anna writes: {CLOSED}",
    f"962302 | {CLOSED}",
    f"Anna  | {CLOSED}",
    f"INFO  | {CLOSED}",
    f"got app=api id=0 type=out message={CLOSED}",
    f"said {STAMP} stdout F {CLOSED}",
    f" <30>1 {STAMP} host api 7 - - {CLOSED}",
]


@pytest.mark.parametrize("line", LOOSE)
def test_a_prefix_that_is_no_wrappers_is_left_where_it_is(line):
    assert inner(line) == [line.strip("\ufeff")]
    news = read_line(line).news
    assert news is None or news.cause is None


def test_the_depth_is_bounded():
    line = CLOSED
    for _ in range(DEEPEST):
        line = docker(line)
    assert inner(line) == [CLOSED]
    assert inner(docker(line)) == [docker(CLOSED)]
    assert read_line(docker(CLOSED)).news is None


def test_a_record_of_journald_that_was_too_long_for_it_holds_nothing():
    assert inner(journal(None)) == [""]


@given(text=st.text(), wrap=st.sampled_from(list(WRAPPERS.values())), cut=st.integers(0, 400))
def test_junk_is_unwrapped_without_harm(text, wrap, cut):
    for line in (text, wrap(text), wrap(text)[:cut], text + wrap(CLOSED)):
        for found in Unwrapper().feed(line):
            assert isinstance(found, Inner)
            read_line(found.text, found.at)


def test_a_long_entry_within_a_wrapper_is_as_loose_as_without_one():
    text = CLOSED.replace("{", '{"x":"' + "y" * LONGEST_ENTRY + '",', 1)
    (found,) = inner(docker(text))
    assert read_line(found) == read_line(text)


def test_the_examples_of_the_page_about_logs_are_read():
    page = (Path(__file__).parents[2] / "docs" / "logs.md").read_text()
    (block,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    examples = [line for line in block.splitlines() if "LINE" in line]
    assert len(examples) == 10
    for example in examples:
        assert inner(example) == ["LINE"]
