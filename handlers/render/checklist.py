"""The nine steps of `/recover`: mark, step, what the bot has seen; the next step's buttons."""

from collections.abc import Iterable
from typing import Any

from bot.domain.checklist import Checklist, ChecklistLine, Mark
from bot.domain.company import Company
from bot.domain.incident import Incident
from bot.domain.session import State
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.render import incidents
from handlers.render.screen import Screen, cut

_MARKS = {Mark.DONE: "✔", Mark.WAITING: "⏳", Mark.SKIPPED: "➖", Mark.TODO: "👉"}


def checklist(t: Texts, company: Company, now: Checklist) -> Screen:
    """The list as it stands; where it has ended, why, and no button that would be late."""
    lines: list[str] = [t.say("checklist.head", who=t.name(company)), ""]
    lines += [_line(t, number, line) for number, line in enumerate(now.lines, 1)]
    if now.ending is not None:
        return Screen(cut(t, [*lines, "", t.say(f"checklist.ended.{now.ending}")]))
    rows = keyboards.offers(t, _offers(now.lines), company.id)
    return Screen(cut(t, [*lines, "", t.say("checklist.how")]), keyboards.keyboard(rows))


def _line(t: Texts, number: int, line: ChecklistLine) -> Markup:
    return t.say(
        "checklist.line",
        mark=_MARKS[line.mark],
        n=t.number(number),
        step=t.say(f"checklist.step.{line.step}"),
        said=t.say(line.said, **_params(t, line)),
    )


def _params(t: Texts, line: ChecklistLine) -> dict[str, str]:
    return {name: _word(t, value) for name, value in line.params.items()}


def _word(t: Texts, value: Any) -> str:
    if isinstance(value, Incident):
        return incidents.what_briefly(t, value)
    if isinstance(value, State):
        return t.say(f"state_briefly.{value}")
    return t.number(value) if isinstance(value, int) else str(value)


def _offers(lines: Iterable[ChecklistLine]) -> list[Any]:
    return [offer for line in lines for offer in line.offers]
