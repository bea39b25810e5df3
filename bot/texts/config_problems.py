"""Problems of the configuration file in words, for the terminal and the chat."""

from collections.abc import Iterable
from pathlib import Path

from bot.domain.config_file import Problem
from bot.texts import Markup, Texts


def problems_in_words(t: Texts, file: str, problems: Iterable[Problem]) -> list[Markup]:
    """A headline, then a line for each problem."""
    all_problems = list(problems)
    head = t.plural("config.problems", len(all_problems), file=Path(file).name)
    return [head, *(Markup(f"• {_problem(t, problem)}") for problem in all_problems)]


def _problem(t: Texts, problem: Problem) -> Markup:
    expected = ""
    if problem.expected is not None:
        expected = t.say(f"config.expected.{problem.expected}", kinds=problem.other)
    sentence = t.say(
        f"config.fault.{problem.fault}",
        key=t.foreign(problem.key, 120),
        other=t.foreign(problem.other, 200),
        expected=expected,
    )
    return (
        sentence if problem.line is None else t.say("config.line", line=problem.line, what=sentence)
    )
