"""The chat page as a person sees it."""

import shutil
from contextlib import asynccontextmanager

from playwright.async_api import async_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_ARGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
)


@asynccontextmanager
async def chat_page(url, *, width=390, height=844, locale="en-US"):
    """The page at a phone's width; fails at the end if the browser complained of anything."""
    complaints = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGS.split())
        page = await browser.new_page(viewport={"width": width, "height": height}, locale=locale)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(url)
        await page.wait_for_selector("body[data-ready]")
        yield page
        await browser.close()
    assert complaints == []
