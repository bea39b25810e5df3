"""What Telegram answers when it will not do something, in its own words.

Refusal                       try again?   whose fault?
├── code 400                  no           the caller's request
│   └── with migrate_to_chat_id  yes, there  nobody's: the group became a supergroup
├── code 401, 404             no           the caller's token or method name
├── code 403                  no           a person's choice: blocked, kicked, never started
├── code 409                  no           a second poller's
└── code 429                  later        the caller sent too much (`retry_after`)
"""

from typing import Any


class Refusal(Exception):
    """An answer with `"ok": false`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def to_api(self) -> dict[str, Any]:
        """The JSON body of the answer."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad(reason: str) -> Refusal:
    """400 with Telegram's usual prefix."""
    return Refusal(400, f"Bad Request: {reason}")


def number(value: Any, name: str) -> int:
    """A value as the number that it has to be; refused under its name where it is none."""
    try:
        return int(value)
    except (TypeError, ValueError):
        raise bad(f"field {name!r} must be a number") from None


def forbidden(reason: str) -> Refusal:
    """403 with Telegram's usual prefix."""
    return Refusal(403, f"Forbidden: {reason}")


def too_many(retry_after_s: int) -> Refusal:
    """429 that says how many seconds to stay away."""
    return Refusal(
        429, f"Too Many Requests: retry after {retry_after_s}", retry_after=retry_after_s
    )


def migrated(chat_id: int) -> Refusal:
    """400 that names the supergroup a group has become."""
    return Refusal(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        migrate_to_chat_id=chat_id,
    )
