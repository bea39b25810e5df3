"""What is built by the settings, and what is left out by them."""

import pytest

from bot.alerts.courier import Delivered, RetryLater
from bot.runtime.leases import Alone, Leases
from bot.runtime.roles import LeasedCourier
from bot.settings import load
from bot.wiring.program import build

LEAST = {"TELEGRAM_BOT_TOKEN": "123456:TEST-TOKEN", "OWNER_IDS": "1001"}


async def built(tmp_path, **settings):
    here = {"DATABASE_URL": f"sqlite:///{tmp_path / 'repair.db'}"}
    return build(load(LEAST | here | settings, None))


def paths(app):
    return sorted(route.path for route in app.server._routes)


async def test_without_a_place_to_listen_there_is_no_server(tmp_path):
    assert (await built(tmp_path, LISTEN="")).server is None


async def test_a_door_is_made_for_each_who_was_given_a_secret(tmp_path):
    plain = await built(tmp_path)
    pushes = await built(tmp_path, HOOK_SECRET="a-long-hidden-word-of-32-letters")
    webhook = await built(
        tmp_path,
        TELEGRAM_WEBHOOK_URL="https://bot.example/telegram",
        TELEGRAM_WEBHOOK_SECRET="another-hidden-word",
    )
    assert set(paths(plain)) < set(paths(pushes))
    assert "/telegram" in paths(webhook)
    assert "/telegram" not in paths(plain)


@pytest.mark.parametrize(
    ("url", "kind"),
    [("sqlite:///repair.db", Alone), ("postgresql://repair@127.0.0.1/repair", Leases)],
)
async def test_replicas_share_the_work_on_postgresql_alone(tmp_path, monkeypatch, url, kind):
    monkeypatch.chdir(tmp_path)
    assert type((await built(tmp_path, DATABASE_URL=url)).leases) is kind


async def test_a_switch_that_is_named_is_told_that_the_bot_lives(tmp_path):
    assert (await built(tmp_path)).heartbeat is None
    named = await built(tmp_path, HEARTBEAT_URL="https://switch.example/ping")
    assert named.heartbeat is not None


@pytest.mark.parametrize("is_alive", [True, False])
async def test_a_replica_that_was_replaced_sends_nothing(is_alive):
    class Post:
        """Takes every letter."""

        def __init__(self):
            self.taken = []

        async def deliver(self, letter):
            self.taken.append(letter)
            return Delivered(1)

    post = Post()
    outcome = await LeasedCourier(post, lambda: is_alive).deliver("a letter")
    assert isinstance(outcome, Delivered if is_alive else RetryLater)
    assert post.taken == (["a letter"] if is_alive else [])
