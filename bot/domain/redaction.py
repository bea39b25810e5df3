"""What no log line and no error text may show, and the text without it.

Patterns know the secrets of Telegram, WhatsApp and HTTP by their form. Where a form could also be
something harmless it is hidden: a log with a gap is better than a log with a key.
"""

import re

HIDDEN = "[hidden]"
KEY = "[key]"
CODE = "[pairing code]"
TOKEN = "[token]"  # noqa: S105 - what stands in its place

_QUOTE = r"\\*[\"']?"  # or none; with backslashes where JSON stands within a text

# In headers, URLs, JSON and `name=value` alike, what follows such a name is a secret.
_NAMES = (
    r"[\w-]*(?:token|secret|passw(?:or)?d|passphrase|api[ _-]?key|masterkey|cookie|authorization"
    r"|(?:gateway|hook|access)[_-]?key|pairing[ _-]?code|qr[ _-]?(?:code|payload|string)|hmac"
    r"|signature|(?:priv|private|pub|root|chain|base|noise|identity|ephemeral|advsecret|pre)key)"
)
_VALUE = (
    r"b?\"(?:[^\"\\]|\\.)*\"?|b?'(?:[^'\\]|\\.)*'?"
    r"|\\+\"(?:[^\"\\]|\\[^\"])*\\*\"?"
    r"|[^\s\"'\\,;&<>()\[\]{}]+"
)
_BUFFER = rf"type{_QUOTE}\s*:\s*{_QUOTE}Buffer{_QUOTE}\s*,\s*{_QUOTE}data{_QUOTE}\s*:\s*"

_RULES = [
    # A pairing payload, in the URL of newer versions or bare; a pairing code.
    (r"https://wa\.me/settings/linked_devices#[^\s\"'<>\\]*", CODE),
    (r"(?<![A-Za-z0-9])\d@[A-Za-z0-9+/=_,-]{8,}", CODE),
    (r"(?<![\w-])[1-9A-HJ-NP-TV-Z]{4}-[1-9A-HJ-NP-TV-Z]{4}(?![\w-])", CODE),
    # Keys as JSON, as Node prints them, and pictures of codes.
    (rf"{_BUFFER}(?:\[[^\]]*\]?|\\*[\"'][^\"'\\]*)", KEY),
    (r"<Buffer\b[^>]*>?", KEY),
    (r"\bUint8Array\(\d+\)\s*\[[^\]]*\]?", KEY),
    (r"data:[\w/+.-]{1,40};base64,[A-Za-z0-9+/=_-]*", HIDDEN),
    # A bot token, alone or in the path of a Bot API URL.
    (r"(?<!\d)\d+(?::|%3A)[A-Za-z0-9_-]{30,}", TOKEN),
    (r"(?<![\d.])\d{5,20}(?::|%3A)[A-Za-z0-9_-]{8,}", TOKEN),
    # Logins: within an URL, as a header, behind a telling name.
    (r"(?<=://)[^\s/\"'<>]+@", f"{HIDDEN}@"),
    (r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{4,}", rf"\1 {HIDDEN}"),
    (rf"(?i)(?<![\w-])({_NAMES})({_QUOTE}\s*[=:]\s*)(?!\[)(?:{_VALUE})", rf"\1\2{HIDDEN}"),
]
_COMPILED = [(re.compile(pattern), instead) for pattern, instead in _RULES]

_RUN = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")
_PLAIN_WORD = re.compile(r"[a-z0-9]{0,24}|[A-Z]?[a-z]{0,24}|[A-Z0-9]{0,24}")

# Ids of Telegram have as many digits as phone numbers; a sign or a label tells them apart.
_NUMBERS = re.compile(
    r"(?P<kept>(?<![A-Za-z0-9_])-(?:100\d{10,13}|\d{10})(?!\d)"
    r"|(?i:(?<![a-z])(?:user|chat|update|message|owner|admin|bot|thread|sender|topic)[ _]?"
    r"(?:chat[ _]?)?ids?)[\"']?\s{0,2}[=:]?\s{0,2}[\"']?\d{10,15}(?![\d:@]))"
    r"|(?<!\d)\d{10,15}(?!\d)"
    r"|\+\d(?:[ ().-]{0,2}\d){9,14}"
    r"|(?<!\d)[78][ -]?\(?\d{3}\)?[ -]?\d{3}[ -]?\d{2}[ -]?\d{2}(?!\d)"
)
_SHOWN_DIGITS = 4


def redacted(text: str) -> str:
    """The text with every secret replaced and every phone number cut to its last four digits."""
    for pattern, instead in _COMPILED:
        text = pattern.sub(instead, text)
    return _NUMBERS.sub(_number, _RUN.sub(_run, text))


def _run(match: re.Match[str]) -> str:
    """Hide a long run of base64 or hex; keep a path or a name, which is made of plain words."""
    words = re.split(r"[/_-]", match[0])
    plain = len(words) > 1 and all(_PLAIN_WORD.fullmatch(word) for word in words)
    return match[0] if plain else KEY


def _number(match: re.Match[str]) -> str:
    if match["kept"]:
        return match[0]
    return "•••" + re.sub(r"\D", "", match[0])[-_SHOWN_DIGITS:]
