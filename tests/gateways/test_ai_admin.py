import asyncio
from collections import Counter

import httpx
import pytest
from recorded import (
    CONNECTED,
    DISCONNECTED,
    KEY,
    NOTHING,
    Clock,
    adapter,
    json_transport,
    status_body,
)

from bot.domain.session import Cause, State
from bot.gateways.base import (
    GatewayConfused,
    GatewayUnreachable,
    QrNotReady,
    SessionNotFound,
    Unsupported,
    WouldDestroy,
)
from bot.gateways.by_name import by_name

CODE = "2@obviously-fake,a,b,c"


class Fake:
    """A gateway with one status and one code, which the test changes; it keeps what was asked."""

    def __init__(self, status=NOTHING, qr=None, sessions=()):
        self.status, self.qr, self.sessions = status, qr, list(sessions)
        self.asked = []
        self.clock = Clock()
        self.admin = adapter(json_transport(self.answer), self.clock)

    def answer(self, request):
        path = request.url.path
        self.asked.append(f"{request.method} {path}")
        if path.endswith("/sessions"):
            return {"success": True, "count": 0, "sessions": self.sessions}
        if "/status/" in path:
            return status_body(path.rsplit("/", 1)[1], **self.status)
        if "/qr/" in path:
            return (
                self.qr if isinstance(self.qr, httpx.Response) else {"success": True, "qr": self.qr}
            )
        return {"success": True}

    def written(self):
        return [asked for asked in self.asked if not asked.startswith("GET ")]


@pytest.mark.parametrize(
    "status",
    [
        {"connected": True, "status": "disconnected"},
        {"connected": False, "status": "connected"},
        {"connected": True, "status": "not_initialized"},
        {"connected": True},
        {"status": "connected"},
        {"connected": 1, "status": "connected"},
        {"connected": "true", "status": "connected"},
        {"connected": True, "status": ["connected"]},
        {"connected": False, "status": "logged_out"},
        {},
    ],
)
async def test_what_contradicts_itself_or_is_new_is_unknown(status):
    assert (await Fake(status).admin.get_session(KEY)).state is State.UNKNOWN


@pytest.mark.parametrize("attempts", [-1, True, "3", 1.5, 10**30, None])
async def test_a_strange_count_of_attempts_is_none(attempts):
    gateway = Fake({**DISCONNECTED, "reconnectAttempts": attempts})
    assert (await gateway.admin.get_session(KEY)).reconnects is None


async def test_a_word_not_fit_to_be_shown_is_not_kept():
    info = await Fake({"connected": False, "status": "<b>\ud800\x00"}).admin.get_session(KEY)
    assert (info.state, info.raw_state) == (State.UNKNOWN, "?")


async def test_an_answer_about_another_session_is_confusion():
    admin = adapter(json_transport(lambda _: status_body("1", **CONNECTED)))
    with pytest.raises(GatewayConfused):
        await admin.get_session(KEY)


@pytest.mark.parametrize("key", ["", "..", "a/b", "1?x=1", "%2e", "../../etc", "1\n", "a" * 51])
async def test_a_strange_key_never_reaches_the_gateway(key):
    gateway = Fake()
    admin = gateway.admin
    for call in (admin.get_session, admin.start, admin.restart, admin.stop, admin.reset):
        with pytest.raises(SessionNotFound):
            await call(key)
    assert not gateway.asked


async def test_a_health_that_is_down_leaves_the_session_connected():
    def answer(request):
        if "/health" in request.url.path:
            return httpx.Response(502, text="<html>")
        return status_body(**CONNECTED)

    info = await adapter(json_transport(answer)).get_session(KEY)
    assert (info.state, info.owner_phone) == (State.CONNECTED, None)


async def test_a_list_tells_who_shows_a_code():
    sessions = [{"companyId": "1", **CONNECTED}, {"companyId": "2", **DISCONNECTED}]
    gateway = Fake(sessions=sessions, qr=CODE)
    found = {info.key: info.state for info in await gateway.admin.list_sessions()}
    assert found == {"1": State.CONNECTED, "2": State.AWAITING_SCAN}
    assert Counter("/qr/" in asked for asked in gateway.asked) == {False: 1, True: 1}


async def test_a_list_of_very_many_disconnected_looks_at_few_codes():
    sessions = [{"companyId": str(number), **DISCONNECTED} for number in range(500)]
    gateway = Fake(sessions=sessions, qr=CODE)
    states = Counter(info.state for info in await gateway.admin.list_sessions())
    assert states == {State.AWAITING_SCAN: 20, State.DISCONNECTED: 480}
    assert len(gateway.asked) == 21


async def test_a_code_that_cannot_be_asked_for_leaves_the_session_disconnected():
    gateway = Fake(
        sessions=[{"companyId": "1", **DISCONNECTED}], qr=httpx.Response(500, text="<html>")
    )
    assert [info.state for info in await gateway.admin.list_sessions()] == [State.DISCONNECTED]


async def test_malformed_entries_do_not_spoil_the_list_and_are_counted():
    sessions = [
        {"companyId": "1", **CONNECTED},
        {"companyId": "2", "connected": "yes"},
        {"companyId": "../3", **CONNECTED},
        {"companyId": 4, **CONNECTED},
        "nonsense",
        None,
    ]
    found = by_name(await Fake(sessions=sessions).admin.list_sessions())
    states = {key: info.state for key, info in found.sessions.items()}
    assert states == {"1": State.CONNECTED, "2": State.UNKNOWN, "../3": State.CONNECTED}
    assert (found.nameless, found.entries) == (3, 6)


async def test_a_session_listed_twice_is_unknown():
    sessions = [{"companyId": "1", **CONNECTED}, {"companyId": "1", **DISCONNECTED}]
    found = by_name(await Fake(sessions=sessions).admin.list_sessions())
    assert found.sessions["1"].state is State.UNKNOWN
    assert found.alike == ("1",)


@pytest.mark.parametrize(
    "envelope",
    [[], None, {"success": False}, {"success": True}, {"success": True, "sessions": {}}],
)
async def test_a_malformed_list_is_confusion(envelope):
    admin = adapter(json_transport(lambda _: httpx.Response(200, json=envelope)))
    with pytest.raises(GatewayConfused):
        await admin.list_sessions()


async def test_a_ping_measures_one_answer():
    info = await Fake().admin.ping()
    assert info.version is None
    assert info.latency_s >= 0


@pytest.mark.parametrize(
    "status", [CONNECTED, DISCONNECTED, {"connected": False, "status": "error"}]
)
async def test_a_start_would_destroy_whatever_is_running(status):
    gateway = Fake(status)
    with pytest.raises(WouldDestroy):
        await gateway.admin.start(KEY)
    assert not gateway.written()


async def test_two_starts_at_once_are_one():
    gateway = Fake()

    def answer(request):
        if request.method == "POST":
            gateway.status = DISCONNECTED
        return gateway.answer(request)

    admin = adapter(json_transport(answer))
    done = await asyncio.gather(admin.start(KEY), admin.start(KEY), return_exceptions=True)
    assert sorted(type(it).__name__ for it in done) == ["NoneType", "WouldDestroy"]
    assert len(gateway.written()) == 1


async def test_a_restart_of_a_connected_session_is_refused():
    gateway = Fake(CONNECTED)
    with pytest.raises(WouldDestroy):
        await gateway.admin.restart(KEY)
    assert not gateway.written()


async def test_a_restart_of_nothing_is_a_start():
    gateway = Fake(NOTHING)
    await gateway.admin.restart(KEY)
    assert gateway.written() == [f"POST /webhook/whatsapp/baileys/init/{KEY}"]


async def test_stopping_what_does_not_run_asks_for_nothing():
    gateway = Fake(NOTHING)
    await gateway.admin.stop(KEY)
    assert not gateway.written()


async def test_a_reset_answered_with_a_connected_session_did_not_reset():
    answers = {"success": True, "connected": True, "qr": None}
    with pytest.raises(GatewayConfused):
        await adapter(json_transport(lambda _: answers)).reset(KEY)


async def test_a_code_after_a_reset_is_of_known_age():
    gateway = Fake(DISCONNECTED, qr="2@left-over")
    began = gateway.clock()
    await gateway.admin.reset(KEY)
    gateway.qr = CODE
    gateway.clock.push(3)
    code = await gateway.admin.get_qr(KEY)
    assert (code.raw, code.not_older_than, code.life_s) == (CODE, began, 60)


async def test_what_was_in_the_cache_before_a_start_is_not_shown_after_it():
    gateway = Fake(NOTHING, qr="2@left-over")
    await gateway.admin.start(KEY)
    gateway.status = DISCONNECTED
    with pytest.raises(QrNotReady):
        await gateway.admin.get_qr(KEY)
    assert (await gateway.admin.get_session(KEY)).state is State.DISCONNECTED


async def test_a_window_that_ended_says_so_and_a_new_one_follows():
    gateway = Fake(DISCONNECTED, qr=CODE)
    await gateway.admin.get_session(KEY)
    gateway.clock.push(90)
    over = await gateway.admin.get_session(KEY)
    await gateway.admin.restart(KEY)
    gateway.qr = CODE + "2"
    fresh = await gateway.admin.get_session(KEY)
    assert (over.state, over.cause) == (State.DISCONNECTED, Cause.QR_WINDOW_OVER)
    assert (fresh.state, fresh.cause) == (State.AWAITING_SCAN, None)


@pytest.mark.parametrize(
    ("status", "state"), [(CONNECTED, State.CONNECTED), (NOTHING, State.STOPPED)]
)
async def test_a_cached_code_of_a_session_that_shows_none_is_not_ready(status, state):
    with pytest.raises(QrNotReady) as refusal:
        await Fake(status, qr=CODE).admin.get_qr(KEY)
    assert refusal.value.state is state


async def test_a_build_without_codes_is_unsupported():
    renamed = {"success": False, "error": "sessionPool.getQR is not a function"}
    gateway = Fake(DISCONNECTED, qr=httpx.Response(500, json=renamed))
    with pytest.raises(Unsupported):
        await gateway.admin.get_qr(KEY)


async def test_another_failure_of_the_code_is_the_gateways():
    failed = {"success": False, "error": "out of memory"}
    gateway = Fake(DISCONNECTED, qr=httpx.Response(500, json=failed))
    with pytest.raises(GatewayUnreachable):
        await gateway.admin.get_qr(KEY)


@pytest.mark.parametrize("qr", [5, ["2@"], "é", "x" * 2954, True])
async def test_what_cannot_be_a_code_is_confusion(qr):
    with pytest.raises(GatewayConfused):
        await Fake(DISCONNECTED, qr=qr).admin.get_qr(KEY)


async def test_no_route_that_always_fails_is_ever_asked():
    gateway = Fake(DISCONNECTED, qr=CODE)
    admin = gateway.admin
    for call in (admin.get_session, admin.restart, admin.stop, admin.reset, admin.get_qr):
        await call(KEY)
    broken = ("baileys/disconnect/", "baileys/reconnect/", "baileys/session/")
    assert not [asked for asked in gateway.asked if any(route in asked for route in broken)]
