"""Where settings come from.

What is asked first wins: overrides, the environment, the `.env` file. An empty value is no value.
"""

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import BaseSettings, DotEnvSettingsSource

from bot.settings import problems
from bot.settings.docs import SettingDoc
from bot.settings.model import Settings, documented
from bot.settings.problems import SettingsProblems

ENV_FILE = Path(".env")
_MAX_SECRET_BYTES = 64 * 1024
_ALIKE = 0.8  # TELEGRAM_TOKEN for TELEGRAM_BOT_TOKEN, and no other variable of a usual host

SettingsSource = Mapping[str, str]


def load(
    environ: SettingsSource | None = None,
    env_file: Path | None = ENV_FILE,
    overrides: SettingsSource | None = None,
    *,
    least: SettingsSource | None = None,
) -> Settings:
    """The settings, or SettingsProblems with all problems at once.

    `environ` is this process's environment unless given. A missing `env_file` is no problem.
    `overrides` are texts by the names of the environment; `least` are those that stand in for what
    is set nowhere.
    """
    wrong: dict[str, str] = {}
    sources = [*_sources(environ, env_file, overrides, wrong), least or {}]
    docs = documented()
    given: dict[str, str] = {}
    for doc in docs:
        try:
            text = _text_of(doc, sources)
        except UnreadableSecret as error:
            wrong[doc.name] = str(error)
        else:
            if text is not None:
                given[doc.name] = text
    settings = _validated(docs, given, sources, wrong)
    wrong |= dict(_contradictions(docs, given))
    if settings is None or wrong:
        order = [doc.name for doc in docs]
        names = sorted(wrong, key=lambda name: order.index(name) if name in order else -1)
        raise SettingsProblems(wrong[name] for name in names)
    return settings


def problem_with(name: str, text: str) -> str | None:
    """What is wrong with one value, as a sentence; None when it can be used."""
    wrong: dict[str, str] = {}
    _validated(documented(), {name: text}, [], wrong)
    return wrong.get(name)


def lookalikes(
    environ: SettingsSource | None = None, env_file: Path | None = ENV_FILE
) -> tuple[str, ...]:
    """Hints at variables that look like misspelt settings; the settings they resemble are unset."""
    sources = _sources(environ, env_file, None, {})
    found = (
        (doc.name, _lookalike(doc.name, sources)) for doc in documented() if _unset(doc, sources)
    )
    return tuple(f"{other} is set: is {name} meant?" for name, other in found if other)


def environment_for_others(keys: Iterable[str] = ()) -> dict[str, str]:
    """What a program we run may see: the environment without our settings, the token among them.

    `keys` are variables beside the settings that hold keys of gateways.
    """
    names = (*(doc.name for doc in documented()), *keys)
    ours = {variable for name in names for variable in (name, f"{name}_FILE")}
    ours.discard("LANGUAGE")  # a desktop's as well
    return {name: value for name, value in os.environ.items() if name not in ours}


class UnreadableSecret(Exception):
    """A value could not be fetched; the message is the problem to report."""


def _sources(
    environ: SettingsSource | None,
    env_file: Path | None,
    overrides: SettingsSource | None,
    wrong: dict[str, str],
) -> list[SettingsSource]:
    environ = dict(os.environ if environ is None else environ)
    # Desktops and servers set LANGUAGE too, as a list of locales ("en_US:en"). That is not ours.
    if re.search(r"[_.:]", environ.get("LANGUAGE", "")):
        del environ["LANGUAGE"]
    return [overrides or {}, environ, _read_env_file(env_file, wrong)]


def _read_env_file(path: Path | None, wrong: dict[str, str]) -> SettingsSource:
    if path is None:
        return {}
    try:
        found = DotEnvSettingsSource(
            BaseSettings,
            env_file=path,
            env_file_encoding="utf-8-sig",  # editors on Windows begin a file with a mark
            case_sensitive=True,
        ).env_vars
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        wrong[str(path)] = f"{path} cannot be read ({reason}): expected lines like NAME=value."
        return {}
    return {name: text for name, text in found.items() if text is not None}


class Variables:
    """Variables that are no settings: the keys that the configuration file names."""

    def __init__(self, environ: SettingsSource | None, env_file: Path | None) -> None:
        self._sources = _sources(environ, env_file, None, {})

    def secret(self, name: str) -> str | None:
        """What NAME holds, or the file that NAME_FILE names; UnreadableSecret."""
        found = (_given(name, source, secret=True) for source in self._sources)
        return next((text for text in found if text is not None), None)


def _given(name: str, source: SettingsSource, *, secret: bool) -> str | None:
    """What one source says, for a secret by its file as well."""
    text = source.get(name, "").strip()
    file = source.get(f"{name}_FILE", "").strip() if secret else ""
    if text and file:
        raise UnreadableSecret(problems.set_twice(name))
    return _secret_in(name, file) if file else text or None


def _text_of(doc: SettingDoc, sources: list[SettingsSource]) -> str | None:
    """The text of one setting from the first source that has it."""
    for source in sources:
        text = _given(doc.name, source, secret=doc.secret)
        if text is not None:
            return text
        if doc.name == "LISTEN" and "LISTEN" in source:
            return "off"  # the one setting where empty means something
    return None


def _secret_in(name: str, file: str) -> str:
    try:
        with Path(file).open("rb") as opened:
            text = opened.read(_MAX_SECRET_BYTES).decode("utf-8-sig").strip()
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
    except UnicodeDecodeError:
        reason = "is not UTF-8 text"
    else:
        if text:
            return text
        reason = "is empty"
    raise UnreadableSecret(problems.unreadable_file(name, file, reason))


def _validated(
    docs: tuple[SettingDoc, ...],
    given: SettingsSource,
    sources: list[SettingsSource],
    wrong: dict[str, str],
) -> Settings | None:
    try:
        return Settings.model_validate({name.lower(): text for name, text in given.items()})
    except ValidationError as error:
        details = {
            str(detail["loc"][0]).upper(): detail.get("ctx", {}).get("error", "")
            for detail in error.errors()
        }
    for doc in docs:
        if doc.name not in details or doc.name in wrong:
            continue
        if doc.name in given:
            wrong[doc.name] = problems.unusable(doc, given[doc.name], str(details[doc.name]))
        else:
            wrong[doc.name] = problems.missing(doc, _lookalike(doc.name, sources))
    return None


def _contradictions(
    docs: tuple[SettingDoc, ...], given: SettingsSource
) -> Iterator[tuple[str, str]]:
    """Settings that make no sense without another one."""
    if "TELEGRAM_WEBHOOK_URL" not in given:
        return
    by_name = {doc.name: doc for doc in docs}
    if "TELEGRAM_WEBHOOK_SECRET" not in given:
        # Without it anybody who guesses the URL could speak as Telegram.
        secret = by_name["TELEGRAM_WEBHOOK_SECRET"]
        yield secret.name, problems.needs("TELEGRAM_WEBHOOK_URL", secret, secret.expects)
    if given.get("LISTEN") == "off":
        yield "LISTEN", problems.needs("TELEGRAM_WEBHOOK_URL", by_name["LISTEN"], "host:port")


def _unset(doc: SettingDoc, sources: list[SettingsSource]) -> bool:
    names = (doc.name, f"{doc.name}_FILE")
    return not any(source.get(name) for source in sources for name in names)


def _lookalike(name: str, sources: list[SettingsSource]) -> str | None:
    """A variable that is set, is none of ours, and resembles this name more than our others."""
    docs = documented()
    ours = [doc.name for doc in docs] + [f"{doc.name}_FILE" for doc in docs if doc.secret]
    strange = (key for source in sources for key, text in source.items() if text)
    return next((key for key in strange if key not in ours and name == _meant(key, ours)), None)


def _meant(key: str, ours: list[str]) -> str | None:
    upper = key.upper()
    completed = (name for name in ours if "_" in upper and name.endswith(f"_{upper}"))
    closest = difflib.get_close_matches(upper, ours, n=1, cutoff=_ALIKE)
    return next(iter([*completed, *closest]), None)
