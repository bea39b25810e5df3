"""A send that failed, in whatever words: nothing to send by, or nothing that follows."""

import pytest

from bot.gateways.base import GatewayUnreachable, NotSent
from bot.gateways.refusals import says_no_way_out
from bot.gateways.reply import Reply
from bot.gateways.waha_replies import sent_id

NO_WAY_OUT = [
    "Session closed. Most likely the page has been closed.",
    "Protocol error (Page.evaluate): Session closed. Most likely the page has been closed.",
    "Protocol error (Runtime.callFunctionOn): Target closed.",
    "Execution context was destroyed, most likely because of a navigation.",
    "Attempted to use detached Frame '5C3A'.",
    "Connection Closed",
    "Connection was lost",
    "Connection Terminated by Server",
    "WebSocket is not open: readyState 3 (CLOSED)",
    "websocket not connected",
    "websocket disconnected before info query returned response",
    "Page crashed!",
    "browser has disconnected",
    "Client is not connected",
    "session is not ready",
    "the socket has been closed",
    "you are not logged in",
]
NO_ANSWER = [
    "",
    "Internal server error",
    "number is not on WhatsApp",
    "The number 79000962302@c.us does not exist",
    "rate limit exceeded",
    "Timed out waiting for the server",
    "Request Timeout",
    "invalid phone: not a number",
    "chatId should not be empty",
    "Evaluation failed: TypeError: Cannot read properties of undefined (reading 'getChat')",
    None,
    {"statusCode": 500},
]


@pytest.mark.parametrize("said", NO_WAY_OUT)
def test_these_words_say_that_there_is_nothing_to_send_by(said):
    assert says_no_way_out(said)
    assert says_no_way_out({"statusCode": 500, "exception": {"message": said.upper()}})


@pytest.mark.parametrize("said", NO_ANSWER)
def test_from_these_nothing_follows(said):
    assert not says_no_way_out(said)


@pytest.mark.parametrize("said", NO_WAY_OUT)
def test_waha_says_it_of_a_page_that_is_gone(said):
    with pytest.raises(NotSent):
        sent_id(Reply(status=500, json={"message": said}, elapsed_s=0.1))


def test_a_failure_of_another_kind_is_not_taken_for_one():
    with pytest.raises(GatewayUnreachable):
        sent_id(Reply(status=500, json={"message": "Internal server error"}, elapsed_s=0.1))


def test_endless_words_are_read_in_no_time():
    assert not says_no_way_out("session " * 100_000)
