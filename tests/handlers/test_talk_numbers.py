"""One number in two national forms raises no alarm; another number does, and is seen to be one."""

from dataclasses import replace

import pytest
from reading import ONE, WHO, button, words
from staging import talking

from bot.cli.demo import COMPANIES
from bot.domain.phone import masked_apart
from bot.sandbox.telegram import GROUP_ID

# As an owner writes it, and the same as it was registered; WhatsApp may call it otherwise still.
SAME = [
    ("+55 84 92000\u20117282", "5584920007282"),
    ("\u202a8 900 123-45-67\u202c", "79001234567"),
    ("+52 55 1234 5678", "525512345678"),
    ("+54 11 15 1234-5678", "541112345678"),
    ("0062 812 3456 7890", "6281234567890"),
    ("+229 01 90 01 12 34", "2290190011234"),
]
OTHER = [
    ("+55 84 92000-7282", "5584930007282"),
    ("8 900 123-45-67", "79011234567"),
    ("+52 55 1234 5678", "525612345678"),
    ("+54 11 15 1234-5678", "543411234567"),
]


def linked_to(folder, phone):
    there = {ONE: replace(COMPANIES[ONE], phone=phone)}
    return talking(folder, companies=there)


async def wrong_numbers(talk):
    return [row for row in await talk.rows("incidents") if row["trouble"] == "wrong_number"]


async def stored(talk):
    (row,) = [row for row in await talk.rows("companies") if row["id"] == ONE]
    return row


@pytest.mark.parametrize(("written", "registered"), SAME)
async def test_the_number_that_an_owner_writes_is_the_one_that_is_linked(
    tmp_path, written, registered
):
    async with linked_to(tmp_path, registered) as talk:
        await talk.phase(ONE, "connected")
        await talk.anna().asks(f"/company {ONE} phone {written}")
        checked = await talk.anna().asks(f"/check {ONE}")
        assert registered[-4:] in (await talk.becomes(checked, lambda one: "•••" in one.text)).text
        card = await talk.anna().asks(f"/status {ONE}")
        assert card.text.count("•••") == 1
        assert await wrong_numbers(talk) == []
        # Calm again: it is looked at with all others, not by itself for ever.
        row = await stored(talk)
        assert row["expected_phone"] == row["linked_phone"]


@pytest.mark.parametrize(("written", "registered"), OTHER)
async def test_another_number_is_told_and_looks_like_another(tmp_path, written, registered):
    async with linked_to(tmp_path, registered) as talk:
        await talk.phase(ONE, "connected")
        await talk.anna().asks(f"/company {ONE} phone {written}")
        await talk.anna().asks(f"/check {ONE}")
        row = await stored(talk)
        linked, expected = masked_apart([row["linked_phone"], row["expected_phone"]])
        assert linked != expected
        alert = await talk.sees(
            GROUP_ID, lambda one: WHO in one.text and linked in one.text and expected in one.text
        )
        assert button(alert, f"do:accept:{ONE}")
        card = await talk.anna().asks(f"/status {ONE}")
        assert words("card.phone_differs", phone=linked, expected=expected) in card.text


@pytest.mark.parametrize("dialled", ["5584920007282", "525512345678", "541112345678"])
async def test_who_types_a_code_for_the_number_they_dial_is_paired(tmp_path, dialled):
    async with linked_to(tmp_path, dialled) as talk:
        await talk.phase(ONE, "connected")
        await talk.anna().asks(f"/company {ONE} phone +{dialled}")
        await talk.gateway.act(ONE, "device_removed")
        await talk.alert()
        boris = talk.boris()
        question = await boris.asks(f"/reset {ONE}")
        await boris.presses(question, words("button.yes_reset"))
        photo = await talk.code(boris.chat_id)
        boris.says(f"/code {ONE} +{dialled}")
        shown = await talk.sees(boris.chat_id, lambda one: _shows_code(talk, one))
        assert photo is not shown
        await talk.gateway.act(ONE, "enter_code", code=talk.gateway.live_pairing_code(ONE))
        await talk.becomes(shown, lambda one: words("qr.paired", who=WHO) in one.text)


def _shows_code(talk, message):
    code = talk.gateway.live_pairing_code(ONE)
    return code is not None and code in message.text
