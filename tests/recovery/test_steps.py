"""A procedure is a list of steps: walked in order, undone where it fails, taken up where it was."""

import pytest
from places import ANNA, HERE, KEY, ending, told

from bot.authdir import NotReadable
from bot.domain.procedure import (
    Finished,
    ProcedureKind,
    ProcedureOutcome,
    ProcedureStep,
    Progress,
)
from bot.domain.session import State
from bot.gateways.base import GatewayUnreachable
from bot.recovery.procedure import Steps
from bot.recovery.runner import PROCEDURES
from bot.recovery.steps import STAGE_DONE, Stage, Step, walk


class Walk:
    """Two stages, `clear` with three steps and `start` with two, that note what was done."""

    def __init__(self, **ends):
        self.done, self.ends = [], {"5": "well", **ends}

    def step(self, number, name=None):
        async def act():
            self.done.append(number)
            end = self.ends.get(number)
            if isinstance(end, Exception):
                raise end
            return end

        return Step(act, name)

    async def failed(self, error):
        return f"undone after {type(error).__name__}"

    def stages(self, *, undone=True):
        clear = (self.step("1"), self.step("2", "stop"), self.step("3", "move"))
        start = (self.step("4", "start"), self.step("5", "watch"))
        failed = self.failed if undone else None
        return (Stage(clear, failed=failed), Stage(start))

    async def told(self, reached=None, **how):
        return [event async for event in walk(self.stages(**how), begun, reached)]


async def begun(name):
    return f"begun: {name}"


@pytest.mark.parametrize(
    ("reached", "done"),
    [
        (None, "12345"),
        ("begun", "12345"),
        ("stop", "12345"),
        ("move", "12345"),
        ("start", "45"),
        ("watch", "45"),
        ("a step of another version", "12345"),
    ],
)
async def test_a_crash_is_taken_up_at_the_first_step_of_its_stage(reached, done):
    walked = Walk()
    assert (await walked.told(reached))[-1] == "well"
    assert "".join(walked.done) == done


async def test_a_step_is_told_before_it_is_done_and_a_nameless_one_never():
    assert await Walk().told() == [
        "begun: stop",
        "begun: move",
        "begun: start",
        "begun: watch",
        "well",
    ]


@pytest.mark.parametrize("number", ["1", "2", "3", "4"])
async def test_any_step_may_be_the_last(number):
    walked = Walk(**{number: "over"})
    assert (await walked.told())[-1] == "over"
    assert walked.done[-1] == number


@pytest.mark.parametrize("number", ["1", "2", "3"])
@pytest.mark.parametrize("error", [GatewayUnreachable("away"), NotReadable("no")])
async def test_what_fails_in_a_stage_is_undone_by_it(number, error):
    walked = Walk(**{number: error})
    assert (await walked.told())[-1] == f"undone after {type(error).__name__}"
    assert walked.done[-1] == number


async def test_a_stage_that_undoes_nothing_lets_the_failure_out():
    with pytest.raises(GatewayUnreachable):
        await Walk(**{"4": GatewayUnreachable("away")}).told()


async def test_what_nobody_expected_is_never_undone():
    with pytest.raises(ValueError, match="a fault of ours"):
        await Walk(**{"2": ValueError("a fault of ours")}).told()


async def test_what_is_done_already_leaves_the_rest_of_its_stage_out():
    walked = Walk(**{"1": STAGE_DONE})
    assert (await walked.told())[-1] == "well"
    assert "".join(walked.done) == "145"


def test_every_kind_has_its_list_of_steps():
    assert set(PROCEDURES) == set(ProcedureKind)
    assert all(issubclass(steps, Steps) for steps in PROCEDURES.values())


async def test_a_reset_opens_the_pairing_and_a_restore_does_not(place):
    await place.act("device_removed")
    assert (await place.done(place.reset)).opens_pairing
    assert not (await place.done(place.restore)).opens_pairing


async def test_a_reset_by_the_gateway_opens_the_pairing_too(scripted):
    scripted.adapter.says(KEY, State.STOPPED)
    assert (await scripted.done(scripted.reset)).opens_pairing


async def test_a_reset_that_failed_opens_no_pairing(far):
    await far.sandbox.act(None, "gateway_down")
    end = await far.done(far.reset)
    assert (end.outcome, end.opens_pairing) == (ProcedureOutcome.UNCLEAR, False)


async def test_a_reset_taken_up_by_the_next_start_opens_the_pairing_too(place):
    await place.act("device_removed")
    steps = place.run(place.reset)
    assert await anext(steps) == Progress(step=ProcedureStep.STOPPING)
    await steps.aclose()
    assert (await place.resume(place.reset)).opens_pairing


async def test_what_the_last_step_found_out_is_stored_with_the_end(place):
    await place.act("device_removed")
    place.adapter = Unstartable(place.adapter)
    place.born_again()
    events = await told(place.reset.run(place.company, ANNA, HERE))
    assert isinstance(events[-1], Finished)
    assert events[-1].outcome is ProcedureOutcome.HALF_DONE
    [row] = await place.rows()
    assert row.facts["aside"] == place.kept()[0].path.name


class Unstartable:
    """A gateway that starts nothing."""

    def __init__(self, adapter):
        self._adapter = adapter

    def __getattr__(self, name):
        return getattr(self._adapter, name)

    async def start(self, key):
        raise GatewayUnreachable("away")


async def test_a_clearing_keeps_what_it_set_aside_in_its_row(unlinked):
    await unlinked.adapter.stop(KEY)
    unlinked.directory.mkdir(parents=True, exist_ok=True)
    (unlinked.directory / "creds.json").write_text(
        '{"me": {"id": "79000962302:1@s.whatsapp.net"}, "pairingCode": "ABCD1234"}'
    )
    end = await ending(unlinked.clear.run(unlinked.company, ANNA, HERE))
    assert end.outcome is ProcedureOutcome.DONE
    [row] = await unlinked.rows()
    assert row.facts["aside"].startswith(str(KEY))
