"""Whether the bot may do something in the chat a call names."""

from bot.sandbox.telegram.chats import Chat
from bot.sandbox.telegram.messages import Message
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.refusals import bad, forbidden, migrated
from bot.sandbox.telegram.rights import check_account
from bot.sandbox.telegram.world import World


def find_chat(world: World, params: Params) -> Chat:
    """The chat named by `chat_id`, if the bot can know it."""
    given = params.text("chat_id")
    if not given:
        raise bad("chat_id is empty")
    try:
        chat = world.chats.get(int(given))
    except ValueError:
        chat = None  # by username: the sandbox has no public chats
    if chat is None:
        raise bad("chat not found")
    if chat.migrated_to is not None:
        raise migrated(chat.migrated_to)
    return chat


def find_open_chat(world: World, params: Params) -> Chat:
    """The chat named by `chat_id`, if the bot may write there."""
    chat = find_chat(world, params)
    if chat.is_private:
        _check_private(world, chat)
        return chat
    me = chat.member(world.bot)
    if me.status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.type} chat")
    if not me.is_here:
        raise forbidden(f"bot is not a member of the {chat.type} chat")
    return chat


def _check_private(world: World, chat: Chat) -> None:
    check_account(chat)
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if chat.started or chat.person is None:
        return
    met = any(
        group.member(chat.person).is_here and group.member(world.bot).is_here
        for group in world.chats.values()
        if not group.is_private
    )
    # Telegram tells only of people the bot has met in a group that they exist at all.
    raise forbidden("bot can't initiate conversation with a user") if met else bad("chat not found")


def check_thread(world: World, chat: Chat, thread_id: int | None) -> None:
    """Refuse a topic that is not there or closed."""
    if thread_id is None:
        return
    topic = chat.topics.get(thread_id)
    if topic is None:
        raise bad("message thread not found")
    if topic.is_closed and not chat.member(world.bot).can_manage_topics:
        raise bad("TOPIC_CLOSED")


def find_message(world: World, chat: Chat, message_id: int | None, otherwise: str) -> Message:
    """The message with this id, ephemeral ones excluded.

    Raises a Refusal with the reason `otherwise` when there is none.
    """
    for message in reversed(world.messages(chat.id)):
        if message_id and message.id == message_id:
            return message
    raise bad(otherwise)
