"""Telegram's User and ChatMember."""

from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]

# What a plain member may send, where nobody has taken it away.
SENDS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
)
_NOT_GIVEN = (
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)

_NO_RIGHTS = (
    "can_be_edited",
    "can_change_info",
    "can_delete_stories",
    "can_edit_stories",
    "can_invite_users",
    "can_manage_video_chats",
    "can_post_stories",
    "can_promote_members",
    "can_restrict_members",
    "can_send_welcome_messages",
)


@dataclass(frozen=True, kw_only=True)
class Person:
    """A Telegram user, the bot included. `role` is only a word for the page."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False
    role: str = ""

    def to_api(self) -> dict[str, Any]:
        """Telegram's User."""
        user: dict[str, Any] = {
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.first_name,
        }
        if self.username:
            user["username"] = self.username
        if self.language_code:
            user["language_code"] = self.language_code
        return user


# Who administrators who hide themselves appear as, in every group of Telegram.
ANONYMOUS = Person(id=1087968824, first_name="Group", username="GroupAnonymousBot", is_bot=True)


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person in a group. The `can_…` rights matter for administrators only.

    `denied` is what a restricted member may not send.
    """

    person: Person
    status: Status = "member"
    can_pin: bool = False
    can_delete: bool = False
    can_manage_topics: bool = False
    can_post: bool = True  # in a channel
    denied: frozenset[str] = frozenset()

    @property
    def is_admin(self) -> bool:
        """Whether Telegram counts them among the administrators."""
        return self.status in {"creator", "administrator"}

    @property
    def is_here(self) -> bool:
        """Whether they are in the chat at all."""
        return self.status not in {"left", "kicked"}

    def to_api(self) -> dict[str, Any]:
        """Telegram's ChatMember."""
        member: dict[str, Any] = {"user": self.person.to_api(), "status": self.status}
        if self.status == "creator":
            member["is_anonymous"] = False
        elif self.status == "restricted":
            member |= {name: name not in self.denied for name in SENDS}
            member |= dict.fromkeys(_NOT_GIVEN, False) | {"is_member": True, "until_date": 0}
        elif self.status == "kicked":
            member["until_date"] = 0
        elif self.status == "administrator":
            member |= dict.fromkeys(_NO_RIGHTS, False)
            member |= {
                "is_anonymous": False,
                "can_manage_chat": True,
                "can_delete_messages": self.can_delete,
                "can_pin_messages": self.can_pin,
                "can_manage_topics": self.can_manage_topics,
                "can_post_messages": self.can_post,
            }
        return member
