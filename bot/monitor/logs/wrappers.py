"""What others put around a gateway's line, taken off one layer at a time. PURE.

A wrapper is known by its exact shape at the very start of a line: a record that has its keys, or a
prefix that no gateway writes before its own message. Anything looser would make an event of what a
customer wrote: a record `{"message": …}` that bears no mark of who wrapped it is the gateway's own.

What is known: Docker's json-file, `docker logs -t` and Compose; journald as JSON, short and
short-iso; PM2 (`logs`, `--json`, `--format`, dated files); CRI; syslog by RFC 3164 and 5424; and
the records of Fluent Bit, Fluentd, Vector, Filebeat and Loki.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.monitor.logs.entries import moment, object_in

HEAD = 2048  # characters of a line that a prefix is looked for in
LONGEST_RECORD = 128 * 1024  # Docker's 16 KiB of a line, each character escaped
_MOST_LINES = 100  # of one record of PM2, which wraps what was printed at once


@dataclass(frozen=True, kw_only=True)
class Layer:
    """What stood in a wrapper.

    `stream` is what the next piece of an `unfinished` line is known by, "" where lines are whole.
    """

    lines: tuple[str, ...]
    at: datetime | None = None
    stream: str = ""
    unfinished: bool = False


_COLOUR = re.compile(r"\x1b\[[\d;]{0,20}[A-Za-z]")
_STAMP = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)"
_DAY = r"[A-Z][a-z]{2}"
# What the line of a gateway's own logger may begin with, and a machine or a program is not called.
_NO_HOST = r"(?!(?i:trace|debug|info|notice|warn|warning|error|fatal|log|message|from)\b)"
_NO_TAG = r"(?!(?i:company|session|instance|client|message|from)\b)"
_HOST = rf"{_NO_HOST}[\w.:-]{{1,255}}"
_TAG = rf"{_NO_TAG}[\w./@-]{{1,64}}"

_CRI = re.compile(rf"(?P<at>{_STAMP}) (?P<stream>stdout|stderr) (?P<part>[FP])(?::[\w:]{{1,20}})? ")
_DOCKER_TIMES = re.compile(r"(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z) ")
_COMPOSE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,60}[_-]\d{1,3} {1,40}\| ")
_PM2 = re.compile(
    r"(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,:+Z-]{0,12}:? )?\d{1,4}\|[\w.@/-]{1,60} {0,40}\| "
)
_PM2_FORMAT = re.compile(
    r"(?:timestamp=\S{1,40} )?app=\S{1,60} id=\d{1,4} type=(?:out|error) message="
)
_PM2_DATED = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,6})?(?: ?[+-]\d\d:?\d\d|Z)?): "
)
_SYSLOG_5424 = re.compile(
    rf"<\d{{1,3}}>1 (?P<at>{_STAMP}|-) \S{{1,255}} \S{{1,48}} \S{{1,128}} \S{{1,32}} "
    r"(?:-|(?:\[(?:[^\]\\]|\\.){0,500}\]){1,4})(?: \ufeff?|$)"
)
# Without a priority in front it is one only if a process number stands behind the program.
_SYSLOG = re.compile(
    rf"(?:(?P<at>{_STAMP})|{_DAY} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{{1,6}})?"
    rf"|{_DAY} \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d [\w+-]{{1,6}}|\d{{9,11}}\.\d{{6}})"
    rf" {_HOST} {_TAG}\[\d{{1,7}}\]: "
)
_SYSLOG_3164 = re.compile(
    rf"<\d{{1,3}}>(?:(?P<at>{_STAMP})|{_DAY} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{{1,6}})?)"
    rf" {_HOST} {_TAG}(?:\[\d{{1,7}}\])?: "
)

_MARKS = ('"log"', '"MESSAGE"', '"message"', '"line"', '"_entry"')
_STREAMS = ("stdout", "stderr")
_PM2_KEYS = {"message", "timestamp", "type", "process_id", "app_name"}
_JOURNAL_FIELD = re.compile(r"_{0,2}[A-Z][A-Z0-9_]{0,63}")
# Who else wraps lines in JSON, by what no logger writes into its own.
_VECTOR = ("docker_logs", "kubernetes_logs", "file", "journald", "stdin")
_OF_LOKI = {"labels", "line", "timestamp"}
_SHIPPED_TIMES = ("time", "timestamp", "@timestamp", "date")
_BESIDE_STREAM = {"log", "message", "stream", "_p", "logtag", "tag", "host", "hostname"} | {
    *_SHIPPED_TIMES
}
_IN_KUBERNETES = ("pod_name", "container_name", "namespace_name", "pod", "container")


def plain(text: str) -> str:
    """A line without colours and without the mark that its file began with."""
    text = text.lstrip("\ufeff\ufffd")
    return _COLOUR.sub("", text) if "\x1b" in text else text


def peel(text: str) -> Layer | None:
    """What one wrapper holds; None when the line is in none that is known."""
    if text.startswith("{"):
        return _of_record(text)
    head = text[:HEAD]
    found = (
        _CRI.match(head)
        or _DOCKER_TIMES.match(head)
        or _COMPOSE.match(head)
        or _PM2.match(head)
        or _PM2_FORMAT.match(head)
        or _PM2_DATED.match(head)
        or _SYSLOG_5424.match(head)
        or _SYSLOG_3164.match(head)
        or _SYSLOG.match(head)
    )
    if found is None:
        return None
    parts = found.groupdict()
    stream = parts.get("stream")
    return Layer(
        lines=(text[found.end() :],),
        at=moment(parts.get("at")),
        stream=f"cri {stream}" if stream else "",
        unfinished=parts.get("part") == "P",
    )


def _of_record(text: str) -> Layer | None:
    if len(text) > LONGEST_RECORD or not any(mark in text for mark in _MARKS):
        return None
    record = object_in(text)
    if record is None:
        return None
    return _docker(record) or _journald(record) or _pm2(record) or _shipped(record)


def _docker(record: Mapping[str, Any]) -> Layer | None:
    """A line longer than 16 KiB stands in several records, of which only the last has a break."""
    line, stream, at = record.get("log"), record.get("stream"), moment(record.get("time"))
    if not record.keys() <= {"log", "stream", "time", "attrs"} or at is None:
        return None
    if not isinstance(line, str) or stream not in _STREAMS:
        return None
    ended = line.endswith("\n")
    return Layer(
        lines=(line.rstrip("\r\n"),), at=at, stream=f"docker {stream}", unfinished=not ended
    )


def _journald(record: Mapping[str, Any]) -> Layer | None:
    """Every field has journald's own form, and one at least is set by journald itself.

    A message that is no UTF-8, or holds colours, is an array of bytes; one that is too long, null.
    """
    if "MESSAGE" not in record or not all(map(_JOURNAL_FIELD.fullmatch, record)):
        return None
    if not any(name.startswith("_") for name in record):
        return None
    at = moment(record.get("_SOURCE_REALTIME_TIMESTAMP", record.get("__REALTIME_TIMESTAMP")))
    process = (record.get("CONTAINER_ID_FULL"), record.get("_STREAM_ID"), record.get("_PID"))
    partial = record.get("CONTAINER_PARTIAL_MESSAGE") == "true"
    message = _journal_text(record["MESSAGE"])
    return Layer(
        lines=() if message is None else (message.rstrip("\r\n"),),
        at=at,
        stream=f"journald {next(filter(None, process), '')}",
        unfinished=partial or record.get("_LINE_BREAK") == "line-max",
    )


def _journal_text(message: Any) -> str | None:
    if isinstance(message, str):
        return message
    if not isinstance(message, list) or not message:
        return None
    if not all(type(byte) is int and 0 <= byte < 256 for byte in message):
        return None
    return bytes(message).decode("utf-8", "replace").replace("\0", "")


def _pm2(record: Mapping[str, Any]) -> Layer | None:
    """What a program printed at once, of one line or several."""
    message = record.get("message")
    if record.keys() != _PM2_KEYS or not isinstance(message, str):
        return None
    if type(record["process_id"]) is not int or not isinstance(record["app_name"], str):
        return None
    lines = tuple(message.rstrip("\r\n").split("\n", _MOST_LINES)[:_MOST_LINES])
    return Layer(lines=lines, at=moment(record["timestamp"]))


def _shipped(record: Mapping[str, Any]) -> Layer | None:
    """A line in the record of a program that carries logs elsewhere."""
    if "msg" in record or "MESSAGE" in record or not _has_mark(record):
        return None
    texts = (record.get(name) for name in ("log", "message", "line", "_entry"))
    text = next((text for text in texts if isinstance(text, str)), None)
    if text is None:
        return None
    part, stream = record.get("_p", record.get("logtag")), record.get("stream")
    return Layer(
        lines=(text.rstrip("\r\n"),),
        at=_shipped_at(record),
        stream=f"shipped {stream if stream in _STREAMS else ''}",
        unfinished=part == "P",
    )


def _shipped_at(record: Mapping[str, Any]) -> datetime | None:
    return next(filter(None, (moment(record.get(name)) for name in _SHIPPED_TIMES)), None)


def _has_mark(record: Mapping[str, Any]) -> bool:
    """Whether whoever wrapped it has left what no gateway's own logger writes."""
    kubernetes = record.get("kubernetes")
    if isinstance(kubernetes, dict) and any(name in kubernetes for name in _IN_KUBERNETES):
        return True
    if record.keys() >= {"container_id", "container_name"} or record.keys() == _OF_LOKI:
        return True
    agent = record.get("agent")
    beat = isinstance(agent, dict) and str(agent.get("type")).endswith("beat")
    streamed = record.get("stream") in _STREAMS and record.keys() <= _BESIDE_STREAM
    streamed = streamed and _shipped_at(record) is not None
    vector = record.get("source_type") in _VECTOR and "timestamp" in record
    return beat or streamed or vector or "_entry" in record
