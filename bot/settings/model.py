"""Every setting with its type, default and meaning. The order is that of the documentation."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr

from bot.domain.access import UserId
from bot.domain.auto_recovery import AutoRecovery
from bot.domain.notice import ChatAddress
from bot.settings import addresses, values
from bot.settings.docs import SettingDoc, docs_of, setting

_DAY_S = 86_400.0


def _read(read: Callable[[str], Any]) -> BeforeValidator:
    # A default of None is no text and has no reader.
    return BeforeValidator(lambda text: read(text) if isinstance(text, str) else text)


class Settings(BaseModel):
    """All settings, parsed. Frozen; secrets are `SecretStr`, hidden from repr.

    Made by `load`, which merges the sources and tells all problems at once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    telegram_bot_token: Annotated[
        SecretStr, _read(values.matching(r"\d{1,20}:[A-Za-z0-9_-]{1,200}"))
    ] = setting(
        None,
        "the bot's token from @BotFather",
        group="Telegram",
        expects="the token as @BotFather gives it: digits, a colon, letters",
        example="123456:TEST-TOKEN",
        required=True,
        secret=True,
    )
    telegram_chat_id: Annotated[ChatAddress | None, _read(values.chat_address)] = setting(
        None,
        "chat alerted from the first start, for all companies; with a topic after a colon",
        group="Telegram",
        expects="the number of a chat, with `:topic` after it for one topic of a forum",
        example="-1001234567890",
    )
    telegram_api_url: Annotated[str, _read(addresses.base_url)] = setting(
        "https://api.telegram.org",
        "any Bot API server",
        group="Telegram",
        expects="an http:// or https:// URL",
    )
    telegram_proxy: Annotated[SecretStr | None, _read(addresses.proxy_url)] = setting(
        None,
        "proxy to reach Telegram through",
        group="Telegram",
        expects="an http:// or socks5:// URL with a port",
        example="socks5://127.0.0.1:1080",
        secret=True,
    )
    telegram_webhook_url: Annotated[str | None, _read(addresses.webhook_url)] = setting(
        None,
        "public URL for a webhook instead of long polling",
        group="Telegram",
        expects="an https:// URL on port 443, 80, 88 or 8443",
        example="https://bot.example.com/telegram",
    )
    telegram_webhook_secret: Annotated[
        SecretStr | None, _read(values.matching(r"[A-Za-z0-9_-]{1,256}"))
    ] = setting(
        None,
        "what Telegram sends along to prove that a webhook call is its own",
        group="Telegram",
        expects="1 to 256 letters, digits, _ or -",
        example="any-long-random-word",
        secret=True,
    )
    owner_ids: Annotated[tuple[UserId, ...], _read(values.user_ids)] = setting(
        None,
        "Telegram user ids with every right, for ever",
        group="People",
        expects="Telegram user ids by comma; /id tells one",
        example="1111111,2222222",
        required=True,
    )
    gateway: Annotated[str, _read(values.gateway)] = setting(
        "ai_admin",
        "kind of gateway, or file:PATH of a description of your own",
        group="Gateway",
        expects="a kind of gateway that this version speaks",
    )
    gateway_url: Annotated[str, _read(addresses.origin)] = setting(
        "http://localhost:3000",
        "where the gateway answers: origin without a path",
        group="Gateway",
        expects="an http:// or https:// URL without a path",
    )
    gateway_key: Annotated[SecretStr | None, _read(values.no_control_characters)] = setting(
        None,
        "key, token or user:password as that gateway wants it",
        group="Gateway",
        expects="one line of text",
        example="the-key-of-your-gateway",
        secret=True,
    )
    companies: Annotated[
        Literal["auto"] | tuple[values.NamedCompany, ...],
        _read(values.auto_or(values.companies)),
    ] = setting(
        "auto",
        "`id=name` by comma, or auto: whatever the gateway lists",
        group="Gateway",
        expects="company ids (letters, digits, _ and -) by comma, with =name at will, or auto",
        example="962302=Salon North,962303",
    )
    sessions_dir: Annotated[str | None, _read(values.sessions_dir)] = setting(
        None,
        "template of the auth directories on this disk; without it nothing can be set aside",
        group="Gateway",
        expects="a path whose last part holds {company} once",
        example="/opt/ai-admin/baileys_sessions/company_{company}",
    )
    gateway_log: Annotated[tuple[str, ...], _read(values.globs)] = setting(
        None,
        "log files of the gateway to follow, globs by comma",
        group="Gateway",
        expects="paths or globs by comma",
        example="/root/.pm2/logs/ai-admin-*.log",
        unset=(),
    )
    gateway_restart_command: Annotated[tuple[str, ...], _read(values.command)] = setting(
        None,
        "restarts the gateway process; run without a shell",
        group="Gateway",
        expects="a program with its arguments",
        example="pm2 restart ai-admin-api",
        unset=(),
    )
    config_file: Annotated[Path | None, _read(values.existing_file)] = setting(
        None,
        "TOML for several gateways and settings per company; the environment wins",
        group="Gateway",
        expects="the path of a file that exists",
        example="/etc/repair-bot.toml",
    )
    database_url: Annotated[SecretStr, _read(addresses.database_url)] = setting(
        "sqlite:///data/repair.db",
        "where everything is remembered; PostgreSQL when several replicas share the work",
        group="Storage",
        expects="sqlite:///path or postgresql://user:password@host/name",
        secret=True,
    )
    check_interval: Annotated[timedelta, _read(values.seconds(2, _DAY_S))] = setting(
        "60",
        "seconds between two looks at the statuses",
        group="Watching",
        expects="seconds, from 2 to 86400",
    )
    files_interval: Annotated[timedelta, _read(values.seconds(2, _DAY_S))] = setting(
        "30",
        "seconds between two looks at the auth directories",
        group="Watching",
        expects="seconds, from 2 to 86400",
    )
    grace: Annotated[timedelta, _read(values.seconds(0, _DAY_S))] = setting(
        "90",
        "seconds a session may be away before it counts as lost when nothing proves more",
        group="Watching",
        expects="seconds, from 0 to 86400",
    )
    max_companies: Annotated[int, _read(values.whole(1, 1_000_000))] = setting(
        "20000",
        "so many companies found by auto are watched at most; the rest is told to the owners",
        group="Watching",
        expects="a whole number from 1",
    )
    max_new_companies: Annotated[int, _read(values.whole(1, 1_000_000))] = setting(
        "2000",
        "so many new ones are taken in at one look; the next looks go on",
        group="Watching",
        expects="a whole number from 1",
    )
    max_files: Annotated[
        Literal["auto"] | int, _read(values.auto_or(values.whole(1, 10_000_000)))
    ] = setting(
        "auto",
        "auth files above which a company is reported; auto: 100 above the count learned at "
        "pairing, and never under 100",
        group="Watching",
        expects="auto, or a whole number from 1",
    )
    max_reconnects_per_day: Annotated[int, _read(values.whole(0, 10_000))] = setting(
        "10",
        "reconnects a day above which a company is reported; the bot makes no more by itself",
        group="Watching",
        expects="a whole number from 0 to 10000",
    )
    auto_recovery: Annotated[AutoRecovery, _read(values.one_of(*AutoRecovery))] = setting(
        "reconnect",
        "what the bot may do by itself: off, reconnect, or full, which may reset what WhatsApp "
        "provably revoked",
        group="Watching",
        expects="off, reconnect or full",
    )
    probe_interval: Annotated[timedelta | None, _read(values.minutes(1, 7 * 1440))] = setting(
        None,
        "minutes between two test messages of each connected company to its own number; without "
        "it none is sent unasked",
        group="Watching",
        expects="minutes, from 1 to 10080",
        example="60",
    )
    alert_repeat: Annotated[timedelta, _read(values.seconds(60, 30 * _DAY_S))] = setting(
        "3600",
        "seconds until an incident that nobody acknowledged is repeated",
        group="Alerts",
        expects="seconds, from 60 to 2592000",
    )
    backup_notify_urls: Annotated[tuple[SecretStr, ...], _read(addresses.apprise_urls)] = setting(
        None,
        "Apprise URLs by comma, for alerts that Telegram did not take",
        group="Alerts",
        expects="Apprise URLs by comma or space",
        example="mailto://user:password@example.com",
        secret=True,
        unset=(),
    )
    heartbeat_url: Annotated[SecretStr | None, _read(addresses.http_url)] = setting(
        None,
        "called after every completed tick: a dead-man's switch",
        group="Alerts",
        expects="an http:// or https:// URL",
        example="https://heartbeat.example.com/ping/repair",
        secret=True,
    )
    listen: Annotated[values.ListenAddress | None, _read(values.listen_address)] = setting(
        "127.0.0.1:8081",
        "health, metrics, gateway webhooks; empty switches it off",
        group="Own server",
        expects="host:port, or nothing to switch it off",
    )
    hook_secret: Annotated[SecretStr | None, _read(values.matching(r"[\w-]{16,256}"))] = setting(
        None,
        "gateways push to /hooks/<gateway>/<HOOK_SECRET>",
        group="Own server",
        expects="16 to 256 letters, digits, _ or -",
        example="any-long-random-word",
        secret=True,
    )
    hook_key: Annotated[SecretStr | None, _read(values.no_control_characters)] = setting(
        None,
        "verifies what gateways push, where that gateway signs",
        group="Own server",
        expects="one line of text",
        example="the-key-your-gateway-signs-with",
        secret=True,
    )
    language: Annotated[Literal["ru", "en"], _read(values.one_of("ru", "en"))] = setting(
        "ru",
        "language of new chats: ru or en",
        group="Words",
        expects="ru or en",
    )
    timezone: Annotated[ZoneInfo, _read(values.timezone)] = setting(
        "UTC",
        "time zone of new chats",
        group="Words",
        expects="a name of the tz database",
        example="Europe/Moscow",
    )
    log_format: Annotated[Literal["text", "json"], _read(values.one_of("text", "json"))] = setting(
        "text",
        "text for people, json for collectors",
        group="Log",
        expects="text or json",
    )
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        _read(values.one_of("debug", "info", "warning", "error")),
    ] = setting(
        "info",
        "debug, info, warning or error",
        group="Log",
        expects="debug, info, warning or error",
    )


def documented() -> tuple[SettingDoc, ...]:
    """Every setting in order: name, default, meaning, and what it expects."""
    return docs_of(Settings)
