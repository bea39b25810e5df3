"""Questions, progress and ends as the asker sees them."""

from datetime import timedelta

import pytest
from shown import EN, HOSTILE, LONGEST_ID, NOW, RU, carried, company, styles, words

from bot.actions.results import NothingKept, Question
from bot.domain.access import UserId
from bot.domain.procedure import Finished, ProcedureKind, ProcedureOutcome, ProcedureStep
from handlers.render import questions, recovery

RESET, RECONNECT = ProcedureKind.RESET, ProcedureKind.RECONNECT
STEPS = [ProcedureStep.STOPPING, ProcedureStep.QUIETING, ProcedureStep.SETTING_ASIDE]


def question(action=RESET, *, texts=RU, reconnects=False, **more):
    values = {
        "nonce": "n" * 12,
        "action": action,
        "company": company(),
        "asked": UserId(5),
        "expires_in": timedelta(seconds=60),
        "connected": False,
        "can_be_undone": True,
        "files": 31,
    }
    return questions.question(texts, Question(**(values | more)), reconnects=reconnects)


def ended(kind, outcome, *, texts=RU, about=None, **more):
    end = Finished(outcome=outcome, **more)
    return recovery.progress(texts, kind, about or company(), STEPS, end)


def test_the_question_names_company_consequence_risk_and_way_back():
    text = words(question())
    assert "Сбросить сессию 962302 Салон?" in text
    assert "отсканировать QR телефоном компании" in text
    assert "ключ доступа (passkey)" in text
    assert "Прежние ключи (31 файл) бот отложит, а не удалит." in text
    assert "в течение 14 дней: /restore 962302" in text
    assert "60 секунд" in text


def test_yes_is_red_and_both_answers_carry_the_nonce():
    screen = question()
    assert styles(screen) == {f"ans:1:{'n' * 12}": "danger", f"ans:0:{'n' * 12}": None}


def test_a_connected_session_is_warned_about():
    assert "Она сейчас на связи." in words(question(connected=True))
    assert "на связи" not in words(question())


def test_where_the_keys_may_be_good_reconnect_comes_first_and_a_kind_without_codes_has_none():
    screen = question(reconnects=True)
    assert (
        words(screen).splitlines()[1]
        == "Сначала попробуйте «Переподключить»: ключей это не тронет."
    )
    first, second, third = (row[0].callback_data for row in screen.keyboard.inline_keyboard)
    assert (first, second[:6], third[:6]) == ("do:reconnect:962302", "ans:1:", "ans:0:")


def test_a_reset_for_ever_is_called_so():
    text = words(question(can_be_undone=False, files=None))
    assert "Отменить сброс будет нельзя" in text
    assert "/restore" not in text


def test_a_restore_tells_what_comes_back_and_what_it_cannot_do():
    text = words(question(ProcedureKind.RESTORE, kept_at=NOW))
    assert "Вернуть прежние ключи 962302 Салон?" in text
    assert "18 сент., 15:05 UTC" in text
    assert "она не оживёт" in text


def test_nothing_to_restore_says_why():
    kept = questions.nothing_kept(RU, NothingKept(company=company(), configured=True))
    unset = questions.nothing_kept(RU, NothingKept(company=company(), configured=False))
    assert "отложенных ключей нет" in words(kept)
    assert "SESSIONS_DIR" in words(unset)


def test_a_no_leaves_everything_as_it_was():
    assert words(questions.declined(RU, company())) == "962302 Салон: всё осталось как было."


def test_steps_are_ticked_and_the_present_one_is_waited_for():
    lines = words(recovery.progress(RU, RESET, company(), STEPS, None)).splitlines()
    assert [line[0] for line in lines[1:]] == ["✔", "✔", "⏳"]


def test_before_the_first_step_something_is_shown():
    assert "⏳" in words(recovery.progress(RU, RECONNECT, company(), [], None))


def test_a_failed_step_is_not_ticked():
    lines = words(ended(RESET, ProcedureOutcome.UNTOUCHED)).splitlines()
    assert [line[0] for line in lines[1:4]] == ["✔", "✔", "✖"]


def test_a_reset_ends_with_the_way_back():
    text = words(ended(RESET, ProcedureOutcome.DONE, facts={"kept": True, "files": 816}))
    assert "Прежние ключи (816 файлов) отложены." in text
    assert "/restore 962302" in text


def test_a_reset_that_kept_nothing_says_so():
    text = words(ended(RESET, ProcedureOutcome.DONE, facts={"kept": False, "files": 0}))
    assert "вернуть их нельзя" in text
    assert "/restore" not in text


def test_what_can_be_done_about_a_failure_is_said_without_raw_errors():
    busy = words(ended(RESET, ProcedureOutcome.UNTOUCHED, reason="still_writing"))
    assert "ещё записывал файлы" in busy
    raw = words(ended(RESET, ProcedureOutcome.UNTOUCHED, reason="/opt/x: Permission denied"))
    assert "Permission" not in raw


@pytest.mark.parametrize(
    ("kind", "outcome", "offered"),
    [
        (RESET, ProcedureOutcome.DONE, []),
        (RESET, ProcedureOutcome.HALF_DONE, ["do:qr:", "do:check:", "do:restore:"]),
        (RECONNECT, ProcedureOutcome.LOOKS_REVOKED, ["do:reset:", "do:check:"]),
        (RECONNECT, ProcedureOutcome.NOT_BACK, ["do:reconnect:", "do:reset:", "do:check:"]),
        (ProcedureKind.RESTORE, ProcedureOutcome.LOOKS_REVOKED, ["do:reset:", "do:check:"]),
    ],
)
def test_each_end_offers_what_mends_it(kind, outcome, offered):
    assert carried(ended(kind, outcome)) == [f"{one}962302" for one in offered]


def test_a_reconnect_is_not_promised_to_hold():
    assert "Продержится — инцидент закроется" in words(ended(RECONNECT, ProcedureOutcome.DONE))


@pytest.mark.parametrize("texts", [RU, EN])
@pytest.mark.parametrize("kind", ProcedureKind)
def test_every_end_has_its_words(kind, texts):
    named = company(LONGEST_ID, HOSTILE)
    for outcome in ProcedureOutcome:
        screen = ended(kind, outcome, texts=texts, about=named, facts={"kept": True, "files": 2})
        assert 6 <= len(words(screen).splitlines()) <= 12
        assert all(len(data.encode()) <= 64 for data in carried(screen))


@pytest.mark.parametrize("texts", [RU, EN])
@pytest.mark.parametrize("kind", ProcedureKind)
def test_every_step_has_its_words(kind, texts):
    for step in ProcedureStep:
        assert "⏳" in words(recovery.progress(texts, kind, company(), [step], None))
