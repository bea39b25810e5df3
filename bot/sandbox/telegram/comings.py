"""The sandbox's acts on members and rights; the work is done by `membership`."""

from collections.abc import Iterable

from bot.sandbox.telegram import membership
from bot.sandbox.telegram.chats import Chat
from bot.sandbox.telegram.world import World


class Comings:
    """Changes members and rights of a world's chats. Unknown ids raise NoSuch."""

    world: World

    def join(self, person_id: int, chat_id: int) -> None:
        """A person comes into a group."""
        membership.join(self.world, person_id, chat_id)

    def leave(self, person_id: int, chat_id: int) -> None:
        """A person goes out of a group."""
        membership.leave(self.world, person_id, chat_id)

    def set_admin(self, person_id: int, chat_id: int, *, admin: bool) -> None:
        """A person becomes an administrator, or a plain member again."""
        membership.set_admin(self.world, person_id, chat_id, admin=admin)

    def block_bot(self, person_id: int, *, blocked: bool = True) -> None:
        """A person blocks the bot, or lets it in again."""
        membership.block_bot(self.world, person_id, blocked=blocked)

    def add_bot(self, chat_id: int, *, by: int | None = None) -> None:
        """The bot is put into a group; by its creator where nobody is named."""
        membership.add_bot(self.world, chat_id, by=by)

    def kick_bot(self, chat_id: int, *, by: int | None = None) -> None:
        """The bot is thrown out of a group."""
        membership.kick_bot(self.world, chat_id, by=by)

    def set_bot_admin(
        self, chat_id: int, *, by: int | None = None, admin: bool = True, can_pin: bool = True
    ) -> None:
        """The bot becomes an administrator, or a plain member again."""
        membership.set_bot_admin(self.world, chat_id, by=by, admin=admin, can_pin=can_pin)

    def set_permissions(self, chat_id: int, denied: Iterable[str] = ()) -> None:
        """The group's permissions: plain members may not send these; the bot is not told."""
        membership.set_permissions(self.world, chat_id, denied)

    def restrict_bot(
        self, chat_id: int, denied: Iterable[str] = (), *, by: int | None = None
    ) -> None:
        """The bot itself may not send these; nothing lifts the restriction."""
        membership.restrict_bot(self.world, chat_id, denied, by=by)

    def set_slow_mode(self, chat_id: int, seconds: int) -> None:
        """Plain members may write once in `seconds`; 0 switches slow mode off."""
        self.world.chat(chat_id).slow_mode_s = seconds

    def set_posting(self, chat_id: int, *, may: bool) -> None:
        """The bot may post in a channel, or no more."""
        membership.set_posting(self.world, chat_id, may=may)

    def set_deactivated(self, person_id: int, *, deactivated: bool = True) -> None:
        """A person deletes their account, or has it back."""
        self.world.chat(person_id).deactivated = deactivated

    def add_channel(self, chat_id: int, title: str, owner_id: int) -> Chat:
        """A channel of this person's in which the bot may post."""
        return membership.add_channel(self.world, chat_id, title, owner_id)

    def migrate_group(self, chat_id: int) -> Chat:
        """A basic group becomes a supergroup with another id."""
        return membership.migrate_group(self.world, chat_id)

    def rename(
        self, chat_id: int, name: str, *, thread_id: int | None = None, by: int | None = None
    ) -> None:
        """A group, or a topic of it, gets another name."""
        membership.rename(self.world, chat_id, name, thread_id=thread_id, by=by)

    def open_topic(self, chat_id: int, name: str, *, by: int | None = None) -> int:
        """A new topic of a forum; its thread id."""
        return membership.open_topic(self.world, chat_id, name, by=by)

    def close_topic(
        self, chat_id: int, thread_id: int, *, by: int | None = None, closed: bool = True
    ) -> None:
        """A topic is closed, or opened again."""
        membership.close_topic(self.world, chat_id, thread_id, by=by, closed=closed)

    def delete_topic(self, chat_id: int, thread_id: int) -> None:
        """A topic is deleted with all its messages."""
        membership.delete_topic(self.world, chat_id, thread_id)
