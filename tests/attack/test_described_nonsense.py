"""Nonsense from described gateways: nobody is called lost by it, and nothing unsaid is called.

Ten thousand replies for each kind with `--hypothesis-profile=thorough`.
"""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.session import State
from bot.gateways.base import GatewayError, PushRefused, Qr, SessionInfo, Unsupported
from bot.gateways.client import GatewayClient
from bot.gateways.described.contradictions import calls_of
from bot.gateways.described.kind import SHIPPED, shipped
from bot.gateways.described.replies import plain
from bot.gateways.described.words import DescribedAct

KEY = "962302"
PNG = "data:image/png;base64,iVBORw0KGgo="
LOST = (State.LOGGED_OUT, State.FAILED)


class Clock:
    def __init__(self):
        self.now = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


def fields_of(description):
    """Every name that the description reads, and every word that it knows."""
    rules = [description.list, description.one, description.push]
    paths = [
        path
        for rule in rules
        if rule is not None
        for name in ("state", "phone", "reason", "qr", "restricted")
        for path in getattr(rule.fields, name)
    ]
    paths += [description.list.items, tuple(description.list.key.strip("@").split("."))]
    return sorted({part for path in paths for part in path} | {"success", "error", "message"})


def words_of(description):
    return [word.rpartition("=")[2] for word in description.words]


@st.composite
def bodies(draw, description, *, sane):
    """A body of the names that are read; with `sane` false no word in it is a known one."""
    words = st.sampled_from(words_of(description)) if sane else st.nothing()
    strange = st.text(max_size=12).filter(lambda text: is_strange(description, text))
    scalars = st.one_of(
        words, strange, st.none(), st.booleans(), st.integers(-5, 600), st.just(KEY), st.just(PNG)
    )
    names = st.sampled_from(fields_of(description)) | st.text(max_size=5)
    values = st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
        max_leaves=12,
    )
    return draw(values)


def is_strange(description, text):
    word = plain(text) or ""
    begins = any(word.startswith(beginning) for beginning, _ in description.reasons)
    return word not in words_of(description) and not begins


def contents(description, *, sane):
    told = bodies(description, sane=sane)
    return st.one_of(
        told.map(lambda body: json.dumps(body).encode()),
        st.binary(max_size=60),
        st.just(b"<!DOCTYPE html><html>502</html>"),
        st.just(b"[" * 5000),
    )


STATUSES = st.sampled_from([200, 200, 200, 200, 201, 204, 302, 400, 401, 404, 409, 422, 500, 503])


class Gateway:
    """Answers in turn, whatever is asked; what was asked is kept."""

    def __init__(self, answers):
        self.answers, self.asked = answers, []

    def __call__(self, request):
        self.asked.append(request)
        body, status = self.answers[len(self.asked) % len(self.answers)]
        return httpx.Response(status, content=body)


async def tried(kind, gateway):
    """Every call of an adapter but the reset, and what its looks said."""
    adapter = kind(
        GatewayClient("http://gateway.invalid", transport=httpx.MockTransport(gateway)),
        key="user:fake",
        clock=Clock(),
        sessions={KEY: "fake-token"},
        first_life_s=0,
        next_life_s=0,
    )
    looks = [adapter.list_sessions, lambda: adapter.get_session(KEY), adapter.ping]
    acts = [adapter.start, adapter.restart, adapter.stop, adapter.get_qr]
    acts += [lambda key: adapter.request_pairing_code(key, "79000962302")]
    acts += [lambda key: adapter.send_text(key, "79000962302", "ping")]
    found = []
    for call in [*looks, *[lambda act=act: act(KEY) for act in acts]]:
        try:
            said = await call()
        except GatewayError:
            continue
        found += [said] if isinstance(said, SessionInfo) else said if isinstance(said, list) else []
        assert not isinstance(said, Qr) or (said.raw is None) != (said.png is None)
    return found


def harmless(description):
    """The routes that may be called without a reset: looks, and what is said to keep logins."""
    allowed = {
        DescribedAct(name) for name in DescribedAct if description.offered(DescribedAct(name))
    } - {DescribedAct.RESET}
    return {
        call.route
        for where, call in calls_of(description)
        if where not in {act.value for act in DescribedAct} or DescribedAct(where) in allowed
    }


def fits(request, routes):
    def same(route):
        method, path = route.split(" ", 1)
        parts, asked = path.split("/"), request.url.path.split("/")
        return method == request.method and len(parts) == len(asked) and all(
            part == told or "{" in part for part, told in zip(parts, asked, strict=True)
        )  # fmt: skip

    return any(map(same, routes))


@pytest.mark.parametrize("name", SHIPPED)
def test_nobody_is_lost_by_nonsense_and_nothing_is_called_that_may_destroy(name):
    kind = shipped(name)
    told = kind.description
    answers = st.lists(st.tuples(contents(told, sane=False), STATUSES), min_size=1, max_size=4)

    @given(answers=answers)
    def check(answers):
        gateway = Gateway(answers)
        found = asyncio.run(tried(kind, gateway))
        assert [info for info in found if info.state in LOST] == []
        assert [info for info in found if not info.raw_state.isprintable()] == []
        assert [str(one.url) for one in gateway.asked if not fits(one, harmless(told))] == []

    check()


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_half_sane_is_lost_by_its_own_words_alone(name):
    kind = shipped(name)
    told = kind.description
    lost = {word for word, meaning in told.words.items() if meaning.state in LOST}
    answers = st.lists(st.tuples(contents(told, sane=True), STATUSES), min_size=1, max_size=4)

    @given(answers=answers)
    def check(answers):
        gateway = Gateway(answers)
        found = asyncio.run(tried(kind, gateway))
        for info in (info for info in found if info.state in LOST):
            assert info.cause is not None or (plain(info.raw_state) or "") in lost
        assert [str(one.url) for one in gateway.asked if not fits(one, harmless(told))] == []

    check()


@pytest.mark.parametrize("name", [name for name in SHIPPED if shipped(name).caps.push_events])
def test_pushes_are_events_or_refused(name):
    kind = shipped(name)
    transport = httpx.MockTransport(lambda _: httpx.Response(500))
    adapter = kind(GatewayClient("http://gateway.invalid", transport=transport), clock=Clock())

    @given(body=contents(kind.description, sane=False))
    def check(body):
        try:
            events = adapter.read_push({}, body)
        except (PushRefused, Unsupported):
            return
        assert [event for event in events if event.state in LOST] == []

    check()
