"""Whether the bot's rights in a chat let it speak there."""

import pytest
from aiogram.types import (
    ChatMemberAdministrator,
    ChatMemberMember,
    ChatMemberOwner,
    ChatMemberRestricted,
    User,
)

from handlers.membership import may_write

BOT = User(id=1, is_bot=True, first_name="bot")


def administrator(**rights):
    return ChatMemberAdministrator.model_construct(status="administrator", user=BOT, **rights)


def restricted(**rights):
    return ChatMemberRestricted.model_construct(status="restricted", user=BOT, **rights)


@pytest.mark.parametrize(
    ("member", "kind", "may"),
    [
        (administrator(can_post_messages=False), "channel", False),
        (administrator(can_post_messages=True), "channel", True),
        (administrator(), "supergroup", True),
        (restricted(can_send_messages=False), "supergroup", False),
        (restricted(can_send_messages=True), "supergroup", True),
        (ChatMemberMember(user=BOT), "supergroup", True),
        (ChatMemberOwner(user=BOT, is_anonymous=False), "group", True),
    ],
)
def test_a_right_that_was_taken_away_parks_the_chat_and_its_return_takes_it_back(member, kind, may):
    assert may_write(member, kind) is may
