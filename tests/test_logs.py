import io
import json
import logging
import sys
import threading

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import logs
from bot.domain.redaction import HIDDEN

TOKEN = "123456:TEST-TOKEN-TEST-TOKEN-TEST-TOKEN"
PAYLOAD = "2@" + "FAKEref+" * 17 + "," + "FAKEkey/" * 5 + "="
SECRETS = {
    "token": TOKEN,
    "payload": PAYLOAD,
    "phone": "79001234567",
    "configured key": "the gateway's own key",
}
FORMATS = ["text", "json"]


class Log(io.StringIO):
    @property
    def lines(self):
        return self.getvalue().splitlines()

    @property
    def records(self):
        return [json.loads(line) for line in self.lines]


def configured(form="json", level="info"):
    stream = Log()
    logs.configure(form, level, secrets=[SECRETS["configured key"]], stream=stream)
    return stream


def fail_with(secret):
    try:
        int(secret + "x")
    except ValueError as cause:
        raise ExceptionGroup(f"group {secret}", [KeyError(secret)]) from cause


def tell_everything(secret):
    """Every way a text can get into the log."""
    ours, theirs = structlog.get_logger("bot.tick"), logging.getLogger("some.library")
    structlog.contextvars.bind_contextvars(bound=f"bound {secret}")
    ours.info(f"phrase {secret}", value=secret, nested={"a": [{"b": (secret,)}]}, x={secret: 1})
    ours.warning("by %s", secret)
    theirs.warning("by argument %s", secret)
    theirs.error(f"at once {secret}", extra={"more": secret})
    try:
        fail_with(secret)
    except ExceptionGroup as error:
        ours.exception("failed", error=error)
        theirs.exception("failed")
        sys.excepthook(type(error), error, error.__traceback__)
    theirs.warning("stack", stack_info=True)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_gets_through_by_any_way(name, form):
    log = configured(form)
    tell_everything(SECRETS[name])
    assert log.getvalue().count("failed") >= 2
    assert SECRETS[name] not in log.getvalue()
    assert json.dumps(SECRETS[name])[1:-1] not in log.getvalue()


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=30, deadline=None)
@given(secret=st.from_regex(r"[1-9][0-9]{5,9}:[A-Za-z0-9_-]{35}", fullmatch=True))
def test_no_bot_token_gets_through(form, secret):
    log = configured(form)
    tell_everything(secret)
    assert secret.partition(":")[2] not in log.getvalue()


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=30, deadline=None)
@given(phone=st.from_regex(r"[1-9][0-9]{9,14}", fullmatch=True))
def test_no_phone_gets_through(form, phone):
    log = configured(form)
    tell_everything(phone)
    structlog.get_logger().info("number", number=int(phone), phone=phone)
    assert phone not in log.getvalue()


@pytest.mark.parametrize(
    "key", ["token", "gateway_key", "hook_secret", "qr", "pairing_code", "creds"]
)
def test_a_telling_name_hides_the_whole_value(key):
    log = configured()
    structlog.get_logger().info("asked", **{key: "xyz", "n": {key: ["xyz"]}})
    assert "xyz" not in log.getvalue()


def test_a_phone_keeps_its_last_four_digits():
    log = configured()
    structlog.get_logger().info("linked", phone="79001234567", owner_phone="4567890", n=79001234567)
    [record] = log.records
    assert (record["phone"], record["owner_phone"], record["n"]) == (
        "•••4567",
        "•••7890",
        "•••4567",
    )


def test_ids_and_counts_stay_as_they_are():
    facts = {
        "company": "962302",
        "chat_id": -1001234567890,
        "user_id": 5123456789,
        "asker_id": "5123456789",
        "total": 816,
        "took_s": 0.25,
        "connected": True,
        "cause": None,
    }
    log = configured()
    structlog.get_logger().info("seen", **facts)
    assert log.records[0].items() >= facts.items()


def test_what_is_bound_is_on_every_line():
    log = configured()
    with structlog.contextvars.bound_contextvars(company="962302", incident=7):
        structlog.get_logger("bot").info("session lost")
        logging.getLogger("aiogram").warning("slow")
    assert [(record["company"], record["incident"]) for record in log.records] == [
        ("962302", 7)
    ] * 2


def test_a_text_line_reads_as_phrase_and_facts():
    log = configured("text")
    structlog.get_logger("bot.tick").info("session lost", company="962302", cause="device_removed")
    [line] = log.lines
    assert line.endswith("session lost [bot.tick] cause=device_removed company=962302")


def test_a_forged_line_stays_within_its_own():
    log = configured("text")
    structlog.get_logger().info("name\n2025-09-18 [critical] forged", name="x\nforged too")
    assert len(log.lines) == 1


@pytest.mark.parametrize("form", FORMATS)
def test_a_record_that_cannot_be_formatted_is_reported_without_its_content(form, capsys):
    log = configured(form)
    logging.getLogger("some.library").warning("%d", TOKEN)
    assert "could not be written: some.library" in log.getvalue()
    assert TOKEN not in log.getvalue() + "".join(capsys.readouterr())


def test_bytes_are_only_counted():
    log = configured()
    structlog.get_logger().info("drawn", picture=b"\x89PNG" * 100)
    assert log.records[0]["picture"] == "[400 bytes]"


def test_noisy_libraries_are_quiet_and_their_warnings_are_not():
    log = configured(level="debug")
    for name in ("matplotlib", "asyncio", "aiogram.event", "aiohttp.access"):
        logging.getLogger(name).info("again")
        logging.getLogger(name).warning("look")
    logging.getLogger("aiogram.dispatcher").info("Start polling")
    assert [record["event"] for record in log.records] == ["look"] * 4 + ["Start polling"]


def test_the_level_is_kept():
    log = configured(level="warning")
    for logger in (structlog.get_logger("bot"), logging.getLogger("library")):
        logger.info("detail")
        logger.warning("trouble")
    assert [record["event"] for record in log.records] == ["trouble", "trouble"]


def test_configuring_again_does_not_double_the_lines():
    configured()
    log = configured()
    logging.getLogger("bot").info("once")
    assert len(log.lines) == 1


def test_an_error_in_a_thread_is_cleaned_too(capsys):
    log = configured()

    def fail():
        raise ValueError(TOKEN)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert "nobody caught" in log.getvalue()
    assert TOKEN not in log.getvalue() + capsys.readouterr().err


def test_a_secret_that_is_learnt_later_is_hidden_from_then_on():
    log = configured()
    logs.hide(["a key from a reloaded file"])
    structlog.get_logger().info("asked with a key from a reloaded file")
    assert "reloaded" not in log.getvalue()
    assert log.records[0]["event"] == f"asked with {HIDDEN}"


def test_a_log_that_was_not_set_up_here_is_left_alone():
    foreign = logging.StreamHandler(io.StringIO())
    logging.getLogger().addHandler(foreign)
    configured()
    logging.getLogger().addHandler(foreign)
    logs.hide(["whatever it may be"])
    assert foreign.formatter is None


def test_without_secrets_of_its_own_a_log_still_hides_what_looks_like_one():
    stream = Log()
    logs.configure("json", "info", secrets=[], stream=stream)
    structlog.get_logger().info(f"token {TOKEN}")
    assert TOKEN not in stream.getvalue()


def test_what_nobody_caught_is_logged_and_ctrl_c_is_not(capsys):
    log = configured()
    sys.excepthook(ValueError, ValueError("lost"), None)
    assert "an error that nobody caught" in log.getvalue()
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert len(log.lines) == 1
    assert "KeyboardInterrupt" in capsys.readouterr().err


@pytest.mark.parametrize("value", [SystemExit(0), None])
def test_a_thread_that_ends_by_itself_is_no_error(value):
    log = configured()
    threading.excepthook(threading.ExceptHookArgs((SystemExit, value, None, None)))
    assert log.lines == []
