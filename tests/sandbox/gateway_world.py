"""A sandbox gateway at a pace for tests, and an HTTP client that shows raw answers."""

from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.sandbox.gateway import GatewayCompany, GatewaySandbox, SessionTimes

KEY = "962302"
PHONE = "79000962302"
HOOK = "/webhook/whatsapp/baileys"
API = "/api/whatsapp"

QUICK = SessionTimes(
    login_s=0.01,
    first_code_s=0.01,
    pair_s=0.01,
    act_s=0.02,
    away_s=0.02,
    restart_s=0.02,
    auto_init_s=0.02,
    initialize_wait_s=5.0,
    write_creds_s=0.02,
    create_s=0.01,
    pre_keys=3,
)


@dataclass
class World:
    """The sandbox, an HTTP client for it, and the disk below."""

    gateway: GatewaySandbox
    http: httpx.AsyncClient
    sessions: Path
    log_path: Path

    async def status(self, company=KEY):
        reply = await self.http.get(f"{HOOK}/status/{company}")
        return reply.json()["status"]

    async def word(self, company=KEY):
        return (await self.status(company))["status"]

    async def qr(self, company=KEY):
        return (await self.http.get(f"{HOOK}/qr/{company}")).json()["qr"]

    async def init(self, company=KEY):
        return await self.http.post(f"{HOOK}/init/{company}", json={})

    def directory(self, company=KEY):
        return self.sessions / f"company_{company}"

    def files(self, company=KEY):
        return sorted(file.name for file in self.directory(company).iterdir())

    def log(self):
        return self.log_path.read_text() if self.log_path.exists() else ""


@asynccontextmanager
async def world(tmp_path, *, linked=True, companies=None, **options):
    sessions, log_path = tmp_path / "sessions", tmp_path / "gateway.log"
    companies = companies or {KEY: GatewayCompany("Salon North", PHONE, linked)}
    gateway = GatewaySandbox(sessions, companies, log_path=log_path, **{"pace": QUICK, **options})
    await gateway.start()
    try:
        async with httpx.AsyncClient(base_url=gateway.url, trust_env=False) as http:
            yield World(gateway, http, sessions, log_path)
    finally:
        await gateway.stop()
