"""Reminders of what nobody has taken on."""

from datetime import timedelta

import pytest
from shown import EN, HOSTILE, NOW, RU, carried, entries, entry, units, words

from bot.domain.trouble import Severity
from handlers.render.repeats import repeat

LATER = NOW + timedelta(hours=1)


def test_one_is_told_with_its_length_and_two_things_to_press():
    screen = repeat(EN, [entry()], LATER)
    assert "962302 Салон" in words(screen)
    assert "for 1 h now" in words(screen)
    assert carried(screen) == ["do:reset:962302", "ack:7"]


def test_of_several_the_worst_comes_first_and_some_can_be_taken_at_once():
    mild = entry(severity=Severity.WARNING, company_id="000001")
    screen = repeat(EN, [mild, *entries(7, width=5)], LATER)
    head, _, *lines = words(screen).splitlines()
    assert head.startswith("🔴 Reminder: 8 incidents are still on")
    assert "000001" in lines[7]
    assert len([one for one in carried(screen) if one.startswith("ack:")]) == 5


@pytest.mark.parametrize("t", [RU, EN])
def test_of_many_with_long_names_everybody_is_still_named(t):
    text = words(repeat(t, entries(170, name="Ж" * 60), LATER))
    assert all(str(n).zfill(6) in text for n in range(1, 171))
    assert text.count("Ж…") == 170
    assert units(text) <= 4096


@pytest.mark.parametrize("t", [RU, EN])
def test_names_make_room_for_ids(t):
    text = words(repeat(t, entries(170, name="Ж" * 60, width=20), LATER))
    assert all(str(n).zfill(20) in text for n in range(1, 171))
    assert "Ж" not in text


@pytest.mark.parametrize("t", [RU, EN])
def test_where_not_even_all_ids_fit_the_rest_is_counted(t):
    text = words(repeat(t, entries(170, name=HOSTILE, width=50), LATER))
    head, _, *ids, last = text.splitlines()
    assert "170" in head
    assert set(map(len, ids)) == {50}
    assert last == t.say("list.more", n=t.number(170 - len(ids)))
    assert units(text) <= 4096
