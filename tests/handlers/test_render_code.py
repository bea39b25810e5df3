"""The words around a code to be typed in."""

from datetime import UTC, datetime, timedelta

import pytest
from shown import EN, HOSTILE, LONGEST_ID, NOW, RU, carried, company, units, words

from bot.domain.pairing import Ended, Ending, Means, ShowCode, Tidying, Waiting
from bot.domain.session import State
from bot.sandbox.telegram.keyboards import read_keyboard
from handlers.render.pairing import pairing
from handlers.render.place import payload_of, read_payload

UNTIL = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)
CODE = ShowCode(code="FAKE-CODE", phone="79001234567", left_s=42, until=UNTIL)
LATE = ShowCode(code="FAKE-CODE", phone="79001234567", left_s=0, until=UNTIL, fresh=False)
AGAIN_AT = NOW + timedelta(hours=1)
ENDS = [Ended(ending=one) for one in Ending]
TIDIED = [Ended(ending=Ending.EXPIRED, tidied=one) for one in (True, False)]
TOO_MANY = Ended(ending=Ending.TOO_MANY, again_at=AGAIN_AT, tidied=True)


def view(step, texts=RU, **about):
    return pairing(texts, company(**about), step, Means.CODE)


def all_buttons(shown):
    if shown.keyboard is None:
        return []
    return [
        one for row in read_keyboard(shown.keyboard.model_dump(exclude_none=True)) for one in row
    ]


def test_the_code_stands_alone_on_its_line_and_under_one_tap():
    shown = view(CODE)
    assert "\nFAKE-CODE\n" in words(shown)
    assert "<code>FAKE-CODE</code>" in shown.caption
    assert all_buttons(shown)[0]["copy_text"]["text"] == "FAKE-CODE"


def test_the_number_is_masked_and_the_seconds_are_told():
    head = words(view(CODE)).splitlines()[0]
    assert head == "🔢 962302 Салон · код для номера •••4567, истекает 18 сент., 15:05 UTC"


def test_a_code_whose_time_is_up_is_not_called_dead():
    assert "ещё могут принять" in words(view(LATE))


def test_another_number_than_before_is_pointed_out():
    assert "⚠️" not in words(view(CODE, expected_phone="79001234567"))
    warned = words(view(CODE, expected_phone="79007654321"))
    assert "•••4321" in warned
    assert "7900" not in warned


def test_a_qr_is_one_button_away():
    assert all_buttons(view(CODE))[-1]["callback_data"] == "do:qr:962302"


@pytest.mark.parametrize("step", [Waiting(), Tidying(), *ENDS, *TIDIED, TOO_MANY])
def test_no_other_step_holds_a_code(step):
    shown = view(step)
    assert "<code>" not in shown.caption
    assert not any("copy_text" in button for button in all_buttons(shown))


def test_what_was_cleared_away_is_told_and_what_was_not_leads_to_a_reset():
    done, failed = (view(step) for step in TIDIED)
    assert "отложены в сторону" in words(done)
    assert "do:reset:962302" not in carried(done)
    assert "do:reset:962302" in carried(failed)


def test_too_many_codes_says_when_the_next_is_possible_and_offers_the_qr():
    shown = view(TOO_MANY)
    assert f'unix="{int(AGAIN_AT.timestamp())}"' in shown.caption
    assert carried(shown)[0] == "do:qr:962302"


def test_a_passkey_is_not_met_with_another_code():
    refused = view(Ended(ending=Ending.REFUSED, state=State.AWAITING_PASSKEY))
    assert "passkey" in words(refused)
    assert "do:code:962302" not in carried(refused)


@pytest.mark.parametrize("texts", [RU, EN])
@pytest.mark.parametrize("step", [CODE, LATE, Waiting(), Tidying(), *ENDS, *TIDIED, TOO_MANY])
def test_every_step_fits_with_the_longest_and_most_hostile_names(step, texts):
    about = company(LONGEST_ID, HOSTILE, expected_phone="1" * 15)
    shown = pairing(texts, about, step, Means.CODE)
    assert 0 < units(words(shown)) <= 4096
    data = [button["callback_data"] for button in all_buttons(shown) if "callback_data" in button]
    assert all(len(one.encode()) <= 64 for one in data)


@pytest.mark.parametrize("means", Means)
def test_the_way_to_the_private_chat_names_means_and_company(means):
    payload = payload_of(means, company("a_b-c"))
    assert read_payload(payload) == (means, "a_b-c")
    assert len(payload_of(means, company(LONGEST_ID))) <= 64


@pytest.mark.parametrize("payload", ["", "qr", "hello_962302", "_962302", "QR_1"])
def test_a_foreign_payload_is_none_of_ours(payload):
    assert read_payload(payload) is None
