"""What can still be said when the database cannot be asked: who was known, what was last seen."""

from datetime import datetime

from bot.domain.access import Person, UserId
from bot.domain.database_trouble import DatabaseTrouble
from bot.domain.freshness import LastLooks
from storage.trouble import trouble_of


class Memory:
    """Kept by this process alone. It lets nobody do anything: it only helps to answer politely."""

    def __init__(self, owner_ids: tuple[UserId, ...], last_looks: LastLooks) -> None:
        self._known = set(owner_ids)
        self._last_looks = last_looks

    def trouble_of(self, error: BaseException) -> DatabaseTrouble | None:
        """What the error says of the database; None when it is about something else."""
        return trouble_of(error)

    def seen(self, person: Person) -> None:
        """Somebody was found to be known, or to be known no longer."""
        if person.known:
            self._known.add(person.user_id)
        else:
            self._known.discard(person.user_id)

    def knows(self, user_id: UserId) -> bool:
        """Whether somebody was let in when that could last be read."""
        return user_id in self._known

    @property
    def last_good_at(self) -> datetime | None:
        """When everybody was last looked at with what was seen written down."""
        return self._last_looks.last_good_at
