"""What a request bears, and what its answer may say of itself. PURE."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from bot.gateways.client import Payload
from bot.gateways.described import templates
from bot.gateways.described.replies import first_at
from bot.gateways.described.words import Bearing, Call, Condition, Place

# Statuses in which an answer may say more than the status does.
_TELLING = frozenset({400, 404, 405, 406, 409, 412, 422, 500})
# What a send that is refused may be answered; the words of the answer say the rest.
REFUSALS = tuple(Condition(status=status) for status in (400, 404, 409, 422, 500))
_NO_ROUTE = ("cannot get", "cannot post", "cannot delete", "cannot put", "cannot patch", "no route")


def allowed_statuses(conditions: Sequence[Condition]) -> frozenset[int]:
    """The statuses whose answers are looked into."""
    statuses = {condition.status for condition in conditions if condition.status is not None}
    by_field = any(condition.status is None for condition in conditions)
    return frozenset(statuses) | (_TELLING if by_field else frozenset())


def says_no_route(answer: object) -> bool:
    """Whether a 404 is about the address, and not about a session: a build without this route."""
    said = [first_at(answer, [(name,)]) for name in ("message", "error", "detail")]
    texts = [text.casefold() for text in said if isinstance(text, str)]
    return any(text.startswith(_NO_ROUTE) for text in texts)


def payload_of(call: Call, values: Mapping[str, str]) -> Payload | None:
    """The body of a call; an empty object where a method takes one and the description has none."""
    if call.method in ("GET", "DELETE") and call.body is None:
        return None
    body = templates.in_body(call.body or {}, values)
    if call.form and isinstance(body, dict):
        content = urlencode(body).encode()
        return Payload(content=content, media_type="application/x-www-form-urlencoded")
    return Payload(content=json.dumps(body).encode(), media_type="application/json")


def header_text(text: str) -> str:
    """A header's text; what no header takes is quoted."""
    return text if text.isascii() and text.isprintable() else quote(text)


def bearing_headers(bearing: Bearing, secret: str) -> dict[str, str]:
    """The headers that bear a secret; none where it goes elsewhere."""
    match bearing.place:
        case Place.HEADER:
            return {bearing.name: secret}
        case Place.BEARER:
            return {"Authorization": f"Bearer {secret}"}
        case Place.BASIC:
            return {"Authorization": f"Basic {b64encode(secret.encode()).decode()}"}
    return {}


def with_query(path: str, bearing: Bearing, secret: str) -> str:
    """The address, with the secret in its query where it goes there."""
    if bearing.place is not Place.QUERY:
        return path
    joint = "&" if "?" in path else "?"
    return f"{path}{joint}{urlencode({bearing.name: secret})}"
