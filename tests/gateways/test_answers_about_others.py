"""An answer that names another session is not this one's: no code, no state, no number, no receipt.

Found on 29 November 2026: `ai_admin` answered with the code of another company, and it was shown.
"""

import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
from kinds_world import GATEWAY_KEY, KEY, OTHER, PHONE, met, path_of
from recorded import Clock, client, json_transport

from bot.domain.session import State
from bot.gateways.about import About, must_be_about
from bot.gateways.base import GatewayConfused
from bot.gateways.client import GatewayClient
from bot.gateways.described.replies import must_be_the_session
from bot.gateways.kinds import CODED, KINDS
from bot.gateways.wire import HttpWire
from bot.sandbox.gateway import Phase, token_of
from bot.sandbox.gateway.dialects.told_facts import id_of

# What the vendors' own answers call a session by, at the top or in their envelope.
FIELDS = {
    "ai_admin": ["companyId"],
    "waha": ["session", "sessionName"],
    "evolution": ["instanceName", "instance.instanceName"],
    "gowa": ["device_id", "results.device_id"],
    "wuzapi": ["instanceName", "data.name"],
    "wppconnect": ["session", "sessionId"],
    "openwa": ["sessionId"],
    "wwebjs_api": ["sessionId"],
}
CASES = [(kind, field) for kind, fields in FIELDS.items() for field in fields]


class Mixed(HttpWire):
    """A real wire to a gateway that answers with what belongs to another: it says so in `field`."""

    field = None

    async def handle_async_request(self, request):
        response = await super().handle_async_request(request)
        told = await response.aread()
        return httpx.Response(response.status_code, content=self._mixed(request, told))

    def _mixed(self, request, body):
        told = json.loads(body) if body[:1] == b"{" else None
        path = path_of(request)
        asked = path.encode() + request.content
        is_of_a_session = any(it.encode() in asked for it in (KEY, id_of(KEY))) or any(
            word in path for word in ("/session/", "/chat/")
        )
        if self.field is not None and isinstance(told, dict) and is_of_a_session:
            *envelope, name = self.field.split(".")
            inner = told
            for part in envelope:
                inner = inner.setdefault(part, {})
            if isinstance(inner, dict):
                inner[name] = OTHER
            return json.dumps(told).encode()
        return body


@asynccontextmanager
async def mixed(kind, tmp_path, **options):
    async with met(kind, tmp_path, **options) as here:
        wire = Mixed(connections=8)
        adapter = KINDS[kind](
            GatewayClient(here.gateway.url, transport=wire),
            key=GATEWAY_KEY,
            sessions={KEY: token_of(KEY)},
            clock=lambda: datetime.now(UTC),
        )
        try:
            yield here, adapter, wire
        finally:
            await adapter.aclose()


@pytest.mark.parametrize(("kind", "field"), CASES)
async def test_a_code_that_names_another_company_is_not_shown(kind, field, tmp_path):
    async with mixed(kind, tmp_path, linked=False) as (here, adapter, wire):
        await adapter.start(KEY)
        await here.gateway.until(KEY, Phase.SHOWING)
        await adapter.get_qr(KEY)
        wire.field = field
        with pytest.raises(GatewayConfused):
            await adapter.get_qr(KEY)
        with pytest.raises(GatewayConfused):
            await adapter.request_pairing_code(KEY, PHONE)


@pytest.mark.parametrize(("kind", "field"), CASES)
async def test_a_state_that_names_another_company_says_nothing(kind, field, tmp_path):
    async with mixed(kind, tmp_path) as (_, adapter, wire):
        assert (await adapter.get_session(KEY)).state is State.CONNECTED
        wire.field = field
        with pytest.raises(GatewayConfused):
            await adapter.get_session(KEY)
        with pytest.raises(GatewayConfused):
            await adapter.send_text(KEY, PHONE, "hello")


async def test_a_wuzapi_status_with_another_users_id_says_nothing():
    row = {"id": "a", "name": KEY, "token": "t1", "connected": True, "loggedIn": True}
    status = {"id": "b", "connected": True, "loggedIn": True}

    def answer(request):
        data = [row] if request.url.path == "/admin/users" else status
        return {"success": True, "code": 200, "data": data}

    gateway = KINDS["wuzapi"](client(json_transport(answer)), key="fake", clock=Clock())
    with pytest.raises(GatewayConfused):
        await gateway.get_session(KEY)


@pytest.mark.parametrize(
    "answer",
    [
        {"companyId": OTHER, "qr": "2@x"},
        {"company_id": OTHER},
        {"COMPANYID": OTHER},
        {"companyId": 962303},
        {"sessionId": f"company_{OTHER}"},
        {"session": f"{KEY}0"},
        {"session": f"other_{KEY}"},
        {"instance": OTHER},
        {"instance": {"instanceName": OTHER}},
        {"data": {"session-name": OTHER}},
        {"data": {"result": {"device_id": OTHER}}},
        {"companyId": KEY, "session": OTHER},
    ],
)
def test_whatever_names_another_is_about_another(answer):
    with pytest.raises(GatewayConfused):
        must_be_about(answer, About(key=KEY))


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        [{"companyId": OTHER}],
        {},
        {"qr": "2@x"},
        {"companyId": KEY},
        {"companyId": 962302},
        {"companyId": None},
        {"companyId": ""},
        {"session": True},
        {"sessionId": f"company_{KEY}"},
        {"instance": {"instanceName": KEY, "instanceId": "f33fab81"}},
        {"data": {"id": "another", "name": "Salon"}},
        {"result": {"key": {"id": "3EB0"}, "message": {"session": OTHER}}},
    ],
)
def test_what_names_nobody_else_is_taken(answer):
    must_be_about(answer, About(key=KEY))


@pytest.mark.parametrize("told", ["my%20instance", "my instance", "Padaria São José"])
def test_a_name_may_be_written_in_the_ways_of_an_address(told):
    must_be_about({"session": told}, About(key=told.replace("%20", " ")))


@pytest.mark.parametrize(
    ("told", "is_right"),
    [
        (PHONE, True),
        ("+7 900 096-23-02", True),
        (f"{PHONE}@c.us", True),
        ("•••2302", True),
        (None, True),
        (True, True),
        ("79000962303", False),
        (79000962303, False),
    ],
)
def test_a_code_for_another_number_is_not_shown(told, is_right):
    answer, whom = {"code": "ABCD-1234", "phone": told}, About(key=KEY, phone=PHONE)
    if is_right:
        must_be_about(answer, whom)
    else:
        with pytest.raises(GatewayConfused):
            must_be_about(answer, whom)


def test_no_ninth_digit_makes_another_number():
    must_be_about({"phoneNumber": "558420007282"}, About(key=KEY, phone="5584920007282"))


def test_every_kind_is_tried():
    assert FIELDS.keys() >= CODED.keys()


@pytest.mark.parametrize(
    "item",
    [{"id": "2", "name": KEY}, {"id": "1", "name": OTHER}, {"id": "2", "name": OTHER}],
)
def test_a_described_session_is_told_by_the_names_that_its_list_has(item):
    rule = KINDS["openwa"].description.list
    with pytest.raises(GatewayConfused):
        must_be_the_session(rule, item, KEY, "1")
    for same in ({"id": "1", "name": KEY}, {"status": "ready"}, None, {"id": None, "name": None}):
        must_be_the_session(rule, same, KEY, "1")
