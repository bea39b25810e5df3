"""A test message, and what becomes of a session that cannot send one."""

from reading import ONE, WHO, button, has_button, refusal, words


async def test_a_message_that_goes_out_is_called_no_more_than_that(talk):
    answer = await talk.boris().asks(f"/probe {ONE}")
    told = words("probe.ended.sent", who=WHO, phone="•••2302", text=words("probe.message"))
    await talk.becomes(answer, lambda one: one.text == told)
    assert (1002, "probe", ONE, "sent") in await talk.audited()


async def test_a_session_that_cannot_send_is_an_alarm_with_its_cure(talk):
    await talk.gateway.act(ONE, "zombie")
    answer = await talk.boris().asks(f"/probe {ONE}")
    await talk.becomes(answer, lambda one: has_button(one, f"do:revive:{ONE}"))
    card = await talk.alert()
    assert words("incident.what.zombie") in card.text
    assert has_button(card, f"do:revive:{ONE}")


async def test_one_press_revives_it_and_the_proof_closes_the_alarm(talk):
    await talk.gateway.act(ONE, "zombie")
    files = talk.files()
    await talk.boris().asks(f"/probe {ONE}")
    card = await talk.alert()
    progress = await talk.boris(talk.group_id).gets(card, button(card, "do:revive"))
    await talk.becomes(progress, lambda one: words("revive.done", who=WHO) in one.text)
    await talk.becomes(card, lambda one: not has_button(one, "do:"))
    assert talk.gateway.phase(ONE) == "connected"
    assert talk.files() >= files
    assert talk.set_aside(ONE) == []


async def test_a_session_that_works_is_not_revived_by_an_old_button(talk):
    await talk.gateway.act(ONE, "zombie")
    answer = await talk.boris().asks(f"/probe {ONE}")
    await talk.becomes(answer, lambda one: has_button(one, "do:revive"))
    press = button(answer, "do:revive")
    progress = await talk.boris().gets(answer, press)
    await talk.becomes(progress, lambda one: words("revive.done", who=WHO) in one.text)
    card = await talk.sees(
        talk.group_id, lambda one: words("alert.over") in one.text or ONE in one.text
    )
    await talk.becomes(card, lambda one: not has_button(one, "do:"))
    assert await talk.boris().is_told(answer, press) == words("revive.not_needed")


async def test_a_session_that_is_away_is_not_written_through(talk):
    await talk.gateway.act(ONE, "drop_for_good")
    answer = await talk.boris().asks(f"/probe {ONE}")
    await talk.becomes(answer, lambda one: words("probe.ended.not_connected", who=WHO) in one.text)


async def test_a_viewer_may_not_send(talk):
    async with talk.nothing_changes():
        answer = await talk.vera().asks(f"/probe {ONE}")
        assert answer.text == refusal("probe", "en")
