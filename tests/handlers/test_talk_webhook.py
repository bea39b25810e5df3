"""Telegram calls the bot: the same conversation, by webhook."""

import json
import socket

import aiohttp
import pytest
from aiogram import Bot, Dispatcher
from pydantic import SecretStr
from reading import ONE, button, words
from staging import talking
from talking import PATIENCE_S

from bot.sandbox.telegram import BORIS
from handlers.telegram.update_source import UpdateReports
from handlers.telegram.webhook import Webhook
from handlers.updates_in_flight import UpdatesInFlight

SECRET = "not-guessed"


@pytest.fixture
async def called(tmp_path):
    """The bot behind a proxy that passes everything on: here, none at all."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/telegram"
    text = {"LISTEN": f"127.0.0.1:{port}"}
    # No machine of ours has a certificate, and Telegram itself would insist on one.
    changed = {"telegram_webhook_url": url, "telegram_webhook_secret": SecretStr(SECRET)}
    async with talking(tmp_path, settings=text, changed=changed) as talk:
        await talk.telegram.wait_call("setWebhook")
        yield talk


async def post(talk, secret, body=b"{}"):
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
    url = talk.app.server.url + "/telegram"
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, data=body, headers=headers) as answer,
    ):
        return answer.status, await answer.read()


async def test_questions_are_answered_and_alerts_go_out(called):
    assert "3" in (await called.anna().asks("/status")).text
    await called.gateway.act(ONE, "device_removed")
    alert = await called.alert()
    assert ONE in alert.text
    assert "getUpdates" not in {call.method for call in called.telegram.calls}


async def test_a_press_that_waited_while_the_bot_was_off_is_asked_anew(called):
    card = await called.boris().asks(f"/mute {ONE}")
    await called.stop()
    press = button(card, f"mute:{ONE}")
    query = called.telegram.press(BORIS.id, BORIS.id, card, press)
    before = len(called.posted(BORIS.id))
    await called.start()
    again = await called.sees(BORIS.id, lambda one: one in called.posted(BORIS.id)[before:])
    assert again.text == words("error.waited")
    assert await called.rows("mutes") == []
    await called.telegram.wait_answer(query, timeout_s=PATIENCE_S)
    await called.boris().presses(again, press)
    assert len(await called.rows("mutes")) == 1


async def test_a_press_that_only_shows_something_is_served_late_too(called):
    card = await called.boris().asks(f"/status {ONE}")
    await called.stop()
    called.telegram.press(BORIS.id, BORIS.id, card, button(card, f"do:files:{ONE}"))
    before = len(called.posted(BORIS.id))
    await called.start()
    shown = await called.sees(BORIS.id, lambda one: one in called.posted(BORIS.id)[before:])
    assert shown.text != words("error.waited")


async def test_who_does_not_know_the_secret_finds_no_door(called):
    for wrong in (None, "", "not-guesseD", SECRET + "x"):
        assert await post(called, wrong) == (404, b"")


async def test_an_update_that_is_none_holds_up_nobody(called):
    for body in (b"", b"[]", b'{"update_id": "x"}', b"\xff"):
        assert (await post(called, SECRET, body))[0] == 200
    assert (await called.anna().asks("/id")).text


async def test_an_update_that_is_brought_twice_is_served_once():
    served, heard = [], []
    dispatcher, serving = Dispatcher(), UpdatesInFlight()

    @dispatcher.update.outer_middleware()
    async def record(handler, event, data):
        served.append(event.update_id)

    webhook = Webhook(
        Bot("123456:TEST-TOKEN"),
        dispatcher,
        serving,
        UpdateReports(on_reached=served.clear, on_heard=lambda: heard.append(True)),
        url="https://bot.example.com/telegram",
        secret=SECRET,
    )
    webhook.start()
    for update_id in (7, 7, 8, 7):
        assert webhook.take(json.dumps({"update_id": update_id}).encode())
    await webhook.stop()
    assert (served, len(heard)) == ([7, 8], 4)


async def test_health_knows_that_telegram_is_reached(called):
    await called.anna().asks("/id")
    async with (
        aiohttp.ClientSession() as http,
        http.get(called.app.server.url + "/healthz") as answer,
    ):
        facts = await answer.json()
    assert facts["telegram"]["ok"]


async def test_it_is_set_once_telegram_is_there_again(called):
    await called.stop()
    called.telegram.fault("outage")
    await called.start()
    await called.telegram.wait_call("getWebhookInfo", lambda one: one.outcome == "outage")
    called.telegram.clear_faults()
    assert (await called.anna().asks("/id")).text
