"""Taking incidents on."""

from reading import ONE, TWO, button, has_button, refusal, words

from bot.domain.access import Role, UserId
from bot.domain.company import CompanyId
from bot.sandbox.telegram import BORIS, GLEB, GROUP_ID


async def lost(talk, company=ONE):
    await talk.gateway.act(company, "device_removed")
    return await talk.alert(company)


async def events(talk, kind):
    return [row for row in await talk.rows("incident_events") if row["event"] == kind]


async def test_the_card_says_who_is_on_it_and_nobody_is_asked_again(talk):
    card = await lost(talk)
    await talk.boris(GROUP_ID).presses(card, button(card, "ack:"))
    await talk.becomes(card, lambda one: "Занимается Борис" in one.text)
    assert not has_button(card, "ack")
    assert has_button(card, "do:reset")
    assert (BORIS.id, "ack", ONE, "done") in await talk.audited()
    [event] = await events(talk, "acked")
    assert event["facts"]["user_id"] == BORIS.id


async def test_an_incident_is_taken_on_by_its_number(talk):
    card = await lost(talk)
    answer = await talk.boris().asks("/ack 1")
    assert "вы этим занимаетесь" in answer.text
    await talk.becomes(card, lambda one: "Занимается Борис" in one.text)
    assert (await talk.boris().asks("/ack 1")).text == words("ack.taken", who="Борис")


async def test_without_a_number_what_nobody_is_on_is_offered(talk):
    card = await lost(talk)
    question = await talk.boris().asks("/ack")
    await talk.boris().presses(question, button(question, "ack:1"))
    await talk.becomes(card, lambda one: "Занимается Борис" in one.text)
    assert (await talk.boris().asks("/ack")).text == words("ack.none")


async def test_a_viewer_takes_nothing_on(talk):
    card = await lost(talk)
    assert refusal("ack", "ru") == await talk.vera(GROUP_ID).is_told(card, button(card, "ack:"))
    nowhere = words("error.not_allowed", "en", what=words("right.ack", "en"))
    assert (await talk.vera().asks("/ack")).text == nowhere
    assert await events(talk, "acked") == []


async def test_an_operator_of_another_company_takes_nothing_on(talk):
    anna = await talk.app.actions.people.who(UserId(talk.anna().person.id), "Anna")
    await talk.app.actions.people.grant(
        anna, UserId(GLEB.id), Role.OPERATOR, [CompanyId(TWO)], GROUP_ID, "let in"
    )
    await lost(talk)
    assert (await talk.gleb().asks("/ack 1")).text == words("ack.unknown")


async def test_a_wrong_number_is_answered_with_how_to_do_it(talk):
    assert (await talk.boris().asks("/ack первое")).text == words("ack.how")
    assert (await talk.boris().asks("/ack 77")).text == words("ack.unknown")


async def test_what_is_over_cannot_be_taken_on(talk):
    card = await lost(talk)
    question = await talk.boris().asks(f"/reset {ONE}")
    await talk.boris().presses(question, words("button.yes_reset"))
    await talk.code(BORIS.id)
    await talk.gateway.act(ONE, "scan")
    await talk.becomes(card, lambda one: "снова на связи" in one.text)
    assert (await talk.boris().asks("/ack 1")).text == words("ack.over")


async def test_all_that_share_a_card_are_taken_on_by_one_press(talk):
    companies = list(talk.gateway.companies)[:2]
    for one in companies:
        await talk.gateway.act(one, "device_removed")
    cards = [await talk.alert(company) for company in companies]
    await talk.settle()  # nobody presses before the bot has noted which message it is
    for card in cards:
        if has_button(card, "ack"):
            await talk.boris(GROUP_ID).presses(card, button(card, "ack"))
            await talk.becomes(card, lambda one: not has_button(one, "ack"))
    assert len(await events(talk, "acked")) == 2
