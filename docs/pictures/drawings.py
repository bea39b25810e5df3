"""Draws the badges and the picture of how it works, as SVG: `make pictures`.

Badges are files of ours, so that a README asks no other host for them.
"""

import tomllib
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text())["project"]
INK, PAPER, LINE, VIOLET, GREEN = "#1f1b3a", "#ffffff", "#b9b3e6", "#5b4fd6", "#2f8f5b"
FONT = "font-family='Verdana,DejaVu Sans,sans-serif'"
BADGES = {
    "licence": ("licence", PROJECT["license"], VIOLET),
    "python": ("python", PROJECT["requires-python"].replace(">=", "≥ "), VIOLET),
    "tests": ("tests", "make test", GREEN),
}
WORDS = {
    "en": {
        "gateways": ("Your gateways", "one WhatsApp session per company"),
        "disk": ("Key files and log", "counted, copied, set aside on a reset"),
        "bot": ("Re:pair", "looks · confirms · remembers · tells"),
        "store": ("SQLite or PostgreSQL", "incidents, outbox, audit"),
        "chat": ("Telegram", "alert · board · QR, with the button that mends"),
        "people": ("People you let in", "viewer · operator · owner"),
        "look": "looks, hears pushes",
        "act": "reconnects, resets, pairs",
        "tell": "one message per incident",
        "press": "a press, checked anew",
    },
    "ru": {
        "gateways": ("Ваши шлюзы", "одна сессия WhatsApp на компанию"),
        "disk": ("Файлы ключей и журнал", "считает, копирует, откладывает"),
        "bot": ("Re:pair", "смотрит · проверяет · помнит · сообщает"),
        "store": ("SQLite или PostgreSQL", "аварии, очередь, журнал действий"),
        "chat": ("Telegram", "тревога · табло · QR, с кнопкой, которая чинит"),
        "people": ("Те, кого вы впустили", "наблюдатель · оператор · владелец"),
        "look": "смотрит, слышит вебхуки",
        "act": "чинит и привязывает",
        "tell": "одно сообщение на аварию",
        "press": "нажатие, права проверены",
    },
}


def badge(name: str, value: str, colour: str) -> str:
    """Two fields, as badges are everywhere."""
    left, right = (len(text) * 7 + 14 for text in (name, value))
    whole = left + right
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{whole}' height='20' role='img' "
        f"aria-label='{escape(name)}: {escape(value)}'>"
        f"<rect width='{whole}' height='20' rx='4' fill='{colour}'/>"
        f"<path d='M4 0h{left - 4}v20h-{left - 4}a4 4 0 0 1-4-4v-12a4 4 0 0 1 4-4z' fill='#444'/>"
        f"<g {FONT} font-size='11' fill='#fff' text-anchor='middle'>"
        f"<text x='{left / 2}' y='14'>{escape(name)}</text>"
        f"<text x='{left + right / 2}' y='14'>{escape(value)}</text></g></svg>\n"
    )


def box(left: int, top: int, width: int, words: tuple[str, str], fill: str = "#f4f2ff") -> str:
    """A rounded box with a title and what it does."""
    ink = PAPER if fill == VIOLET else INK
    middle = left + width / 2
    return (
        f"<rect x='{left}' y='{top}' width='{width}' height='76' rx='14' fill='{fill}' "
        f"stroke='{LINE}'/>"
        f"<text x='{middle}' y='{top + 32}' font-size='19' font-weight='600' fill='{ink}'>"
        f"{escape(words[0])}</text>"
        f"<text x='{middle}' y='{top + 56}' font-size='14' fill='{ink}'>{escape(words[1])}</text>"
    )


def arrow(left: int, top: int, bottom: int, words: str, side: str) -> str:
    """A line down, or up where `bottom` is above, with words on one side of it."""
    anchor, gap = ("start", 12) if side == "right" else ("end", -12)
    return (
        f"<path d='M{left} {top}V{bottom}' stroke='{VIOLET}' stroke-width='2.5' "
        f"marker-end='url(#tip)'/>"
        f"<text x='{left + gap}' y='{(top + bottom) / 2 + 5}' font-size='14' fill='{INK}' "
        f"text-anchor='{anchor}'>{escape(words)}</text>"
    )


def how(words: dict[str, tuple[str, str] | str]) -> str:
    """From the gateways down to the people, and back up."""
    boxes = {name: value for name, value in words.items() if isinstance(value, tuple)}
    labels = {name: value for name, value in words.items() if isinstance(value, str)}
    line = f"fill='none' stroke='{VIOLET}' stroke-width='2.5'"
    parts = [
        box(20, 20, 330, boxes["gateways"]),
        box(370, 20, 330, boxes["disk"]),
        box(20, 170, 330, boxes["bot"], VIOLET),
        box(370, 170, 330, boxes["store"]),
        box(20, 320, 680, boxes["chat"]),
        box(20, 470, 680, boxes["people"]),
        arrow(60, 98, 164, "", "right"),
        arrow(310, 168, 104, "", "left"),
        f"<text x='185' y='126' font-size='13' fill='{INK}'>↓ {escape(labels['look'])}</text>",
        f"<text x='185' y='150' font-size='13' fill='{INK}'>↑ {escape(labels['act'])}</text>",
        f"<path d='M480 98V134H338V164' {line} stroke-dasharray='5 5'/>",
        f"<path d='M352 208H366' {line}/>",
        arrow(100, 248, 314, labels["tell"], "right"),
        arrow(340, 318, 254, labels["press"], "right"),
        arrow(100, 398, 464, "", "right"),
        arrow(340, 468, 404, "", "right"),
    ]
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 720 566' role='img'>"
        "<defs><marker id='tip' viewBox='0 0 10 10' refX='8' refY='5' markerWidth='7' "
        f"markerHeight='7' orient='auto-start-reverse'><path d='M0 0L10 5L0 10z' fill='{VIOLET}'/>"
        f"</marker></defs><rect width='720' height='566' rx='18' fill='{PAPER}'/>"
        f"<g {FONT} text-anchor='middle'>{''.join(parts)}</g></svg>\n"
    )


def main() -> None:
    """Draw them all."""
    for name, (left, right, colour) in BADGES.items():
        (HERE / f"badge-{name}.svg").write_text(badge(left, right, colour))
    for language, words in WORDS.items():
        (HERE / f"how-{language}.svg").write_text(how(words))


if __name__ == "__main__":
    main()
