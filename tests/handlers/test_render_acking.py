"""What is offered to be taken on."""

from shown import EN, RU, buttons, entries, words

from bot.actions.results import OpenIncident
from handlers.render import acks


def choices(count):
    return [
        OpenIncident(incident=entry.incident, company=entry.company) for entry in entries(count)
    ]


def test_ten_are_offered_and_the_rest_is_counted():
    screen = acks.choose(EN, choices(12))
    assert words(screen).endswith("… 2 more")
    assert len(buttons(screen)) == 10


def test_all_that_fit_are_offered_without_a_count():
    screen = acks.choose(RU, choices(10))
    assert "ещё" not in words(screen).removeprefix(RU.say("ack.which"))
    assert len(buttons(screen)) == 10
