"""`wppconnect`: what its replies and pushes mean, and what it is asked."""

import json
from dataclasses import replace

import httpx
import pytest
from kinds_world import QUICK, met
from recorded import KEY, Clock, client, json_transport
from replies_of import Replayed, body_of, meeting, push_of

from bot.domain.session import Cause, State
from bot.gateways.base import (
    GatewayAuthError,
    GatewayConfused,
    GatewayUnreachable,
    NotSent,
    QrNotReady,
    SessionNotFound,
    Stuck,
    Unsupported,
)
from bot.gateways.events import GatewayEvent, PushNews
from bot.gateways.wppconnect import Wppconnect
from bot.sandbox.gateway import Phase

PHONE = "79000962302"
TOKEN = f"token-{KEY}"


def wppconnect(*names, **more):
    return meeting("wppconnect", TOKEN, *names, **more)


def paths(asked):
    return [f"{one.method} {one.url.path.rsplit('/', 1)[-1]}" for one in asked]


@pytest.mark.parametrize(
    ("names", "state"),
    [
        (("status-connected", "check-connected", "phone"), State.CONNECTED),
        (("status-connected", "check-denied"), State.DISCONNECTED),
        (("status-connected",), State.UNKNOWN),
        (("status-initializing",), State.CONNECTING),
        (("status-qrcode",), State.AWAITING_SCAN),
        (("status-phonecode",), State.AWAITING_SCAN),
        (("status-closed",), State.STOPPED),
        (("status-null",), State.STOPPED),
        (("status-strange",), State.UNKNOWN),
    ],
)
async def test_a_status_is_a_state_once_the_page_bears_it_out(names, state):
    info = await wppconnect("sessions", *names)[0].get_session(KEY)
    assert (info.key, info.state, info.cause) == (KEY, state, None)
    assert info.owner_phone == (PHONE if state is State.CONNECTED else None)


async def test_what_is_closed_and_not_listed_is_not_there():
    listed = {"response": ["962303"]}
    closed = body_of("wppconnect", "status-closed")

    def answer(request):
        path = request.url.path
        if path.endswith("generate-token"):
            return body_of("wppconnect", TOKEN)
        return listed if path.endswith("show-all-sessions") else closed

    gateway = Wppconnect(client(json_transport(answer)), key="fake", clock=Clock())
    with pytest.raises(SessionNotFound):
        await gateway.get_session(KEY)


async def test_the_list_tells_names_and_each_state_is_asked_for():
    gateway, asked = wppconnect(
        "sessions",
        "token-962303",
        "status-closed",
        "status-connected-962303",
        "check-connected-962303",
    )
    found = {info.key: info.state for info in await gateway.list_sessions()}
    assert found == {KEY: State.STOPPED, "962303": State.CONNECTED}
    assert len(asked) == 6


async def test_older_builds_wrap_each_name():
    [info] = await wppconnect("sessions-wrapped", "status-qrcode")[0].list_sessions()
    assert info.key == KEY


async def test_a_session_that_cannot_be_told_is_silent_and_not_lost():
    gateway, _ = wppconnect("sessions", "status-closed")
    told = {info.key: info.silent for info in await gateway.list_sessions()}
    assert told == {KEY: False, "962303": True}


async def test_a_gateway_whose_states_are_all_silent_is_silent():
    with pytest.raises(GatewayUnreachable):
        await wppconnect("sessions-one")[0].list_sessions()


async def test_some_sessions_in_trouble_are_no_trouble_of_the_gateway():
    names = [f"9{n:05d}" for n in range(60)]

    async def answer(request):
        path = request.url.path
        if path.endswith("show-all-sessions"):
            return httpx.Response(200, json={"response": names})
        if path.endswith("generate-token"):
            return httpx.Response(201, json=body_of("wppconnect", TOKEN))
        status = 500 if path.split("/")[2] in names[-9:] else 200
        return httpx.Response(status, json=body_of("wppconnect", "status-closed"))

    gateway = Wppconnect(client(httpx.MockTransport(answer)), key="fake", clock=Clock())
    infos = await gateway.list_sessions()
    assert [info.key for info in infos if info.silent] == names[-9:]
    assert len(infos) == 60


async def test_a_dozen_silent_sessions_are_enough_to_ask_no_more():
    asked = []

    async def answer(request):
        path = request.url.path
        if path.endswith("show-all-sessions"):
            return httpx.Response(200, json={"response": [f"9{n:05d}" for n in range(300)]})
        asked.append(path)
        return httpx.Response(503, json={})

    gateway = Wppconnect(client(httpx.MockTransport(answer)), key="fake", clock=Clock())
    with pytest.raises(GatewayUnreachable):
        await gateway.list_sessions()
    assert len(asked) < 20


@pytest.mark.parametrize(("names", "key"), [(("sessions-refused",), "fake"), ((), None)])
async def test_a_secret_that_is_wrong_or_missing_is_a_matter_of_settings(names, key):
    gateway = wppconnect(*names)[0] if key else Wppconnect(client(None), clock=Clock())
    with pytest.raises(GatewayAuthError) as raised:
        await gateway.list_sessions()
    assert "fake" not in str(raised.value)


async def test_a_refused_secret_gives_no_token():
    with pytest.raises(GatewayAuthError):
        await meeting("wppconnect", "token-refused")[0].get_session(KEY)


async def test_a_token_is_made_once_and_thrown_away_when_it_is_refused():
    tokens, refused = [], [False]

    def answer(request):
        if request.url.path.endswith("generate-token"):
            tokens.append(request)
            return httpx.Response(201, json=body_of("wppconnect", TOKEN))
        if refused[0]:
            return httpx.Response(401, json={"error": "Check the token"})
        return body_of("wppconnect", "status-qrcode")

    gateway = Wppconnect(client(json_transport(answer)), key="fake", clock=Clock())
    await gateway.get_session(KEY)
    await gateway.get_session(KEY)
    assert len(tokens) == 1
    refused[0] = True
    with pytest.raises(GatewayAuthError):
        await gateway.get_session(KEY)
    refused[0] = False
    await gateway.get_session(KEY)
    assert len(tokens) == 2


async def test_errors_tell_neither_secret_nor_path():
    gateway = Wppconnect(
        client(json_transport(lambda _: httpx.Response(500))), key="very-secret", clock=Clock()
    )
    for call in (gateway.list_sessions(), gateway.get_session(KEY), gateway.reset(KEY)):
        with pytest.raises(GatewayUnreachable) as raised:
            await call
        assert "secret" not in str(raised.value)


async def test_a_code_is_shown_while_it_is_one():
    gateway, _ = wppconnect("status-qrcode")
    assert (await gateway.get_qr(KEY)).raw == "2@fake"


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("status-connected", State.CONNECTED),  # which still holds the code it was linked with
        ("status-phonecode", State.CONNECTING),
        ("status-closed", State.STOPPED),
    ],
)
async def test_a_used_code_is_never_shown(name, state):
    with pytest.raises(QrNotReady) as raised:
        await wppconnect(name)[0].get_qr(KEY)
    assert raised.value.state is state


async def test_a_start_of_what_runs_asks_for_nothing():
    gateway, asked = wppconnect("status-qrcode", "start")
    await gateway.start(KEY)
    assert "POST start-session" not in paths(asked)


async def test_a_restart_closes_first():
    gateway, asked = wppconnect("status-connected", "close", "start")
    await gateway.restart(KEY)
    assert paths(asked)[-2:] == ["POST close-session", "POST start-session"]


async def test_a_close_that_failed_in_a_200_goes_no_further():
    gateway, asked = wppconnect("status-connected", "close-failed", "start")
    with pytest.raises(GatewayConfused):
        await gateway.restart(KEY)
    assert "POST start-session" not in paths(asked)


async def test_a_code_to_be_typed_in_closes_the_window_that_shows_a_qr():
    gateway, asked = wppconnect("status-qrcode", "close", "start-code")
    assert (await gateway.request_pairing_code(KEY, PHONE)).code == "ABCD-1234"
    assert paths(asked)[-2:] == ["POST close-session", "POST start-session"]
    assert json.loads(asked[-1].content) == {"phone": PHONE, "waitQrCode": True}


async def test_a_build_that_answers_with_a_qr_has_no_codes():
    with pytest.raises(Unsupported):
        await wppconnect("status-closed", "start-qrcode")[0].request_pairing_code(KEY, PHONE)


async def test_what_is_connected_is_closed_for_no_code():
    gateway, asked = wppconnect("status-connected", "close", "start-code")
    with pytest.raises(QrNotReady):
        await gateway.request_pairing_code(KEY, PHONE)
    assert "POST close-session" not in paths(asked)


@pytest.mark.parametrize("logout", ["logout", "logout-inactive"])
async def test_a_reset_logs_out_clears_and_starts(logout):
    gateway, asked = wppconnect("status-connected", logout, "clear", "start")
    await gateway.reset(KEY)
    assert [path for path in paths(asked) if path.startswith("POST")][1:] == [
        "POST logout-session",
        "POST clear-session-data",
        "POST start-session",
    ]


async def test_a_reset_whose_clearing_failed_starts_nothing():
    gateway, asked = wppconnect("status-closed", "clear-failed", "start")
    with pytest.raises(GatewayConfused):
        await gateway.reset(KEY)
    assert "POST start-session" not in paths(asked)


async def test_a_message_has_an_id():
    sent = await wppconnect("sent")[0].send_text(KEY, PHONE, "ping")
    assert sent == f"true_{PHONE}@c.us_3EB0FAKE"


@pytest.mark.parametrize(
    ("name", "error"), [("not-sent", NotSent), ("not-sent-error", GatewayConfused)]
)
async def test_a_message_that_was_not_taken_is_an_error(name, error):
    with pytest.raises(error):
        await wppconnect(name)[0].send_text(KEY, PHONE, "ping")


@pytest.mark.parametrize(
    ("name", "what", "state", "cause"),
    [
        ("push-in-chat", PushNews.STATE, State.CONNECTED, None),
        ("push-removed", PushNews.STATE, State.LOGGED_OUT, Cause.DEVICE_REMOVED),
        ("push-removed-old", PushNews.STATE, State.LOGGED_OUT, Cause.DEVICE_REMOVED),
        ("push-logout", PushNews.STATE, State.LOGGED_OUT, Cause.LOGGED_OUT_HERE),
        ("push-autoclose", PushNews.STATE, State.STOPPED, Cause.QR_WINDOW_OVER),
        ("push-phone-away", PushNews.STATE, State.DISCONNECTED, Cause.CONNECTION_LOST),
        ("push-browser-close", PushNews.STATE, State.STOPPED, None),
        ("push-closed", PushNews.STATE, State.STOPPED, None),
        ("push-not-logged", PushNews.STATE, State.AWAITING_SCAN, None),
        ("push-strange", PushNews.STATE, None, None),
        ("push-read", PushNews.PAIRING, None, None),
        ("push-code", PushNews.PAIRING, State.AWAITING_SCAN, None),
        ("push-qr", PushNews.QR, State.AWAITING_SCAN, None),
    ],
)
def test_a_push_is_one_event(name, what, state, cause):
    [event] = wppconnect()[0].read_push(*push_of("wppconnect", name))
    assert (event.what, event.key, event.state, event.cause) == (what, KEY, state, cause)


def test_of_a_message_nothing_is_told_but_that_it_came():
    [event] = wppconnect()[0].read_push(*push_of("wppconnect", "push-message"))
    assert event == GatewayEvent(what=PushNews.MESSAGE, key=event.key)


def real(at):
    here = Replayed("wppconnect", "server-2.10.4.jsonl", "wppconnect")
    here.go_to(at)
    return here


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (0.1, State.STOPPED),
        (16.2, State.CONNECTING),
        (60, State.CONNECTING),  # for ever: WhatsApp Web was out of reach
        (64.2, State.STOPPED),
        (115.3, State.CONNECTING),
    ],
)
async def test_what_a_real_server_said_is_told_as_it_was(at, state):
    here = real(at)
    assert (await here.adapter.get_session(KEY)).state is state
    assert [info.state for info in await here.adapter.list_sessions()] == [state]


async def test_a_real_start_that_answers_the_state_before_it_is_a_start():
    here = real(0.1)
    here.go_to(16.1)
    await here.adapter.start(KEY)
    assert here.asked[-1] == f"POST /api/{KEY}/start-session"


async def test_a_real_reset_goes_to_its_end():
    here = real(115.2)
    await here.adapter.reset(KEY)
    assert here.asked[-1] == f"POST /api/{KEY}/start-session"


def closing(answers, after):
    """A server that answers each close by the next of `answers`; then the session is `after`."""
    closes, asked = list(answers), []
    said = ["INITIALIZING"]

    def answer(request):
        asked.append(request)
        path = request.url.path
        if path.endswith("generate-token"):
            return httpx.Response(201, json=body_of("wppconnect", TOKEN))
        if path.endswith("close-session"):
            said[0] = after
            return closes.pop(0)
        if path.endswith("start-session"):
            said[0] = "INITIALIZING"
            return {"status": "CLOSED", "qrcode": None}
        return {"status": said[0], "qrcode": None}

    gateway = Wppconnect(client(json_transport(answer)), key="fake", clock=Clock())
    return gateway, asked, said


def failed_close():
    body = {"status": False, "message": "Error closing session", "error": {"level": "error"}}
    return httpx.Response(500, json=body)


async def test_a_close_answered_by_500_has_taken_place_where_it_is_closed_afterwards():
    gateway, asked, _ = closing([failed_close()], "CLOSED")
    await gateway.restart(KEY)
    assert paths(asked)[-1] == "POST start-session"


@pytest.mark.parametrize("after", ["INITIALIZING", "QRCODE", "CONNECTED"])
async def test_a_close_answered_by_500_has_not_taken_place_where_it_runs_on(after):
    gateway, asked, _ = closing([failed_close()], after)
    with pytest.raises(GatewayUnreachable):
        await gateway.restart(KEY)
    assert "POST start-session" not in paths(asked)


async def test_a_second_close_that_would_leave_another_browser_asks_for_a_restart():
    gateway, asked, _ = closing([failed_close(), failed_close()], "CLOSED")
    await gateway.restart(KEY)
    with pytest.raises(Stuck):
        await gateway.restart(KEY)
    assert paths(asked).count("POST close-session") == 1


@pytest.mark.parametrize("came", ["QRCODE", "CONNECTED", "PHONECODE"])
async def test_a_page_that_came_since_lets_it_be_closed_again(came):
    gateway, asked, said = closing([failed_close(), failed_close()], "CLOSED")
    await gateway.restart(KEY)
    said[0] = came
    await gateway.stop(KEY)
    assert paths(asked).count("POST close-session") == 2


async def test_a_404_that_is_not_the_sessions_own_is_no_unsent_message():
    def answer(request):
        if request.url.path.endswith("generate-token"):
            return httpx.Response(201, json=body_of("wppconnect", TOKEN))
        return httpx.Response(404, json={"error": "Not Found"})

    gateway = Wppconnect(client(json_transport(answer)), key="fake", clock=Clock())
    with pytest.raises(GatewayConfused):
        await gateway.send_text(KEY, PHONE, "ping")


async def test_where_whatsapp_web_cannot_be_loaded_a_second_reconnect_asks_for_a_restart(tmp_path):
    """It is INITIALIZING for ever: the first close says 500 and works, and leaves a browser."""
    async with met("wppconnect", tmp_path, pace=replace(QUICK, login_s=3600)) as here:
        await here.gateway.act(KEY, "drop_for_good")
        await here.adapter.restart(KEY)
        assert (await here.adapter.get_session(KEY)).state is State.CONNECTING
        await here.adapter.restart(KEY)
        assert here.gateway.phase(KEY) is Phase.CONNECTING
        kept = here.creds()
        with pytest.raises(Stuck):
            await here.adapter.restart(KEY)
        assert (here.gateway.phase(KEY), here.creds()) == (Phase.CONNECTING, kept)


async def test_a_reset_is_not_held_up_by_browsers_that_were_left(tmp_path):
    async with met("wppconnect", tmp_path, pace=replace(QUICK, login_s=3600)) as here:
        await here.gateway.act(KEY, "drop_for_good")
        for _ in range(2):
            await here.adapter.restart(KEY)
        await here.adapter.reset(KEY)
        await here.gateway.until(KEY, Phase.SHOWING)
