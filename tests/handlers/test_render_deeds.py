"""What the bot did by itself, as the card of the incident tells it."""

import pytest
from shown import EN, NOW, RU, carried, entries, entry, message, words

from bot.domain.session import Cause
from bot.domain.trouble import Symptom, Trouble
from handlers.render.alerts import outgoing_message as render
from handlers.render.auto_actions import ActionText


def deed(outcome, rung="reconnect", number=1):
    return {"auto": {"rung": rung, "number": number, "outcome": outcome}}


def shown(symptom=Symptom.GONE, texts=RU, **more):
    return render(texts, message(entry(symptom, **more)), NOW)


def test_it_says_what_it_is_doing():
    assert "🤖 Бот переподключает сам · попытка 2" in words(shown(facts=deed(None, number=2)))


@pytest.mark.parametrize("rung", ["reconnect", "mend", "reset"])
def test_nobody_is_asked_to_press_what_the_bot_is_doing(rung):
    assert "Нажмите" not in words(shown(facts=deed(None, rung)))
    assert "Нажмите" in words(shown(Symptom.AWAY, facts=deed("not_back", rung)))


def test_a_session_that_is_back_says_who_brought_it_back():
    text = words(shown(facts=deed("done"), closed_at=NOW))
    assert text.startswith("🟢")
    assert "🤖 Бот переподключил сам · попытка 1" in text


@pytest.mark.parametrize("ended", [{}, {"closed_at": NOW}])
def test_it_says_so_where_two_share_a_message(ended):
    two = message(*entries(2, Symptom.GONE, facts=deed("done"), **ended))
    assert words(render(RU, two, NOW)).count("🤖 Бот переподключил сам") == 2


def test_keys_that_were_refused_are_no_proof_of_a_revocation():
    screen = shown(Symptom.REVOKED, facts=deed("looks_revoked"))
    assert "WhatsApp больше не принимает ключи этой сессии" in words(screen)
    assert "Больше не пробует" in words(screen)
    assert "do:reset:962302" in carried(screen)


def test_a_passing_cause_makes_no_proof_of_it_either():
    screen = shown(Symptom.REVOKED, cause=Cause.CONNECTION_CLOSED, facts=deed("looks_revoked"))
    assert "похоже, привязку отозвали" in words(screen)


def test_a_proven_revocation_is_said_as_it_is_whatever_was_tried():
    screen = shown(Symptom.REVOKED, cause=Cause.DEVICE_REMOVED, facts=deed("looks_revoked"))
    assert "похоже" not in words(screen).splitlines()[1]


@pytest.mark.parametrize("texts", [RU, EN])
@pytest.mark.parametrize("rung", ["reconnect", "mend", "reset"])
@pytest.mark.parametrize("outcome", [None, "done", "untouched", "not_back", "interrupted"])
def test_every_act_has_its_words_however_it_ended(texts, rung, outcome):
    assert "🤖" in words(shown(texts=texts, facts=deed(outcome, rung)))


def test_each_deed_is_told_in_other_words():
    assert len({RU.say(f"auto.{one}", number="1") for one in ActionText}) == len(ActionText)


def test_a_drop_that_lasted_is_not_called_over():
    of_gateway = {"trouble": Trouble.MASS_DROP, "company_id": None, "closed_at": NOW}
    lasting = shown(Symptom.MASS_DROP, facts={"lasting": True}, **of_gateway)
    assert words(lasting).startswith("⚪")
    assert "дальше о каждой сессии отдельно" in words(lasting)
    assert words(shown(Symptom.MASS_DROP, **of_gateway)).startswith("🟢")


@pytest.mark.parametrize(("texts", "promise"), [(RU, "Бот попробует ещё"), (EN, "will try again")])
def test_no_further_attempt_is_promised_where_none_would_be_made(texts, promise):
    tried = deed("not_back")
    assert promise in words(shown(Symptom.AWAY, texts, facts=tried))
    for symptom in (Symptom.AWAITING_SCAN, Symptom.REVOKED, Symptom.BOUNCING, Symptom.SETTLING):
        assert promise not in words(shown(symptom, texts, facts=tried))
    assert promise not in words(shown(Symptom.AWAY, texts, facts=tried, closed_at=NOW))


def test_the_last_attempt_of_a_day_says_that_it_was_the_last():
    tried = {"auto": deed("not_back", number=10)["auto"] | {"spent": True}}
    text = words(shown(Symptom.AWAY, EN, facts=tried))
    assert "That was the last attempt today; the rest is yours." in text
    assert "will try again" not in text


LOGGED = {"log_says": Cause.DEVICE_REMOVED.value}


@pytest.mark.parametrize(
    ("texts", "waits"), [(RU, "Пока не подтверждено"), (EN, "Not confirmed yet")]
)
def test_a_word_of_the_log_waits_for_no_confirmation_once_it_is_over(texts, waits):
    assert waits in words(shown(Symptom.GONE, texts, facts=LOGGED))
    for over in (
        shown(Symptom.GONE, texts, facts=LOGGED, closed_at=NOW),
        shown(Symptom.SETTLING, texts, facts=LOGGED),
    ):
        assert waits not in words(over)
        assert texts.say("cause.device_removed") in words(over)


@pytest.mark.parametrize("symptom", [Symptom.GONE, Symptom.SETTLING])
@pytest.mark.parametrize(("texts", "term"), [(RU, "минут"), (EN, "minute")])
def test_no_term_is_set_that_nothing_will_come_to_end(symptom, texts, term):
    todo = words(shown(symptom, texts)).splitlines()[-1]
    assert term not in todo


@pytest.mark.parametrize(
    ("facts", "cause"), [({}, Cause.DEVICE_REMOVED), (deed("looks_revoked"), None)]
)
@pytest.mark.parametrize("waited", [Symptom.AWAITING_SCAN, Symptom.AWAITING_PASSKEY])
def test_a_session_that_is_back_is_not_said_to_wait_for_a_scan(facts, cause, waited):
    over = shown(
        Symptom.SETTLING, EN, facts=facts | {"was": waited.value}, cause=cause, closed_at=NOW
    )
    assert EN.say(f"incident.brief.{waited}") not in words(over)


def test_one_that_never_was_anything_else_is():
    over = shown(Symptom.SETTLING, EN, facts={"was": "awaiting_scan"}, closed_at=NOW)
    assert EN.say("incident.brief.awaiting_scan") in words(over)
