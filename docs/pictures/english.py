"""Gives the demo English names: its own are Russian, and a picture has one language."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from bot.cli.demo import COMPANIES, Stage
from bot.sandbox.telegram import ANNA, BORIS, GROUP_ID

COMPANY_NAMES = {"962302": "Salon North", "962303": "Nail Studio"}
FIRST_NAMES = {ANNA.id: "Anna", BORIS.id: "Boris"}
GROUP_TITLE = "Salons · on duty"


@contextlib.contextmanager
def companies_named(language: str) -> Iterator[None]:
    """While this lasts, a demo that is started has companies with names of this language."""
    before = dict(COMPANIES)
    if language == "en":
        for key, name in COMPANY_NAMES.items():
            COMPANIES[key] = replace(COMPANIES[key], name=name)
    try:
        yield
    finally:
        COMPANIES.update(before)


def name_people(playing: Stage, language: str) -> None:
    """Give the group and its people names of this language, and the page to them in it."""
    if language != "en":
        return
    world = playing.telegram.world
    group = world.chat(GROUP_ID)
    group.title = GROUP_TITLE
    for person_id, name in FIRST_NAMES.items():
        person = replace(world.person(person_id), first_name=name, language_code="en")
        world.people[person_id] = person
        world.chat(person_id).person = person
        group.members[person_id] = replace(group.members[person_id], person=person)
