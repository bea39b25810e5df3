"""The kept replies of one kind of gateway, and an adapter that meets some of them."""

import json
from pathlib import Path

import httpx
from recorded import Clock, client, json_transport

from bot.gateways.kinds import KINDS

DATA = Path(__file__).parent.parent / "data"


def kept(kind, name):
    return json.loads((DATA / kind / f"{name}.json").read_text())


def body_of(kind, name):
    return kept(kind, name)["json"]


def push_of(kind, name):
    """A push as it came: its headers, its bytes."""
    push = kept(kind, name)
    return push["headers"], json.dumps(push["json"]).encode()


def meeting(kind, *names, hook_key=None, clock=None, lives_s=60.0):
    """An adapter before a gateway that knows these replies alone; what was asked of it."""
    replies, asked = {}, []
    for name in names:
        one = kept(kind, name)
        replies.setdefault((one["request"]["method"], one["request"]["path"]), []).append(one)

    def answer(request):
        asked.append(request)
        found = replies.get((request.method, request.url.path))
        if not found:
            return httpx.Response(500, json={})
        one = found.pop(0) if len(found) > 1 else found[0]  # the last one stays
        return httpx.Response(one["status"], json=one["json"])

    adapter = KINDS[kind](
        client(json_transport(answer)),
        key="fake",
        hook_key=hook_key,
        clock=clock or Clock(),
        first_life_s=lives_s,
    )
    return adapter, asked
