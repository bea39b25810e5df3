"""Logs that Docker or another wraps: told as fast as others; what is not understood is told too."""

import pytest
from reading import ONE, TWO, words
from staging import talking
from wrapped import WRAPPERS, docker

from bot.domain.access import Role, UserId
from bot.sandbox.telegram import ANNA, GLEB, GROUP_ID

MAC = f"[{ONE}] Session error:Error: Bad MAC"
STRANGE = "GET /health 200 3 ms"
AN_HOUR_S = 3600.0


async def writes(talk, name, *lines):
    """These stand in a log, and the bot has read them."""
    path = talk.folder / name
    while not await talk.rows("log_positions"):
        await talk.passes()
    with path.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)
    size = path.stat().st_size
    while size not in [
        row["position"] for row in await talk.rows("log_positions") if row["path"] == str(path)
    ]:
        talk.clock.push(seconds=2)  # how far it came is written once a second
        await talk.settle()


@pytest.fixture
async def logged(tmp_path):
    """A conversation with a bot that follows a log."""
    (tmp_path / "gateway.log").touch()
    async with talking(tmp_path, settings={"GATEWAY_LOG": f"{tmp_path}/*.log"}) as talk:
        yield talk


@pytest.fixture
async def two_logged(tmp_path):
    """The same with two logs, both there from the start."""
    for name in ("gateway.log", "nginx.log"):
        (tmp_path / name).touch()
    async with talking(tmp_path, settings={"GATEWAY_LOG": f"{tmp_path}/*.log"}) as talk:
        yield talk


@pytest.mark.parametrize("in_docker", [False, True], ids=["plain", "docker"])
async def test_a_removal_is_told_with_its_cause_though_a_look_is_an_hour_away(tmp_path, in_docker):
    async with talking(tmp_path, logged=True, in_docker=in_docker, look_s=AN_HOUR_S) as talk:
        while not await talk.rows("log_positions"):
            await talk.passes()
        await talk.gateway.act(ONE, "device_removed")
        alert = await talk.alert(ONE)
        assert words("cause.device_removed") in alert.text
        (path,) = talk.folder.glob("*.log")
        (line,) = path.read_text().splitlines()[-1:]
        assert line.startswith('{"log":') is in_docker


async def test_lines_in_every_wrapper_are_counted_for_their_company(logged):
    await writes(logged, "gateway.log", *(wrap(MAC) for wrap in WRAPPERS.values()))
    rows = await logged.rows("log_counts")
    counted = {(row["company_id"], row["pattern"]): row["n"] for row in rows}
    assert counted == {(ONE, "bad_mac"): len(WRAPPERS)}


async def test_a_log_of_which_nothing_is_understood_is_named(logged):
    await writes(logged, "gateway.log", *[STRANGE] * 30)
    for person, told in (
        (logged.vera(), "lines read: 30, understood: none. Is it this gateway's log?"),
        (logged.anna(), "строк прочитано: 30, не понята ни одна. Это журнал этого шлюза?"),
    ):
        answer = await person.asks("/logs")
        assert told in answer.text
        assert "gateway.log" in answer.text
        assert "docs/logs.md" in answer.text
        assert STRANGE not in answer.text
    await writes(logged, "gateway.log", docker(MAC))
    answer = await logged.vera().asks("/logs")
    assert "understood: none" not in answer.text
    assert ": 31; understood: 1." in answer.text


async def test_of_two_logs_the_one_that_is_not_understood_is_named(two_logged):
    await writes(two_logged, "nginx.log", STRANGE)
    await writes(two_logged, "gateway.log", docker(MAC))
    answer = await two_logged.vera().asks("/logs")
    assert "nginx.log: lines read: 1, understood: none" in answer.text
    assert "gateway.log:" not in answer.text
    assert words("log_pattern.bad_mac", "en") in answer.text


async def test_a_log_in_which_nobody_wrote_is_called_silent(logged):
    while not await logged.rows("log_positions"):
        await logged.passes()
    answer = await logged.vera().asks("/logs")
    assert "Nothing has been written into it since" in answer.text


async def test_how_much_was_read_outlives_a_restart(logged):
    await writes(logged, "gateway.log", STRANGE, STRANGE)
    await logged.stop()
    await logged.start()
    await writes(logged, "gateway.log", STRANGE)
    answer = await logged.vera().asks("/logs")
    assert "lines read: 3, understood: none" in answer.text


async def test_who_may_see_one_company_is_told_of_its_gateways_log(logged):
    anna = await logged.app.actions.people.who(UserId(ANNA.id), ANNA.first_name)
    await logged.app.actions.people.grant(
        anna, UserId(GLEB.id), Role.VIEWER, [TWO], ANNA.id, "let in Gleb"
    )
    await writes(logged, "gateway.log", STRANGE)
    answer = await logged.gleb().asks("/logs")
    assert words("logs.not_configured") not in answer.text
    assert "gateway.log" in answer.text


async def test_what_is_not_understood_alarms_nobody(logged):
    await writes(logged, "gateway.log", *[STRANGE] * 100)
    await logged.settle()
    assert [one for one in logged.posted(GROUP_ID) if "🔴" in one.text] == []
