"""A system notice: what a chat has to be told that is not about an incident.

It goes through the same outbox, loop, pace and receipts as alerts do, after them and before edits;
what waits for one chat leaves as one message. To add a kind: a member here, its sentence
`system_notice.<kind>` in both catalogues, its buttons in `_OFFERS` where it has any, and a call of
`storage.alerts.system_notices.add(tx, addresses, notice, now)` in the transaction that makes it
true. Addresses come from `owners` or from `storage.chats.subscriptions.Audience`.

Facts fill the sentence: `count` chooses its plural and is `{n}` there, `…_s` is a length in
seconds, `…_at` a moment in ISO 8601, any other number a number, any other text a text from outside.
`{who}` is the company or the gateway. They are kept in the database: never secrets, never phones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.company import CompanyId, GatewayName
from bot.domain.notice import ChatAddress
from bot.domain.trouble import Offer


class SystemNoticeKind(StrEnum):
    """What kinds there are. Each is one whole sentence, and says what to do."""

    CHAT_REMOVED = "chat_removed"  # the bot was removed from a chat that hears of something
    CHAT_BLOCKED = "chat_blocked"  # the same, by a person in their private chat
    CHAT_SILENCED = "chat_silenced"  # it may not write there, or does not find the chat
    CHAT_BACK = "chat_back"  # and it may again
    COMPANIES_UNNAMED = "companies_unnamed"  # the settings name them no more; still watched
    COMPANIES_UNWATCHED = "companies_unwatched"  # their gateway was taken out of the settings
    COMPANIES_UNHEARD = "companies_unheard"  # no chat is subscribed to them
    COMPANIES_TOO_MANY = "companies_too_many"  # more than MAX_COMPANIES are listed
    SESSIONS_UNFIT = "sessions_unfit"  # a gateway lists some under names that want an id
    SESSIONS_UNUSABLE = "sessions_unusable"  # and some that can't be asked for by their names
    SESSIONS_NAMELESS = "sessions_nameless"  # and some without a readable name
    SESSIONS_ALIKE = "sessions_alike"  # and some under a name that another has
    COMPANIES_WORDS = "companies_words"  # their ids are words of commands
    LISTENER_LOST = "listener_lost"  # the last chat that heard of them hears of them no more
    LISTENER_NARROWED = "listener_narrowed"  # only of what is more severe than before
    OWNER_GONE = "owner_gone"  # the settings name an owner no more: what that has ended
    COMPANY_TWICE = "company_twice"  # a second gateway has a session of the same company
    UNWATCHED = "unwatched"  # the bot itself did not run for a while
    WATCHED_AGAIN = "watched_again"  # it ran, and could not write or look for a while
    DIGEST = "digest"  # how the day went: its facts are those of a Digest
    UNANSWERED = "unanswered"  # a chat took no answer, nor did the asker's private chat
    ANSWER_LOST = "answer_lost"  # the bot stopped, or Telegram was away, before one went out
    BOARD_REFUSED = "board_refused"  # the chat does not take its board; who opened it is told
    SET_ASIDE_GOES = "set_aside_goes"  # what was set aside long ago will be deleted


_OFFERS: dict[SystemNoticeKind, tuple[Offer, ...]] = {
    SystemNoticeKind.CHAT_BACK: (Offer.STATUS,),
    SystemNoticeKind.LISTENER_LOST: (Offer.HEAR,),
    SystemNoticeKind.LISTENER_NARROWED: (Offer.HEAR,),
    SystemNoticeKind.DIGEST: (Offer.STATUS,),
    SystemNoticeKind.UNWATCHED: (Offer.STATUS,),
    SystemNoticeKind.WATCHED_AGAIN: (Offer.STATUS,),
}


@dataclass(frozen=True, kw_only=True)
class SystemNotice:
    """What is said. `company_id` or `gateway` where it concerns one."""

    kind: SystemNoticeKind
    facts: Mapping[str, Any] = field(default_factory=dict)
    company_id: CompanyId | None = None
    gateway: GatewayName | None = None

    @property
    def offers(self) -> tuple[Offer, ...]:
        """The buttons that go with it."""
        return _OFFERS.get(self.kind, ())


@dataclass(frozen=True, kw_only=True)
class PendingSystemNotice:
    """A system notice on its way to one chat."""

    id: int
    address: ChatAddress
    system_notice: SystemNotice
    created_at: datetime
    attempts: int = 0

    @property
    def is_digest(self) -> bool:
        """Whether it may come late."""
        return self.system_notice.kind is SystemNoticeKind.DIGEST


def owners(user_ids: Iterable[int]) -> list[ChatAddress]:
    """The private chats of the owners: Telegram gives them the ids of the people."""
    return [ChatAddress(user_id) for user_id in user_ids]
