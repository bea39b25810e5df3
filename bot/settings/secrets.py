"""The secrets among the settings: to be sent to those they are for, and hidden from all others."""

from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.settings.model import Settings


def secret_of(value: SecretStr | None) -> str | None:
    """The secret itself, for the one that has to send it."""
    return None if value is None else value.get_secret_value()


def secrets_in(settings: Settings) -> tuple[str, ...]:
    """Every text that must not leave the program, for the log to hide wherever it appears."""
    found: list[str] = []
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        texts = value if isinstance(value, tuple) else (value,)
        found.extend(text.get_secret_value() for text in texts if isinstance(text, SecretStr))
    found.remove(settings.database_url.get_secret_value())
    urls = [settings.database_url, settings.telegram_proxy]
    found.extend(urlsplit(url.get_secret_value()).password or "" for url in urls if url)
    return tuple(filter(None, found))
