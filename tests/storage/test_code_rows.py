"""Codes to be typed in: how often they were asked for, for whom, and who sees them."""

from datetime import timedelta

from rows import NOW

from bot.domain.company import CompanyId
from bot.domain.notice import ChatAddress
from bot.domain.pairing import Means, MessageLocation, PairingPlace
from storage.chats import chats
from storage.recovery import code_requests, pairings

PHONE, OTHER = "79000000001", "79000000002"
GROUP = ChatAddress(-1001, 45)
ONE = CompanyId("962302")
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


async def test_requests_are_counted_by_number(tx):
    await code_requests.add(tx, PHONE, NOW)
    await code_requests.add(tx, OTHER, NOW)
    last = await code_requests.add(tx, PHONE, NOW + SECOND)
    await code_requests.stop(tx, last, NOW + HOUR)
    found = await code_requests.of_phone(tx, PHONE)
    assert (found.at, found.stopped_until) == ((NOW, NOW + SECOND), NOW + HOUR)
    assert (await code_requests.of_phone(tx, OTHER)).stopped_until is None


async def test_a_request_that_was_not_made_does_not_count(tx):
    await code_requests.remove(tx, await code_requests.add(tx, PHONE, NOW))
    assert (await code_requests.of_phone(tx, PHONE)).at == ()


async def test_what_no_limit_looks_at_any_more_is_swept_out(tx):
    await code_requests.add(tx, OTHER, NOW)
    await code_requests.add(tx, PHONE, NOW + timedelta(days=2))
    assert (await code_requests.of_phone(tx, OTHER)).at == ()


async def test_a_message_for_one_reader_is_found_as_such(tx):
    pairing = await pairings.begin(tx, ONE, 1001, GROUP, NOW, PHONE)
    await pairings.set_message(tx, pairing, 7, MessageLocation(address=GROUP, reader=1001))
    (row,) = await pairings.left_over(tx)
    assert (row.means, row.message_id) == (Means.CODE, 7)
    assert row.location == MessageLocation(address=GROUP, reader=1001)


async def test_half_linked_files_are_remembered_until_they_are_tidied(tx):
    pairing = await pairings.begin(tx, ONE, 1001, GROUP, NOW, PHONE)
    await pairings.set_half_linked(tx, pairing)
    await pairings.end(tx, pairing, "expired", NOW)
    assert [row.half_linked for row in await pairings.left_over(tx)] == [True]
    await pairings.set_tidy(tx, ONE)
    assert await pairings.left_over(tx) == []


async def test_the_last_number_is_known_for_a_while(tx):
    await pairings.begin(tx, ONE, 1001, GROUP, NOW, PHONE)
    await pairings.begin(tx, ONE, 1001, GROUP, NOW + SECOND)
    assert await pairings.last_phone(tx, ONE, NOW) == PHONE
    assert await pairings.last_phone(tx, ONE, NOW + SECOND) is None


async def test_a_chat_shows_codes_here_until_it_chooses_and_keeps_its_choice_when_it_moves(tx):
    await chats.add(tx, -1, "", NOW)
    assert (await chats.get(tx, -1)).pairing_place is PairingPlace.HERE
    await chats.set_pairing_place(tx, -1, PairingPlace.PRIVATE)
    await chats.move(tx, -1, -1001, NOW)
    assert (await chats.get(tx, -1001)).pairing_place is PairingPlace.PRIVATE
