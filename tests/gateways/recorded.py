"""The recorded replies of the real gateway, and small things the gateway tests share."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from bot.gateways.ai_admin import AiAdmin
from bot.gateways.client import GatewayClient

LINES = ("6.7", "7.0")
KEY = "962302"
SOMEWHERE = "http://gateway.invalid"
_DATA = Path(__file__).parent.parent / "data" / "ai_admin"


def steps(line):
    return sorted(file.stem for file in (_DATA / line).glob("*.json"))


def reply(line, step):
    return json.loads((_DATA / line / f"{step}.json").read_text())


def body(line, step):
    return reply(line, step)["json"]


class Clock:
    """A clock that only moves when pushed."""

    def __init__(self):
        self.now = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)

    def __call__(self):
        return self.now

    def push(self, seconds):
        self.now += timedelta(seconds=seconds)


class Recorded(httpx.AsyncBaseTransport):
    """Answers each request with the last recorded reply given for its method and path."""

    def __init__(self, line, *given):
        self.line = line
        self.asked = []
        self._replies = {}
        self.say(*given)

    def say(self, *given):
        for step in given:
            told = reply(self.line, step)
            self.say_at(told["request"]["method"], told["request"]["path"], step)

    def say_at(self, method, path, step):
        self._replies[method, path] = reply(self.line, step)

    async def handle_async_request(self, request):
        self.asked.append(f"{request.method} {request.url.path}")
        unknown = reply(self.line, "20-unknown-route")
        told = self._replies.get((request.method, request.url.path), unknown)
        text = json.dumps(told["json"]) if "json" in told else told["text"]
        headers = {"Content-Type": told["content_type"]}
        return httpx.Response(told["status"], content=text.encode(), headers=headers)

    def written(self):
        return [asked for asked in self.asked if not asked.startswith("GET ")]


def json_transport(answer):
    """A transport whose `answer(request)` returns a body, or a whole httpx.Response."""

    async def respond(request):
        await asyncio.sleep(0)  # as on a wire, others get their turn meanwhile
        said = answer(request)
        if isinstance(said, httpx.Response):
            return said
        return httpx.Response(200, content=json.dumps(said).encode())

    return httpx.MockTransport(respond)


def client(transport, **options):
    return GatewayClient(SOMEWHERE, transport=transport, **options)


def adapter(transport, clock=None):
    return AiAdmin(client(transport), clock=clock or Clock())


def status_body(key=KEY, **status):
    return {"success": True, "companyId": key, "status": status}


CONNECTED = {"connected": True, "status": "connected"}
DISCONNECTED = {"connected": False, "status": "disconnected"}
NOTHING = {"connected": False, "status": "not_initialized"}
