"""`repair-bot hooks`: how to make each configured gateway push its changes."""

from bot.gateways.described.kind import DescribedKind
from bot.gateways.kinds import KINDS
from bot.settings import GatewaySetup, Settings, Setup, secret_of

PLACEHOLDER = "<HOOK_SECRET>"
_POLLED = "It pushes nothing about connections: it is polled, and nothing has to be done."
_HOW = {
    "evolution": (
        "For each instance:",
        "  POST /webhook/set/<instance>",
        '  {"webhook": {"enabled": true, "url": "<URL>", "byEvents": false, "base64": false,',
        '   "events": ["CONNECTION_UPDATE", "QRCODE_UPDATED", "STATUS_INSTANCE",',
        '              "LOGOUT_INSTANCE", "MESSAGES_UPDATE"],',
        '   "headers": {"jwt_key": "<HOOK_KEY>"}}}',
        "Without HOOK_KEY leave the headers out: then the secret in the address is all there is.",
        "MESSAGES_UPDATE tells what WhatsApp acknowledges: it proves test messages. Add",
        "MESSAGES_UPSERT to be told of sessions that hear nothing: no text is read or kept.",
    ),
    "waha": (
        "In the environment of WAHA, then restart it:",
        "  WHATSAPP_HOOK_URL=<URL>",
        "  WHATSAPP_HOOK_EVENTS=session.status,message.ack",
        "  WHATSAPP_HOOK_HMAC_KEY=<HOOK_KEY>",
        "Not by PUT on a session: that replaces its configuration and restarts it.",
        "message.ack tells what WhatsApp acknowledges: it proves test messages. Add message",
        "to be told of sessions that hear nothing: no text is read or kept.",
    ),
    "wuzapi": (
        "For each user, with its token:",
        "  POST /webhook",
        '  {"webhookURL": "<URL>", "events": ["Connected", "Disconnected", "LoggedOut",',
        '   "PairSuccess", "ConnectFailure", "TemporaryBan", "ClientOutdated"]}',
        'Add "Message" to be told of sessions that hear nothing: no text is read or kept.',
        "To have it sign: WUZAPI_GLOBAL_HMAC_KEY=<HOOK_KEY> (32 characters or more).",
    ),
    "wppconnect": (
        "In the environment of the server, then restart it:",
        "  WEBHOOK_URL=<URL>",
        'or in its config: "webhook": {"url": "<URL>"}',
        "Not in start-session: the next start without it, such as the bot's, erases it.",
        "It signs nothing: the secret in the address is all there is.",
    ),
}


def how_to_push(settings: Settings, setup: Setup, *, show: bool) -> str:
    """Instructions for every gateway; without `show`, placeholders stand for secrets."""
    if settings.listen is None:
        return "LISTEN is empty: the bot hears no pushes. Set it to host:port.\n"
    lines = []
    if settings.hook_secret is None:
        lines += ["HOOK_SECRET is not set, so there is no door yet. Set it to a long random word:"]
        lines += ["  openssl rand -hex 24", ""]
    host, port = settings.listen
    if host in ("127.0.0.1", "localhost", "::1"):
        lines += [f"The bot listens on {host} alone: only gateways on this machine reach it.", ""]
    for gateway in setup.gateways:
        secret = (secret_of(settings.hook_secret) if show else None) or PLACEHOLDER
        url = f"http://{_as_host(host)}:{port}/hooks/{gateway.name}/{secret}"
        lines += [f"{gateway.name} ({gateway.kind})", *_how(gateway, url, show=show), ""]
    return "\n".join(lines)


def _as_host(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - named here, not listened on
        return "<host-of-the-bot>"
    return f"[{host}]" if ":" in host else host


def _how(gateway: GatewaySetup, url: str, *, show: bool) -> list[str]:
    told = _HOW.get(gateway.kind, ()) or _described(gateway.kind)
    if not told:
        return [f"  {_POLLED}"]
    key = (secret_of(gateway.hook_key) if show else None) or "<HOOK_KEY>"
    return [f"  {line.replace('<URL>', url).replace('<HOOK_KEY>', key)}" for line in told]


def _described(kind: str) -> tuple[str, ...]:
    """What a description says of how its kind is made to push."""
    made = KINDS[kind]
    push = made.description.push if isinstance(made, DescribedKind) else None
    return () if push is None else push.how
