"""When messages usually come in to a session, by the hours of the week. PURE.

An hour is a whole number of hours since 1970, a week begins on Monday at 00:00 UTC and is a number
of 168 bits: one for each hour in which somebody wrote. Nothing else is kept of a message.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations

HOURS = 168
LOOKED_AT = 4  # whole weeks make a habit
_OFTEN = 3  # of these
_FROM_MONDAY = 72  # hours from the Monday before 1970 began
FAR_BACK = 96  # hours: a silence that is longer is judged by these

Weeks = Mapping[int, int]  # the bits of each week


def hour_of(at: datetime) -> int:
    """The hour that a moment belongs to."""
    return int(at.timestamp()) // 3600


def begin_of(hour: int) -> datetime:
    """The moment at which an hour begins."""
    return datetime.fromtimestamp(hour * 3600, UTC)


def place_of(hour: int) -> tuple[int, int]:
    """The week of an hour, and its bit there."""
    return divmod(hour + _FROM_MONDAY, HOURS)


def heard_in(weeks: Weeks, hour: int) -> bool:
    """Whether anybody wrote in this hour."""
    week, bit = place_of(hour)
    return bool(weeks.get(week, 0) >> bit & 1)


def usual_hours(weeks: Weeks, week: int) -> int:
    """The bits of the hours in which somebody wrote in three of the four weeks before `week`."""
    before = [weeks.get(week - back, 0) for back in range(1, LOOKED_AT + 1)]
    usual = 0
    for several in combinations(before, _OFTEN):
        common = several[0]
        for bits in several[1:]:
            common &= bits
        usual |= common
    return usual


def last_heard(weeks: Weeks, before: int) -> int | None:
    """The last hour before this one in which anybody wrote; None where none is remembered."""
    week, bit = place_of(before)
    bits = weeks.get(week, 0) & ((1 << bit) - 1)
    for number in range(week, week - LOOKED_AT - 2, -1):
        bits = bits if number == week else weeks.get(number, 0)
        if bits:
            return number * HOURS + bits.bit_length() - 1 - _FROM_MONDAY
    return None


@dataclass(frozen=True, kw_only=True)
class HearingGap:
    """How many usual hours have passed in silence, and how many at most at one time before.

    `since` is the first hour of the silence.
    """

    since: int
    hours: int
    longest_before: int


def silence_of(
    weeks: Weeks, others: Weeks | None, now: int, *, not_before: int
) -> HearingGap | None:
    """The present silence of a session whose messages come by habit; None where there is none.

    Only hours count in which the `others` heard something: what nobody heard tells of the hook, or
    of the bot. `now` is the hour that is not over yet, `not_before` the first that may count.
    """
    week, _ = place_of(now)
    usual = usual_hours(weeks, week)
    last = last_heard(weeks, now + 1)
    if not usual or last is None or last >= now:
        return None
    since = last + 1
    first = max(since, not_before, now - FAR_BACK)
    hours = sum(1 for hour in range(first, now) if _is_usual(usual, hour) and _counts(others, hour))
    longest = _longest(weeks, others, usual, since) if hours else 0
    return HearingGap(since=since, hours=hours, longest_before=longest)


def _longest(weeks: Weeks, others: Weeks | None, usual: int, since: int) -> int:
    """The most usual hours that passed in silence before, within the weeks that make the habit."""
    week, _ = place_of(since)
    longest = run = 0
    for number in range(week - LOOKED_AT, week + 1):
        if number not in weeks:
            continue  # before it was known
        for bit in _bits(usual):
            hour = number * HOURS + bit - _FROM_MONDAY
            if hour >= since:
                break  # the present one
            silent = not heard_in(weeks, hour) and _counts(others, hour)
            run = run + 1 if silent else 0
            longest = max(longest, run)
    return longest


def _counts(others: Weeks | None, hour: int) -> bool:
    return others is None or heard_in(others, hour)


def _is_usual(usual: int, hour: int) -> bool:
    return bool(usual >> place_of(hour)[1] & 1)


def _bits(usual: int) -> Iterator[int]:
    return (bit for bit in range(HOURS) if usual >> bit & 1)


def together(every: Iterable[Weeks]) -> dict[int, int]:
    """The hours in which any of these heard something."""
    found: dict[int, int] = {}
    for weeks in every:
        for week, bits in weeks.items():
            found[week] = found.get(week, 0) | bits
    return found
