"""A text through `ai_admin`: the recorded replies of both Baileys lines, and strange ones."""

import httpx
import pytest
from recorded import KEY, LINES, Recorded, adapter, json_transport

from bot.gateways.base import (
    GatewayConfused,
    GatewayUnreachable,
    NotSent,
    RateLimited,
    SessionNotFound,
)

PHONE = "79000962302"
WANTED = {
    "05-send-no-session": NotSent,
    "24-send-dead-socket": NotSent,
    "28-send-device-removed": NotSent,
    "48-send-rate-limited": RateLimited,
    "15-send-invalid": GatewayConfused,
}


def answering(status, body):
    return adapter(json_transport(lambda _: httpx.Response(status, json=body)))


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("step", ["14-send-ok", "34-send-recovered"])
async def test_a_message_that_was_taken_has_an_id(line, step):
    assert (await adapter(Recorded(line, step)).send_text(KEY, PHONE, "ping")).startswith("3EB0")


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize(("step", "error"), WANTED.items())
async def test_a_recorded_refusal_is_told_apart(line, step, error):
    with pytest.raises(error):
        await adapter(Recorded(line, step)).send_text(KEY, PHONE, "ping")


async def test_the_body_names_company_number_and_text():
    asked = []

    def answer(request):
        asked.append((request.method, request.url.path, request.content.decode()))
        return {"success": True, "result": {"key": {"id": "x"}}}

    await adapter(json_transport(answer)).send_text(KEY, PHONE, "ping")
    ((method, path, body),) = asked
    assert (method, path) == ("POST", "/webhook/whatsapp/baileys/send")
    assert f'"{KEY}"' in body
    assert f'"{PHONE}"' in body


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"success": False, "error": "Cannot read properties of undefined"}),
        (503, {}),
        (502, {}),
    ],
)
async def test_another_failure_leaves_open_whether_it_went_out(status, body):
    with pytest.raises(GatewayUnreachable) as caught:
        await answering(status, body).send_text(KEY, PHONE, "ping")
    assert not isinstance(caught.value, NotSent)


@pytest.mark.parametrize("body", [{}, [], {"success": "yes"}, {"success": False}])
async def test_an_answer_without_success_is_no_success(body):
    with pytest.raises(GatewayConfused):
        await answering(200, body).send_text(KEY, PHONE, "ping")


@pytest.mark.parametrize("result", [None, [], {"key": "x"}, {"key": {"id": 5}}])
async def test_a_success_without_an_id_is_a_success_all_the_same(result):
    assert await answering(200, {"success": True, "result": result}).send_text(KEY, "7", "x") == ""


async def test_it_is_never_sent_twice_by_itself():
    asked = []

    def answer(request):
        asked.append(request)
        raise httpx.ReadError("gone")

    with pytest.raises(GatewayUnreachable):
        await adapter(json_transport(answer)).send_text(KEY, PHONE, "ping")
    assert len(asked) == 1


async def test_a_key_that_is_no_company_is_not_asked_for():
    with pytest.raises(SessionNotFound):
        await answering(200, {}).send_text("../x", PHONE, "ping")


async def test_neither_number_nor_text_stands_in_an_error():
    with pytest.raises(NotSent) as caught:
        await adapter(Recorded("7.0", "24-send-dead-socket")).send_text(KEY, PHONE, "hello there")
    assert PHONE not in str(caught.value)
    assert "hello" not in str(caught.value)
