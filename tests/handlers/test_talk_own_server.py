"""The whole bot, asked how it is by those who watch the watcher."""

import json

import aiohttp
from reading import ONE


async def asked(talk, path):
    async with aiohttp.ClientSession() as http, http.get(talk.app.server.url + path) as answer:
        return answer.status, await answer.text()


async def test_a_bot_that_is_heard_and_watches_is_well(talk):
    talk.clock.push(seconds=100)
    await talk.gateway.act(ONE, "device_removed")
    await talk.alert()  # it has looked since
    await talk.anna().asks("/id")  # and Telegram has been reached
    status, text = await asked(talk, "/healthz")
    facts = json.loads(text)
    assert (status, facts["ok"]) == (200, True)
    assert facts["telegram"]["seconds_ago"] < 60


async def test_its_figures_count_the_sessions_and_what_was_sent(talk):
    await talk.gateway.act(ONE, "device_removed")
    await talk.alert()
    sent = 'repair_bot_sends_total{letter="new",outcome="Delivered"} 1.0'
    while sent not in (text := (await asked(talk, "/metrics"))[1]):  # counted once it is answered
        await talk.passes()
    assert 'repair_bot_sessions{gateway="ai_admin",state="connected"}' in text
    assert 'repair_bot_telling_seconds_count{trouble="session_down"} 1.0' in text


async def test_it_lets_go_of_its_port_when_it_stops(talk):
    await talk.stop()
    assert talk.app.server.url == ""
