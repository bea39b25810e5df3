"""Readers of settings that are URLs. As in `values`: a value, or ValueError."""

import re
from urllib.parse import SplitResult, urlsplit

_POSTGRES = ("postgresql", "postgres")
_WEBHOOK_PORTS = (None, 443, 80, 88, 8443)  # the only ones Telegram calls
_APPRISE = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
# A comma or space parts two URLs only where the next one begins: they may hold commas themselves.
_BETWEEN_URLS = re.compile(r"(?<![\s,])[\s,]+(?=[a-z][a-z0-9+.-]{0,30}://)", re.IGNORECASE)


def _parts(text: str, *schemes: str) -> SplitResult:
    if re.search(r"\s", text) or not text.isprintable():
        raise ValueError("it holds blanks")
    try:
        parts = urlsplit(text)
        _ = parts.port  # checked when it is asked for
    except ValueError:
        raise ValueError from None  # the library's own words quote the text, which may be a secret
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError
    return parts


def origin(text: str) -> str:
    """`http(s)://host[:port]`, without a trailing slash."""
    parts = _parts(text, "http", "https")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("it has a path")
    if "@" in parts.netloc:
        raise ValueError("it holds a login; there is a setting of its own for the key")
    return f"{parts.scheme}://{parts.netloc}"


def base_url(text: str) -> str:
    """`http(s)://host[:port][/path]`, without a trailing slash."""
    parts = _parts(text, "http", "https")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def webhook_url(text: str) -> str:
    """An URL that Telegram is willing to call."""
    parts = _parts(text, "https")
    if parts.port not in _WEBHOOK_PORTS:
        raise ValueError("Telegram calls no other port than 443, 80, 88 or 8443")
    return text


def proxy_url(text: str) -> str:
    """An HTTP or SOCKS5 proxy, with a login or without."""
    if _parts(text, "http", "socks5").port is None:
        raise ValueError("the port is missing")
    return text


def http_url(text: str) -> str:
    """Any http or https URL."""
    _parts(text, "http", "https")
    return text


def apprise_urls(text: str) -> tuple[str, ...]:
    """URLs by comma or space."""
    found = tuple(filter(None, _BETWEEN_URLS.split(text.strip(", "))))
    if not found or not all(_APPRISE.fullmatch(url) for url in found):
        raise ValueError
    return found


def database_url(text: str) -> str:
    """`sqlite:///path` or `postgresql://…`; the older `postgres://` means the same.

    A server on this machine may be reached by its socket: `postgresql://user@/name?host=/run/…`.
    """
    if re.fullmatch(r"sqlite:///\S.*", text):
        return text
    by_socket = re.fullmatch(r"(postgres(?:ql)?://[^/@\s]*)@(/[^/?#\s]+\?host=/[^\s#]*)", text)
    parts = _parts(f"{by_socket[1]}@socket{by_socket[2]}" if by_socket else text, *_POSTGRES)
    if not parts.path.strip("/"):
        raise ValueError("the name of the database is missing")
    return re.sub(r"^postgres:", "postgresql:", text)
