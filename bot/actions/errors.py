"""Why an action was not done.

    ActionError            try again?            whose fault?
    ├── UnknownCompany     with another id       the asker's
    ├── NotYours           no                    the presser's: the question was put to another
    ├── TooLate            ask anew              nobody's: the time is over
    ├── AnsweredAlready    no                    nobody's
    ├── DoneAlready        no                    nobody's: the update was delivered twice
    ├── NothingHeard       once subscribed       the chat's
    ├── TooManyCodes       after `wait`          nobody's: WhatsApp wants few of them
    └── BadRequest         with other words      the asker's

`bot.domain.access.NotAllowed` and `bot.domain.company.BadCompanyId` may come as well.
"""

from datetime import timedelta

from bot.domain.access import UserId
from bot.recovery.throttle import Limit


class ActionError(Exception):
    """Nothing was changed."""


class UnknownCompany(ActionError):
    """No company that the asker may see has this id; `sees_all`: none at all."""

    def __init__(self, company_id: str, *, sees_all: bool = True) -> None:
        super().__init__(company_id)
        self.company_id = company_id
        self.sees_all = sees_all


class NotYours(ActionError):
    """Somebody else was asked."""

    def __init__(self, asked: UserId) -> None:
        super().__init__(asked)
        self.asked = asked


class TooLate(ActionError):
    """The question can't be answered any more."""


class AnsweredAlready(ActionError):
    """The question was answered before."""


class DoneAlready(ActionError):
    """The very same update was obeyed before."""


class NothingHeard(ActionError):
    """The chat or topic is subscribed to no company."""


class TooManyCodes(ActionError):
    """No pairing code for this number yet; `limit` says which limit stands in the way."""

    def __init__(self, limit: Limit, wait: timedelta) -> None:
        super().__init__(limit)
        self.limit = limit
        self.wait = wait


class BadRequest(ActionError):
    """Not understood; `key` names the sentence that says how to do it right."""

    def __init__(self, key: str, **params: str) -> None:
        super().__init__(key)
        self.key = key
        self.params = params
