"""A request to a double that is told by a file, with what the file says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class Asked:
    """A request, with what the file says of it."""

    route: Mapping[str, Any]
    request: web.Request
    body: Mapping[str, object]

    @property
    def steps(self) -> list[str]:
        """What it has done; nothing where its query says so."""
        quiet = dict(pair.split("=") for pair in self.route.get("quiet", ()))
        if quiet and all(self.request.query.get(name) == value for name, value in quiet.items()):
            return []
        by_query = self.route.get("by_query", {})
        done = by_query.get(self.request.query.get("action"), self.route.get("does", ""))
        return str(done).split()

    @property
    def phone(self) -> str:
        """The number that a code is asked for."""
        place, _, name = self.route["phone"].partition(" ")
        given = {"path": self.request.match_info, "query": self.request.query}
        return str(given.get(place, self.body).get(name or place, ""))


def secret_in(request: web.Request, place: list[str]) -> str:
    """The secret that a request bears there."""
    match place:
        case ["header", name]:
            return request.headers.get(name, "")
        case ["bearer"]:
            return request.headers.get("Authorization", "").removeprefix("Bearer ")
        case ["path"]:
            return request.match_info.get("token", "")
    return ""
