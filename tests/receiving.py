"""Somewhere to push to: a server of the test's own that keeps what comes."""

from contextlib import asynccontextmanager

from aiohttp import web


@asynccontextmanager
async def receiving(got, path="/hook"):
    """Its URL with this path; the (headers, body) of each POST go to `got`, names in lower case."""

    async def take(request):
        headers = {name.lower(): value for name, value in request.headers.items()}
        got.append((headers, await request.read()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/{rest:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{path}"
    finally:
        await runner.cleanup()
