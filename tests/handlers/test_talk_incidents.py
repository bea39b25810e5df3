"""Looking back at incidents: the list, one with its timeline, notes, the document."""

from reading import ONE, TWO, WHO, button, has_button, refusal, words

from bot.domain.access import Role, UserId
from bot.domain.company import CompanyId
from bot.sandbox.telegram import GLEB, GROUP_ID


async def lost(talk, company=ONE):
    await talk.gateway.act(company, "device_removed")
    return await talk.alert(company)


async def test_the_list_leads_to_one_and_that_to_its_document(talk):
    await lost(talk)
    listed = await talk.anna().asks("/incidents")
    assert WHO in listed.text
    card = await talk.anna().gets(listed, button(listed, "inc:1:card"))
    assert WHO in card.text
    assert words("timeline.moment.began") in card.text
    assert has_button(card, "do:reset")
    assert has_button(card, "ack:1")
    document = await talk.anna().gets(card, button(card, "inc:1:file"))
    assert document.document is not None


async def test_only_what_is_open_can_be_asked_for(talk):
    await lost(talk)
    listed = await talk.vera().asks(f"/incidents {ONE}")
    await talk.vera().presses(listed, button(listed, f"incs:{ONE}:1:0"))
    await talk.becomes(listed, lambda one: "Open incidents" in one.text)
    none = await talk.vera().asks(f"/incidents {TWO}")
    assert not has_button(none, "inc")
    assert none.text.startswith("There have been no incidents: 962303")


async def test_who_did_what_stands_in_the_timeline(talk):
    card = await lost(talk)
    await talk.boris(GROUP_ID).presses(card, button(card, "ack:"))
    question = await talk.boris().asks(f"/reset {ONE}")
    await talk.boris().presses(question, words("button.yes_reset"))
    await talk.code(talk.boris().person.id)
    await talk.gateway.act(ONE, "scan")
    await talk.becomes(card, lambda one: "снова на связи" in one.text)
    told = (await talk.anna().asks("/incident 1")).text
    assert "За дело берётся Борис." in told
    assert "Борис: сброс." in told
    assert "Итог: сброс — готово." in told
    assert "Показан QR-код, попросил: Борис." in told
    assert "Инцидент закрыт" in told


async def test_a_note_is_kept_and_audited(talk):
    await lost(talk)
    await talk.boris().asks("/note 1 телефон <был> выключен")
    told = await talk.anna().asks("/incident №1")
    assert "Заметка, Борис: телефон <был> выключен" in told.text
    assert (talk.boris().person.id, "note", ONE, "done") in await talk.audited()


async def test_a_viewer_writes_no_notes(talk):
    await lost(talk)
    async with talk.nothing_changes():
        assert (await talk.vera().asks("/note 1 x")).text == refusal("note", "en")


async def test_what_is_not_understood_is_answered_with_how_to_ask(talk):
    assert (await talk.anna().asks("/incident")).text == words("incident.how")
    assert (await talk.anna().asks("/incident 77")).text == words("incident.unknown")
    assert (await talk.anna().asks("/note первая")).text == words("note.how")
    await lost(talk)
    long = await talk.anna().asks(f"/note 1 {'x' * 1_001}")
    assert long.text == words("note.too_long", limit="1000")


async def test_who_may_see_one_company_sees_no_other_incidents(talk):
    anna = await talk.app.actions.people.who(UserId(talk.anna().person.id), "Anna")
    await talk.app.actions.people.grant(
        anna, UserId(GLEB.id), Role.VIEWER, [CompanyId(TWO)], GROUP_ID, "let in"
    )
    await lost(talk)
    assert not has_button(await talk.gleb().asks("/incidents"), "inc:")
    # A number tells nothing: neither that there is such an incident nor whose it is.
    assert (await talk.gleb().asks("/incident 1")).text == words("incident.unknown")
    assert (await talk.gleb().asks("/incident 77")).text == words("incident.unknown")
