"""What Baileys keeps in `creds.json`, with keys that announce themselves as fake."""

import base64
import secrets
from typing import Any, TypeAlias

Creds: TypeAlias = dict[str, Any]


def fake_key(size_bytes: int = 32) -> str:
    """Base64 of so many bytes that begin with FAKE-KEY and go on at random."""
    return base64.b64encode(
        f"FAKE-KEY-{secrets.token_hex(size_bytes)}"[:size_bytes].encode()
    ).decode()


def buffer(size_bytes: int = 32) -> dict[str, str]:
    """A key in the shape Node's Buffer has in JSON."""
    return {"type": "Buffer", "data": fake_key(size_bytes)}


def key_pair() -> dict[str, dict[str, str]]:
    """A private and a public key, both random: they do not belong together."""
    return {"private": buffer(), "public": buffer()}


def new_creds() -> Creds:
    """Credentials of a device that is not linked yet."""
    return {
        "noiseKey": key_pair(),
        "pairingEphemeralKeyPair": key_pair(),
        "signedIdentityKey": key_pair(),
        "signedPreKey": {"keyPair": key_pair(), "signature": buffer(64), "keyId": 1},
        "registrationId": secrets.randbelow(16380) + 1,
        "advSecretKey": fake_key(),
        "processedHistoryMessages": [],
        "nextPreKeyId": 1,
        "firstUnuploadedPreKeyId": 1,
        "accountSyncCounter": 0,
        "accountSettings": {"unarchiveChats": False},
        "registered": False,
    }


def claim(creds: Creds, phone: str) -> None:
    """Name an account before it agreed, as a request for a pairing code does."""
    creds["me"] = {"id": f"{phone}@s.whatsapp.net", "name": "~"}


def link(creds: Creds, phone: str, slot: int) -> None:
    """Make these the credentials of a linked device, as the end of a pairing does."""
    me, lid = f"{phone}:{slot}@s.whatsapp.net", f"{lid_of(phone)}:{slot}@lid"
    creds["account"] = {
        "details": base64.b64encode(b"fake details 123").decode(),
        "accountSignatureKey": fake_key(),
        "accountSignature": fake_key(64),
        "deviceSignature": fake_key(64),
    }
    creds["me"] = {"id": me, "lid": lid}
    creds["signalIdentities"] = [
        {"identifier": {"name": me, "deviceId": 0}, "identifierKey": buffer(33)}
    ]
    creds["platform"] = "android"
    creds["routingInfo"] = {"type": "Buffer", "data": "CAIICg=="}
    creds["lastPropHash"] = "fake"


def lid_of(phone: str) -> str:
    """The account's other name, which hides the number from strangers."""
    return f"92{int(phone) % 10**13:013d}"


def identity_of(creds: Creds) -> str:
    """What WhatsApp knows this device by."""
    return str(creds["signedIdentityKey"]["public"]["data"])


def account_of(creds: Creds) -> str | None:
    """The number these credentials would log in to; None: they would ask to be linked."""
    me = creds.get("me")
    return str(me["id"]).split("@", 1)[0].split(":", 1)[0] if me else None


def is_linked(creds: Creds) -> bool:
    """Whether a pairing has been completed with these credentials."""
    return "account" in creds


def code_of(creds: Creds, line: str) -> str:
    """A new pairing code for these credentials, in the format of that Baileys line."""
    ref = "2@" + base64.b64encode(secrets.token_bytes(105)).decode()
    noise = creds["noiseKey"]["public"]["data"]
    code = f"{ref},{noise},{identity_of(creds)},{creds['advSecretKey']}"
    return code if line == "6.7" else f"https://wa.me/settings/linked_devices#{code},1"
