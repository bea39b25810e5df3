"""The parameters of one Bot API call, however they were sent.

Telegram takes JSON, urlencoded forms, multipart forms and query strings. In forms every value is
text and nested objects are JSON inside that text; here both come out alike.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from bot.sandbox.telegram.refusals import Refusal, bad, number


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that came with the call."""

    name: str
    data: bytes
    mime: str


@dataclass(kw_only=True)
class Params:
    """Named values and files of one call."""

    values: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """The value as text, None when absent."""
        value = self.values.get(name)
        return None if value is None else str(value)

    def integer(self, name: str) -> int | None:
        """The value as a number, None when absent."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        return number(value, name)

    def needed_integer(self, name: str) -> int:
        """The value as a number, a refusal when absent."""
        value = self.integer(name)
        if value is None:
            raise bad(f"parameter {name!r} is required")
        return value

    def flag(self, name: str) -> bool:
        """Whether the value says yes in any of the ways Telegram understands."""
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes"}

    def array(self, name: str) -> list[Any] | None:
        """The JSON array, None when absent."""
        value = self._decoded(name)
        if value is None or isinstance(value, list):
            return value
        raise bad(f"can't parse {name}: expected an Array")

    def obj(self, name: str) -> dict[str, Any] | None:
        """The JSON object, None when absent."""
        value = self._decoded(name)
        if value is None or isinstance(value, dict):
            return value
        raise bad(f"can't parse {name}: expected an Object")

    def plain(self) -> dict[str, Any]:
        """Every value with nested JSON decoded, for the record of calls."""
        return {name: _lenient(value) for name, value in self.values.items()}

    def _decoded(self, name: str) -> Any:
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name} JSON object") from None


def _lenient(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


async def read_params(request: web.Request) -> Params:
    """The parameters of a request; a Refusal when its body makes no sense."""
    params = Params(values=dict(request.query))
    if request.content_type == "application/json":
        params.values.update(await _json_body(request))
    elif request.content_type in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        for name, value in (await request.post()).items():
            if isinstance(value, FileField):
                params.uploads[name] = Upload(
                    name=value.filename, data=value.file.read(), mime=value.content_type
                )
            elif isinstance(value, bytes | bytearray):
                params.uploads[name] = Upload(
                    name=name, data=bytes(value), mime="application/octet-stream"
                )
            else:
                params.values[name] = value
    return params


async def _json_body(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "Bad Request: can't parse JSON object")
    return body
