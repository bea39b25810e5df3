"""A look asks for what its kind declares, and that leaves a gateway as it is."""

import contextlib
import re
from dataclasses import replace

import pytest
from kinds_world import KEY, OTHER, PHONE, QUICK, met, path_of

from bot.gateways.base import GatewayError
from bot.gateways.kinds import KINDS
from bot.sandbox.gateway import Phase

STILL = replace(QUICK, away_s=3600)


OF_ALL = ("whatsapp_away", "whatsapp_back", "gateway_restart_auto", "gateway_down", "garbage")


async def until(here, phase):
    await here.gateway.until(KEY, phase)


async def shows(here):
    await here.adapter.start(KEY)
    await until(here, Phase.SHOWING)


async def types(here):
    await shows(here)
    await here.adapter.request_pairing_code(KEY, PHONE)


async def happens(here, *acts):
    for act in acts:
        await here.gateway.act(None if act in OF_ALL else KEY, act)


async def restarts(here):
    await happens(here, "gateway_restart_auto")
    await until(here, Phase.STOPPED)
    await until(here, Phase.OPEN)


# How a session is brought into each state there is, and whether it is linked before.
STATES = {
    "connected": (True, happens),
    "never started": (False, happens),
    "shows a code": (False, shows),
    "shows a code to type in": (False, types),
    "removed": (True, lambda here: happens(here, "device_removed")),
    "dropped": (True, lambda here: happens(here, "drop")),
    "dropped for good": (True, lambda here: happens(here, "drop_for_good")),
    "dead socket": (True, lambda here: happens(here, "zombie")),
    "two programs": (True, lambda here: happens(here, "second_process")),
    "restricted": (True, lambda here: happens(here, "account_restricted")),
    "may not write first": (True, lambda here: happens(here, "may_not_write_first")),
    "sends refused": (True, lambda here: happens(here, "sends_refused")),
    "quota used up": (True, lambda here: happens(here, "quota_used_up")),
    "hears nothing": (True, lambda here: happens(here, "goes_deaf")),
    "whatsapp away": (True, lambda here: happens(here, "whatsapp_away")),
    "gateway restarted": (True, restarts),
    "gateway down": (True, lambda here: happens(here, "gateway_down")),
    "garbage": (True, lambda here: happens(here, "garbage")),
}


def truth(here):
    """All that WhatsApp and the gateway's disk know of its sessions."""
    gateway = here.gateway
    return [
        (
            gateway.phase(key),
            gateway.logins(key),
            gateway.extra_sockets(key),
            gateway.live_code(key),
            gateway.live_pairing_code(key),
            here.creds(key),
        )
        for key in (KEY, OTHER)
    ]


def is_declared(kind, request):
    path = path_of(request).partition("?")[0]
    return any(
        re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route)), f"{request.method} {path}")
        for route in KINDS[kind].look_routes
    )


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_look_asks_for_nothing_else_and_changes_nothing(kind, tmp_path, state):
    linked, bring = STATES[state]
    async with met(kind, tmp_path, linked=linked, pace=STILL) as here:
        try:
            await bring(here)
        except GatewayError:
            pytest.skip("this kind cannot be brought there")
        if here.gateway.always_on and state in ("removed", "never started"):
            await until(here, Phase.SHOWING)
        before, here.wire.asked[:] = truth(here), []
        for _ in range(3):
            for look in (
                here.adapter.ping(),
                here.adapter.list_sessions(),
                here.adapter.get_session(KEY),
                here.adapter.get_session(OTHER),
                here.adapter.get_session("000000"),
            ):
                with contextlib.suppress(GatewayError):
                    await look
        assert here.wire.asked
        assert [one for one in here.wire.asked if not is_declared(kind, one)] == []
        assert truth(here) == before


async def test_the_double_of_evolution_punishes_whoever_connects_what_reconnects(tmp_path):
    quick = replace(QUICK, login_s=0.001)
    async with met("evolution", tmp_path, pace=quick) as here:
        await happens(here, "whatsapp_away")
        for _ in range(3):
            await here.adapter._connect(KEY)
        assert here.gateway.extra_sockets(KEY) == 3
        await happens(here, "whatsapp_back")
        for _ in range(5):  # they throw each other out for ever
            await until(here, Phase.OPEN)
            await until(here, Phase.CONNECTING)
        assert here.gateway.logins(KEY) > 5
        await here.gateway.act(None, "gateway_restart")
        await until(here, Phase.STOPPED)
        await until(here, Phase.OPEN)
        assert here.gateway.extra_sockets(KEY) == 0
