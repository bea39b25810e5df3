"""Who did what: for owners, kept when a grant is gone."""

from reading import ONE, button, refusal, words

from bot.sandbox.telegram import BORIS


async def test_an_owner_reads_who_did_what(talk):
    await talk.boris().asks(f"/mute {ONE} 2h")
    await talk.anna().asks(f"/revoke {BORIS.id}")
    told = await talk.anna().asks("/audit")
    assert f"Борис: тишина · {ONE} — готово" in told.text
    assert words("act.revoke") in told.text
    file = await talk.anna().gets(told, button(told, "aud:0:file"))
    assert file.document is not None


async def test_it_has_pages(talk):
    for _ in range(6):
        await talk.anna().asks(f"/mute {ONE} 2h")
        await talk.anna().asks(f"/unmute {ONE}")
    told = await talk.anna().asks("/audit")
    await talk.anna().presses(told, button(told, "aud:1:page"))
    await talk.becomes(told, lambda one: "aud:0:page" in str(one.buttons))


async def test_it_is_for_owners_alone(talk):
    refused = words("error.not_allowed", what=words("right.audit"))
    assert (await talk.boris().asks("/audit")).text == refused
    told = await talk.anna().asks("/audit")
    assert await talk.boris().forges(told, "aud:0:file") == refused
    assert refusal("audit") != refused
