"""Whatever a stranger makes Telegram send, the next person is answered."""

import pytest

from bot.sandbox.telegram import ANNA, GLEB

NAMELESS = {"type": "hidden_user", "date": 1_790_000_000}
ODD = {
    "a forward without a name": {"forward_origin": NAMELESS},
    "a reply to an empty story": {"external_reply": {"origin": NAMELESS, "story": {}}},
    "a quote of what is no text": {"quote": {"text": 5, "position": "x"}},
    "a kind of chat nobody knows": {"chat": {"id": GLEB.id, "type": "galaxy"}},
    "a sender without a name": {"from": {"id": GLEB.id, "is_bot": False}},
    "a date that is none": {"date": "yesterday"},
    "a gift of next year": {"gift": {"gift": {"wrapped": True}}, "text": None},
}
BARE = {
    "a press of nothing": {"callback_query": {"id": 5, "data": None}},
    "a change of nobody": {"my_chat_member": {}},
    "a kind of update nobody knows": {"unheard_of": [1, 2]},
    "a list": {"message": []},
}


def message(talk, **odd):
    said = {
        "message_id": 77,
        "date": talk.telegram.world.now,
        "chat": {"id": GLEB.id, "type": "private", "first_name": "Gleb"},
        "from": GLEB.to_api(),
        "text": "hello",
    }
    return {"message": said | odd}


@pytest.mark.parametrize("kind", [*ODD, *BARE])
async def test_the_next_person_is_answered(talk, kind):
    talk.telegram.inject(message(talk, **ODD[kind]) if kind in ODD else BARE[kind])
    assert str(ANNA.id) in (await talk.anna().asks("/id")).text
