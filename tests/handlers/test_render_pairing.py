"""The words under the live QR."""

from datetime import UTC, datetime, timedelta

import pytest
from shown import EN, HOSTILE, LONGEST_ID, RU, carried, company, units, words

from bot.domain.pairing import (
    Ended,
    Ending,
    Paired,
    Proving,
    Scanned,
    Show,
    Waiting,
    WrongNumber,
)
from bot.domain.session import State
from handlers.callbacks import digits_tag
from handlers.render.pairing import pairing

UNTIL = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)
CODE = Show(number=2, left_s=18, until=UNTIL, raw="2@not-a-real-code")
PAIRED = Paired(phone="79001234567", took=timedelta(seconds=83))
WRONG = WrongNumber(expected="79001234567", linked="79009998877")
STEPS = [Waiting(), CODE, Scanned(sure=True), Scanned(sure=False), Proving(for_s=20), PAIRED, WRONG]
STEPS += [Ended(ending=one) for one in Ending]


def view(step, texts=RU):
    return pairing(texts, company(), step)


def test_a_code_comes_with_its_number_its_time_and_how_to_scan():
    text = words(view(CODE))
    assert text.startswith("📷 962302 Салон · код 2, сменится 18 сент., 15:05 UTC")
    assert [line[:2] for line in text.splitlines() if line[:1].isdigit()] == ["1.", "2.", "3."]
    assert "Связанные устройства" in text


def test_a_code_at_its_end_is_about_to_change():
    assert "вот-вот сменится" in words(view(Show(number=1, left_s=0, until=UNTIL, raw="2@x")))


def test_the_payload_never_gets_into_the_words():
    assert "2@" not in words(view(CODE))


def test_scanned_is_not_called_paired_and_its_code_is_covered():
    scanned = view(Scanned(sure=True))
    assert "ещё не привязка" in words(scanned)
    assert scanned.picture == "waiting"


def test_paired_is_told_with_its_proof():
    proven = view(PAIRED)
    assert "продержалась 20 с" in words(proven)
    assert "номер •••4567" in words(proven)
    assert "1 мин 23 с" in words(proven)
    assert proven.picture == "paired"


def test_a_number_that_is_not_told_is_not_made_up():
    text = words(view(Paired(phone=None, took=timedelta(seconds=5), unaided=True)))
    assert "номера шлюз не назвал" in text
    assert "Код не понадобился" in text


def test_a_wrong_number_shows_both_masked_and_offers_a_reset():
    wrong = view(WRONG)
    assert "•••8877" in words(wrong)
    assert "•••4567" in words(wrong)
    assert "7900" not in words(wrong)
    assert "do:reset:962302" in carried(wrong)
    assert f"do:accept:962302:{digits_tag('8877')}" in carried(wrong)


@pytest.mark.parametrize("ending", [Ending.EXPIRED, Ending.REFUSED, Ending.MOVED, Ending.NO_CODE])
def test_what_may_work_the_next_time_can_be_shown_again(ending):
    assert carried(view(Ended(ending=ending)))[0] == "do:qr:962302"


def test_dead_credentials_lead_to_the_reset():
    assert carried(view(Ended(ending=Ending.NEEDS_RESET)))[0] == "do:reset:962302"


def test_a_passkey_is_not_met_with_another_qr():
    refused = view(Ended(ending=Ending.REFUSED, state=State.AWAITING_PASSKEY))
    assert "passkey" in words(refused)
    assert carried(refused) == ["do:check:962302"]


def test_no_code_outlives_its_end():
    first = {Ending.ALREADY_CONNECTED, Ending.STILL_TRYING}  # ended before any code was shown
    uncovered = [one for one in Ending if view(Ended(ending=one)).picture is None]
    assert set(uncovered) == first


@pytest.mark.parametrize("texts", [RU, EN])
@pytest.mark.parametrize("step", STEPS)
def test_every_step_fits_under_a_picture(step, texts):
    seen = pairing(texts, company(LONGEST_ID, HOSTILE), step)
    assert 0 < units(words(seen)) <= 1024
    assert all(len(data.encode()) <= 64 for data in carried(seen))
