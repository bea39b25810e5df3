"""Placeholders of a description, and what is put in their place. PURE.

`{key}` and `{id}` are the session's, `{phone}` digits, `{phone_number}` the same as a number of
JSON, `{text}` a message, `{token}` the session's own secret, `{secret}` GATEWAY_KEY, `{user}` and
`{password}` its two halves, `{random}` a new secret that nobody has to know. Whatever stands in an
address is quoted; other braces stay as they are.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
PHONES = frozenset({"phone", "phone_number"})
SECRETS = frozenset({"secret", "token", "user", "password"})
KNOWN = frozenset({"key", "id", "text", "random"}) | PHONES | SECRETS


def names_in(template: object) -> frozenset[str]:
    """The placeholders in a text, or in the texts of a body however deep."""
    if isinstance(template, str):
        return frozenset(PLACEHOLDER.findall(template))
    parts: list[object] = []
    if isinstance(template, Mapping):
        parts = list(template.values())
    elif isinstance(template, list | tuple):
        parts = list(template)
    return frozenset(name for part in parts for name in names_in(part))


def in_path(template: str, values: Mapping[str, str]) -> str:
    """An address with its query."""
    return PLACEHOLDER.sub(lambda found: quote(values[found[1]], safe=""), template)


def in_text(template: str, values: Mapping[str, str]) -> str:
    """A header, or a text of a body."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], template)


def in_body(template: object, values: Mapping[str, str]) -> object:
    """A body, part by part. A text that is `{phone_number}` alone becomes a number."""
    if isinstance(template, Mapping):
        return {name: in_body(part, values) for name, part in template.items()}
    if isinstance(template, list | tuple):
        return [in_body(part, values) for part in template]
    if not isinstance(template, str):
        return template
    if template == "{phone_number}":
        return int(values["phone_number"])
    return in_text(template, values)
