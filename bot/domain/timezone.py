"""Time zones, as people name them."""

from zoneinfo import ZoneInfo, available_timezones

# What is offered first: one for each hour in which many of the users live.
OFFERED = (
    "Europe/Berlin",
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Almaty",
    "Asia/Novosibirsk",
    "Asia/Vladivostok",
)


def find_zone(words: str) -> ZoneInfo | None:
    """The zone meant by a tz name or by a city alone; None when there is none."""
    wanted = "_".join(words.split()).casefold()
    names = sorted(available_timezones())
    for name in names:
        if name.casefold() == wanted:
            return ZoneInfo(name)
    cities = [name for name in names if name.casefold().rpartition("/")[2] == wanted]
    return ZoneInfo(cities[-1]) if cities else None
