"""What is wrong with a description. PURE.

BadDescription            try again?  whose fault?
                          no          its writer's: every problem is told with its line
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DescriptionProblem:
    """One thing that is wrong; `line` is None where it concerns no single line.

    The text names keys and what would be right, never a value: that may be a secret.
    """

    text: str
    line: int | None = None

    def __str__(self) -> str:
        return self.text if self.line is None else f"line {self.line}: {self.text}"


class BadDescription(ValueError):
    """The description cannot be used. Its message holds every problem."""

    def __init__(self, problems: Iterable[DescriptionProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line or 0))
        super().__init__("; ".join(map(str, self.problems)))
