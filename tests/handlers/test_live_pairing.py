"""The one message of a pairing: a used code must not stay in it, whatever Telegram does."""

from collections import deque
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import SendMessage
from shown import EN, company
from structlog.testing import capture_logs

from bot.domain.pairing import Ended, Ending, Means, Proving, Show, ShowCode, ShownAt, Waiting
from handlers.live import pairing_message as module
from handlers.live.pairing_message import PairingMessage

UNTIL = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)
EXPIRED = Ended(ending=Ending.EXPIRED)


class Page:
    """A message that takes what it is told to take; afterwards it takes everything."""

    def __init__(self, *puts, removes=True, gone=False):
        self.puts, self.removes, self.gone = deque(puts), removes, gone
        self.done = []
        self.message_id, self.location = 5, "here"

    def _put(self, what):
        self.done.append(what)
        return self.puts.popleft() if self.puts else True

    async def put_picture(self, _picture, _screen):
        return self._put("picture")

    async def put_caption(self, _screen):
        return self._put("caption")

    async def put_text(self, _screen):
        return self._put("text")

    async def remove(self):
        self.done.append("remove")
        return self.removes


class Place:
    """Where a pairing is shown: it has room, or not."""

    def __init__(self, page=None, error=None):
        self.page, self.error, self.told = page, error, []
        self.shown_at = ShownAt.HERE

    async def post(self, screen, picture):
        self.told.append(("post", picture is not None))
        return self.page

    async def explain(self, screen):
        self.told.append("explain")
        if self.error is not None:
            raise self.error


def shown(*, page=None, place=None, means=Means.QR):
    notes = []

    async def note_message(_pairing_id, message_id, _spot=None):
        notes.append(message_id)

    actions = SimpleNamespace(pairings=SimpleNamespace(note_message=note_message))
    return PairingMessage(actions, EN, company(), means, 1, placing=place, protected=page), notes


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch):
    monkeypatch.setattr(module, "CLEARING_PAUSES_S", (0, 0))


def code(*, fresh=True):
    return Show(
        raw="2@fake,fake,fake,fake", png=None, number=1, left_s=20, until=UNTIL, fresh=fresh
    )


async def test_a_calm_form_comes_first_and_the_code_takes_its_place():
    page = Page()
    place = Place(page)
    live, notes = shown(place=place)
    assert await live.show(Waiting())
    assert await live.show(code())
    assert await live.show(code(fresh=False))
    assert (place.told, notes) == ([("post", True)], [5])
    assert page.done == ["picture", "caption"]


async def test_what_ends_before_it_was_shown_is_explained():
    place = Place(Page())
    live, notes = shown(place=place)
    assert await live.show(EXPIRED)
    assert (place.told, notes) == (["explain"], [])


async def test_where_there_is_no_place_nothing_is_shown():
    nowhere, _ = shown(place=Place(None))
    after_a_restart, _ = shown()
    assert not await nowhere.show(Waiting())
    assert not await after_a_restart.show(Waiting())
    await after_a_restart.take_away()


async def test_a_code_that_cannot_be_replaced_is_deleted_and_its_end_told_anew():
    page, place = Page(False, False, False), Place()
    live, notes = shown(page=page, place=place)
    assert await live.show(EXPIRED)
    assert page.done == ["picture"] * 3 + ["remove"]
    assert (place.told, notes) == (["explain"], [None])


async def test_a_code_that_can_be_neither_replaced_nor_deleted_is_told_to_the_operator():
    page = Page(False, False, False, removes=False)
    live, notes = shown(page=page, place=Place())
    with capture_logs() as lines:
        assert await live.show(EXPIRED)
    assert [line["event"] for line in lines] == ["a used code could not be removed yet"]
    assert notes == []
    assert await live.show(EXPIRED)
    assert notes == [None]


async def test_a_message_that_somebody_deleted_holds_no_code():
    page = Page(False, gone=True)
    live, notes = shown(page=page)
    await live.show(EXPIRED)
    assert (page.done, notes) == (["picture"], [None])


async def test_what_holds_no_code_any_more_is_not_tried_again():
    page = Page(True, False)
    live, _ = shown(page=page)
    await live.show(Proving(for_s=20))
    await live.show(EXPIRED)
    assert page.done == ["picture", "picture"]


@pytest.mark.parametrize("place", [None, Place(error=TelegramNetworkError(
    method=SendMessage(chat_id=1, text="x"), message="away"))])  # fmt: skip
async def test_an_end_that_cannot_be_told_is_none_the_less_one(place):
    live, notes = shown(page=Page(False, False, False), place=place)
    with capture_logs() as lines:
        await live.show(EXPIRED)
    assert notes == [None]
    assert len(lines) == (0 if place is None else 1)


async def test_a_code_to_be_typed_in_is_text_from_beginning_to_end():
    page = Page()
    place = Place(page)
    live, _ = shown(place=place, means=Means.CODE)
    await live.show(Waiting())
    await live.show(
        ShowCode(code="ABCD-EFGH", phone="79001234567", left_s=60, until=UNTIL, fresh=True)
    )
    await live.show(EXPIRED)
    assert (place.told, page.done) == ([("post", False)], ["text", "text"])


@pytest.mark.parametrize(("removes", "noted"), [(True, [None]), (False, [])])
async def test_what_only_the_asker_saw_is_taken_away_after_a_restart(removes, noted):
    live, notes = shown(page=Page(removes=removes))
    await live.take_away()
    assert notes == noted


async def test_who_is_connected_already_is_told_under_the_picture_there_is():
    page = Page()
    live, notes = shown(page=page)
    await live.show(Ended(ending=Ending.ALREADY_CONNECTED))
    assert (page.done, notes) == (["caption"], [None])
