"""`repair-bot hooks` says how each gateway is made to push."""

import pytest

from bot.cli.hooks import how_to_push
from bot.settings import load, read_setup

SECRET = "a-long-random-word-1234"
KEY = "the-key-it-signs-with"
BASE = {"TELEGRAM_BOT_TOKEN": "123456:TEST-TOKEN", "OWNER_IDS": "1001"}


def said(*, show=False, **environ):
    settings = load({**BASE, **environ}, env_file=None)
    return how_to_push(settings, read_setup(settings), show=show)


def test_the_secret_is_a_placeholder_unless_it_is_asked_for():
    both = {"GATEWAY": "waha", "HOOK_SECRET": SECRET, "HOOK_KEY": KEY}
    hidden = said(**both)
    assert SECRET not in hidden
    assert KEY not in hidden
    assert "WHATSAPP_HOOK_URL=http://127.0.0.1:8081/hooks/waha/<HOOK_SECRET>" in hidden
    shown = said(show=True, **both)
    assert f"/hooks/waha/{SECRET}" in shown
    assert f"WHATSAPP_HOOK_HMAC_KEY={KEY}" in shown


def test_a_gateway_without_pushes_is_polled():
    assert "polled" in said(GATEWAY="ai_admin", HOOK_SECRET=SECRET)


def test_what_is_missing_is_said():
    assert "HOOK_SECRET is not set" in said(GATEWAY="waha")
    assert "LISTEN is empty" in said(GATEWAY="waha", LISTEN="")


@pytest.mark.parametrize("listen", ["0.0.0.0:8081", "[::]:8081"])
def test_an_address_for_everybody_is_not_taken_for_a_name(listen):
    assert "http://<host-of-the-bot>:8081/hooks/" in said(GATEWAY="waha", LISTEN=listen)
