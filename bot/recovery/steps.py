"""Walks a list of steps, from its beginning or from where a crash has cut it off.

Enters: stages, each a list of steps. Leaves: a notice of each named step as it begins, then the
end. Nothing here knows what a step does, or where it is noted that it began.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Generic, Literal, TypeVar

from bot.authdir import AuthDirError
from bot.gateways.base import GatewayError

Name = TypeVar("Name")
Notice = TypeVar("Notice")
End = TypeVar("End")

Failure = GatewayError | AuthDirError


class RestOfStage(Enum):
    """What becomes of the rest of a stage."""

    DONE = "done"


STAGE_DONE: Final = (
    RestOfStage.DONE
)  # what an act returns where the rest of its stage is done already


@dataclass(frozen=True)
class Step(Generic[Name, End]):
    """One step.

    `act` returns the end of the whole, STAGE_DONE, or None where the next step follows; it may
    raise a Failure. A step without a name is neither stored nor told.
    """

    act: Callable[[], Awaitable[End | Literal[RestOfStage.DONE] | None]]
    name: Name | None = None


@dataclass(frozen=True)
class Stage(Generic[Name, End]):
    """Steps that are taken up together: a crash in any of them begins again with the first.

    So each act must do no harm when it is repeated. `failed` says what a Failure of an act has come
    to, once it has undone what can be undone; without it the Failure is raised.
    """

    steps: Sequence[Step[Name, End]]
    failed: Callable[[Failure], Awaitable[End]] | None = None


async def walk(
    stages: Sequence[Stage[Name, End]],
    begin: Callable[[Name], Awaitable[Notice]],
    reached: object = None,
) -> AsyncGenerator[Notice | End]:
    """Take every step to the end, from the stage on in which the step `reached` lies.

    From the beginning where no step has this name. `begin` is called with each name before its act,
    and returns what is told of it.
    """
    for stage in stages[_stage_of(stages, reached) :]:
        try:
            for step in stage.steps:
                if step.name is not None:
                    yield await begin(step.name)
                end = await step.act()
                if end is STAGE_DONE:
                    break
                if end is not None:
                    yield end
                    return
        except (GatewayError, AuthDirError) as error:
            if stage.failed is None:
                raise
            yield await stage.failed(error)
            return


def _stage_of(stages: Sequence[Stage[Name, End]], reached: object) -> int:
    numbers = (
        number
        for number, stage in enumerate(stages)
        if any(step.name is not None and step.name == reached for step in stage.steps)
    )
    return next(numbers, 0)
