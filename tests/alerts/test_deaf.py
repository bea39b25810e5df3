"""That nobody is heard in Telegram is told by other channels: once until it is over."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.alerts.telegram_down import TelegramDownAlarm
from bot.domain.telegram_trouble import TelegramTrouble
from bot.domain.timing import Timing
from bot.health.liveness import Liveness
from bot.texts import Catalogs
from handlers.render.unsure import deaf_elsewhere


class Place:
    """Updates that come or do not, and channels that take what is told or do not."""

    def __init__(self):
        self.age_s, self.took, self.got = 0.0, 1, []
        self.alarm = TelegramDownAlarm(
            self,
            lambda age_s, why: ("deaf", f"{age_s} {why}"),
            age_s=lambda: self.age_s,
            timing=Timing(),
        )

    async def send(self, title, text):
        self.got.append((title, text))
        return self.took

    async def after(self, *ages_s):
        for self.age_s in ages_s:
            await self.alarm.look()
        return len(self.got)


@pytest.mark.parametrize(
    ("ages_s", "times"),
    [
        ((0, 30, 60), 0),
        ((61, 66, 3600, 90_000), 1),
        ((61, 0, 61), 2),
        ((None, None), 0),  # another replica has the desk
        ((61, None, 61), 2),
    ],
)
async def test_it_is_told_once_for_each_episode(ages_s, times):
    assert await Place().after(*ages_s) == times


async def test_what_no_channel_took_is_told_again():
    place = Place()
    place.took = 0
    assert await place.after(61, 122) == 2
    place.took = 1
    assert await place.after(183, 200) == 3


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("why", [None, *TelegramTrouble])
def test_the_words_say_for_how_long_and_what_to_do(language, why):
    title, text = deaf_elsewhere(Catalogs().speaking(language), 125, why)
    assert ("TELEGRAM_BOT_TOKEN" in text) == (why is not None)
    assert title
    assert "2" in text


def test_the_pulse_is_ill_by_the_same_minute():
    now = datetime(2026, 11, 29, tzinfo=UTC)
    pulse = Liveness(now)
    assert pulse.telegram(now + timedelta(seconds=Timing().deaf_after_s)).well
    assert not pulse.telegram(now + timedelta(seconds=Timing().deaf_after_s + 1)).well
