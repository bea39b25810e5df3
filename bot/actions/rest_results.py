"""What the actions of rests give back."""

from dataclasses import dataclass

from bot.domain.company import Company
from bot.domain.rest import Rest


@dataclass(frozen=True, kw_only=True)
class RestRow:
    """A company that is at rest."""

    rest: Rest
    company: Company


@dataclass(frozen=True, kw_only=True)
class PutToRest:
    """A company is at rest; `already` where it was before."""

    rest: Rest
    already: bool


@dataclass(frozen=True, kw_only=True)
class Woken:
    """What ended, None where it was awake, and how many incidents are `on` and told now."""

    rest: Rest | None
    on: int
