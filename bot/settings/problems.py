"""What is wrong with the settings, said so that an operator can mend it."""

from collections.abc import Iterable

from bot.domain.redaction import redacted
from bot.settings.docs import SettingDoc

_SHOWN_CHARACTERS = 80


class SettingsProblems(Exception):
    """The settings cannot be used. Whose fault: the operator's; it takes a change to try again.

    `problems` are whole sentences, in the order of the settings, without any secret.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(format_problems(self.problems))


def format_problems(problems: Iterable[str]) -> str:
    """The problems as the text to print before giving up."""
    lines = [f"  - {problem}" for problem in problems]
    head = "There is a problem" if len(lines) == 1 else f"There are {len(lines)} problems"
    return "\n".join([f"{head} with the settings:", *lines])


def missing(doc: SettingDoc, lookalike: str | None) -> str:
    """The sentence for a required setting that nobody set."""
    hint = "" if lookalike is None else f" {lookalike} is set: is {doc.name} meant?"
    return f"{doc.name} is not set: expected {doc.expects}, for example {_example(doc)}.{hint}"


def unusable(doc: SettingDoc, found: str, detail: str) -> str:
    """The sentence for a value that was not understood."""
    what = "has a value that can't be used" if doc.secret else f"is {_shown(found)}"
    reason = f" ({detail})" if detail else ""
    return f"{doc.name} {what}{reason}: expected {doc.expects}, for example {_example(doc)}."


def unreadable_file(name: str, path: str, reason: str) -> str:
    """The sentence for a `NAME_FILE` that gives no secret."""
    return (
        f"{name}_FILE is {_shown(path)}, which {reason}: expected a file that holds the value "
        f"alone, for example {name}_FILE=/run/secrets/{name.lower()}."
    )


def set_twice(name: str) -> str:
    """The sentence for a secret given both ways in one place."""
    return (
        f"{name} and {name}_FILE are both set: expected one of them, for example just {name}_FILE."
    )


def needs(name: str, other: SettingDoc, expects: str) -> str:
    """The sentence for a setting that makes no sense without another."""
    return f"{name} needs {other.name}: expected {expects}, for example {_example(other)}."


def _example(doc: SettingDoc) -> str:
    return f"{doc.name}={doc.example}"


def _shown(text: str) -> str:
    text = redacted(text)  # a secret may have been put under the wrong name
    cut = text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
    return '"' + "".join(sign if sign.isprintable() else "�" for sign in cut) + '"'
