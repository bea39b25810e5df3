"""The log: structlog over the standard library, with everything secret taken out.

In: records of our own loggers and of every library's. Out: lines, as text for people or as JSON for
collectors. A line is a phrase with key=value after it; what is bound in structlog's contextvars
(company, incident) is on every line written meanwhile.
"""

import logging
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.domain.phone import masked
from bot.domain.redaction import HIDDEN, redacted
from bot.logs.repeats import Repeats

Format = Literal["text", "json"]
Level = Literal["debug", "info", "warning", "error"]

# They tell every update, request or job; what they warn of is kept.
_NOISY = (
    "aiogram.event", "aiohttp.access", "aiosqlite", "alembic", "apprise", "asyncio",
    "matplotlib", "PIL", "sqlalchemy",
)  # fmt: skip

_SECRET_KEY = re.compile(
    r"(?i)token|secret|passw|api_?key|gateway_key|hook_key|authorization|cookie|(?:^|_)qr(?:$|_)"
    r"|payload|pairing_code|creds|private|(?:priv|noise|root|chain|adv)_?key"
)
_PHONE_KEY = re.compile(r"(?i)phone|msisdn")
_ID_KEY = re.compile(r"(?i)(?:^|_)(?:id|ids|chat|user|thread|topic|at|ms|ns|time|bytes|size)$")
_PHONES = range(10**9, 10**15)
_SHORTEST_SECRET = 6  # a shorter one would hide half of every line
_DEPTH = 6
_OF_THE_MOMENT = ("timestamp", "exc_info", "exception", "_record")


def configure(
    format: Format = "text",  # noqa: A002 - the name of the setting
    level: Level = "info",
    *,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send every log record of this process to `stream` (standard error), without secrets.

    Called once, first of all. `secrets` are texts to hide wherever they appear, beside all that is
    known by its form. Errors that nobody caught are logged as well, so that they are cleaned too.
    """
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(_formatter(format, secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]  # any other would print what this one hides
    root.setLevel(level.upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_chain(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


def hide(secrets: Iterable[str]) -> None:
    """Hide these as well from now on; nothing is done where this log was not set up."""
    all_secrets = tuple(secrets)
    for handler in logging.getLogger().handlers:
        form = handler.formatter
        if isinstance(handler, _Handler) and isinstance(form, structlog.stdlib.ProcessorFormatter):
            for processor in form.processors:
                if isinstance(processor, _Cleaner):
                    processor.learn(all_secrets)


def _formatter(format: Format, secrets: Iterable[str]) -> logging.Formatter:  # noqa: A002 - as above
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_chain(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _Cleaner(secrets),
            *_renderers(format),
        ],
    )


def _chain() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _renderers(format: Format) -> list[Processor]:  # noqa: A002 - as above
    if format == "json":
        return [structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [
        _one_line,
        structlog.dev.ConsoleRenderer(
            colors=False,
            pad_event_to=0,
            exception_formatter=structlog.dev.plain_traceback,
        ),
    ]


def _one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep a text from beginning a line of its own, which would look like a record."""
    lines = str(event.get("event", "")).splitlines()
    event["event"] = "\\n".join(lines)
    return event


class _Cleaner:
    """The processor that takes secrets out of an event, its exception and what is bound to it."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets: set[str] = set()
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        self._secrets |= {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        known = sorted(self._secrets, key=len)
        self._known = re.compile("|".join(map(re.escape, reversed(known)))) if known else None

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {self.text(str(key)): self._value(str(key), value) for key, value in event.items()}

    def text(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        return redacted(text)

    def _value(self, key: str, value: Any, depth: int = 0) -> Any:
        if isinstance(value, Mapping) and depth < _DEPTH:
            return {
                self.text(str(name)): self._value(str(name), inner, depth + 1)
                for name, inner in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset) and depth < _DEPTH:
            return [self._value(key, item, depth + 1) for item in value]
        if _SECRET_KEY.search(key) and value is not None and not isinstance(value, bool):
            return HIDDEN
        return self._leaf(key, value)

    def _leaf(self, key: str, value: Any) -> Any:
        if value is None or isinstance(value, bool | float):
            return value
        if isinstance(value, int) and (value not in _PHONES or _ID_KEY.search(key)):
            return value
        if isinstance(value, bytes | bytearray | memoryview):
            return f"[{len(value)} bytes]"
        text = repr(value) if isinstance(value, BaseException) else str(value)
        if text.isdecimal() and _ID_KEY.search(key):
            return text
        return masked(text) if _PHONE_KEY.search(key) else self.text(text)


class _Handler(logging.StreamHandler[TextIO]):
    """A stream handler that never prints a record raw, not even one it cannot format.

    What is said again and again is summed up: the first are written, the rest is counted.
    """

    def __init__(self, stream: TextIO, repeats: Repeats | None = None) -> None:
        super().__init__(stream)
        self._repeats = repeats or Repeats()
        self._summing: threading.Timer | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write it, unless it is one too many."""
        event, line = _told_by(record)
        key = (record.name, record.levelno, event)
        if self._repeats.lets_through(key, line, time.monotonic()):
            super().emit(record)
        elif self._summing is None:
            self._summing = threading.Timer(self._repeats.every_s, self.sum_up)
            self._summing.daemon = True
            self._summing.start()

    def sum_up(self) -> None:
        """Say how many were not written."""
        self.acquire()
        try:
            self._summing = None
            for key, many in self._repeats.held_back().items():
                name, level, event = key if isinstance(key, tuple) else ("", logging.ERROR, key)
                text = f"{event} … repeated {many:,} times more"
                super().emit(logging.LogRecord(name, level, "", 0, text, None, None))
        finally:
            self.release()

    def close(self) -> None:
        """Nothing that was counted is left untold."""
        self.sum_up()
        super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the base's name
        place = f"{record.name} {record.filename}:{record.lineno}"
        with suppress(OSError, ValueError):  # a closed stream leaves nowhere to tell it
            self.stream.write(f"[error] a log record could not be written: {place}\n")


def _told_by(record: logging.LogRecord) -> tuple[str, str]:
    """The event of a record, and all it says but the time."""
    if isinstance(record.msg, dict):
        lasting = {key: value for key, value in record.msg.items() if key not in _OF_THE_MOMENT}
        # Another kind of failure is another line, whatever it happened to.
        return str(record.msg.get("event")), f"{lasting} {type(sys.exc_info()[1]).__name__}"
    try:
        return str(record.msg), record.getMessage()
    except (TypeError, ValueError):  # what cannot be put together is told by the handler
        return str(record.msg), ""


_Excepthook = Callable[[type[BaseException], BaseException, TracebackType | None], Any]


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("bot").critical("an error that nobody caught", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)
