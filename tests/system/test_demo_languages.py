"""The demo in its reader's language, and its tour, in a real browser."""

import asyncio
import re
from contextlib import asynccontextmanager

import pytest
from browser import CHROMIUM, chat_page
from playwright.async_api import expect
from test_main_job import HURRIED, PATIENCE_MS

from bot.cli.demo import demo, stage
from bot.sandbox.telegram import GROUP_ID

pytestmark = [
    pytest.mark.system,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.timeout(180),
]

CYRILLIC = re.compile("[а-яёА-ЯЁ]")
COMPANY = "962302"


@asynccontextmanager
async def started(language=None):
    """The demo as the command starts it; the address it prints."""
    said = asyncio.Queue()
    playing = asyncio.create_task(demo(0, 2, "ai_admin", said.put_nowait, language))
    address = await asyncio.wait_for(said.get(), 30)
    yield re.search(r"http://\S+", address).group()
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)


async def ask_status(page):
    await page.locator(f'[data-testid=chat-item][data-chat-id="{GROUP_ID}"]').click()
    await page.get_by_test_id("composer").fill("/status")
    await page.get_by_test_id("send").click()
    answer = page.get_by_test_id("message").filter(has_text=re.compile("🟢"))
    await expect(answer).to_be_visible(timeout=PATIENCE_MS)


async def everything(page):
    """Every word on the page, in its lists and in what a screen reader is told."""
    return await page.evaluate(
        """() => [document.body.textContent].concat(
            ...["aria-label", "title", "placeholder", "alt"].map((name) =>
                [...document.querySelectorAll(`[${name}]`)].map((node) => node.getAttribute(name)))
        ).join("\\n")"""
    )


@pytest.mark.parametrize(
    ("locale", "chosen", "language"),
    [("en-GB", None, "en"), ("ru-RU", None, "ru"), ("de-DE", None, "en"), ("en-US", "ru", "ru")],
)
async def test_the_demo_speaks_its_readers_language(locale, chosen, language):
    async with started(chosen) as url, chat_page(url, locale=locale) as page:
        await ask_status(page)
        assert await page.locator("html").get_attribute("lang") == language
        words = await everything(page)
        assert ("Salon North" in words) is (language == "en")
        assert ("Салон «Север»" in words) is (language == "ru")
        assert bool(CYRILLIC.search(words)) is (language == "ru")


async def test_an_english_demo_stays_english_through_everything_it_offers():
    async with started() as url, chat_page(url, locale="en-US") as page:
        await ask_status(page)
        people = await page.locator("#person option").all()
        for value in [await option.get_attribute("value") for option in people]:
            await page.get_by_test_id("person-select").select_option(value)
            await page.get_by_test_id("panel-open").click()
            await page.get_by_test_id("panel-close").click()
            assert CYRILLIC.search(await everything(page)) is None


@pytest.fixture
async def playing(tmp_path):
    async with stage(tmp_path, interval_s=2, timing=HURRIED, language="en") as playing:
        await playing.telegram.wait_call("getUpdates", finished=False, timeout_s=20)
        yield playing


def step(page, name):
    return page.locator(f"[data-testid=tour] [data-step={name}]")


async def is_done(page, name):
    await expect(step(page, name)).to_have_attribute("data-done", "true", timeout=PATIENCE_MS)


async def outside(page, act):
    await page.get_by_test_id("panel-open").click()
    card = page.locator(f'[data-testid=company][data-company="{COMPANY}"]')
    await card.locator(f'[data-act="{act}"]').click(timeout=PATIENCE_MS)
    await page.get_by_test_id("panel-close").click()


async def press(page, words):
    await page.get_by_test_id("button").filter(has_text=words).last.click(timeout=PATIENCE_MS)


async def test_the_tour_ticks_itself_off_as_the_bot_is_used(playing):
    async with chat_page(playing.telegram.url, width=360, height=740) as page:
        await page.locator(f'[data-testid=chat-item][data-chat-id="{GROUP_ID}"]').click()
        undone = await page.locator("[data-testid=tour] [data-done=false]").count()
        assert undone == 7
        await outside(page, "device_removed")
        await is_done(page, "lose")
        await is_done(page, "alert")
        await press(page, "Reset…")
        await expect(step(page, "code")).to_have_attribute("data-done", "false")
        await press(page, "Reset and show the QR")
        await is_done(page, "code")
        await expect(page.get_by_test_id("tour-next")).to_contain_text("Scan the code")
        await outside(page, "scan")
        await is_done(page, "scan")
        await is_done(page, "proof")
        await expect(page.get_by_test_id("tour-said")).to_contain_text("/status")
        await page.get_by_test_id("composer").fill("/status")
        await page.keyboard.press("Enter")
        await is_done(page, "status")
        await page.get_by_test_id("composer").fill("/grant 1004 operator")
        await page.keyboard.press("Enter")
        given = page.get_by_test_id("message").filter(has_text="now has the role")
        await expect(given).to_be_visible(timeout=PATIENCE_MS)
        await page.get_by_test_id("person-select").select_option("1004")
        await page.get_by_test_id("chat-item").click()
        await page.get_by_test_id("start").click()
        await is_done(page, "let_in")
        await expect(page.get_by_test_id("tour-next")).to_have_text("Tour finished")


async def test_the_tour_covers_nothing_on_a_narrow_phone(playing):
    for width in (320, 360):
        async with chat_page(playing.telegram.url, width=width, height=568) as page:
            await page.locator(f'[data-testid=chat-item][data-chat-id="{GROUP_ID}"]').click()
            for unfolded in ("false", "true"):
                toggle = page.get_by_test_id("tour-toggle")
                await expect(toggle).to_have_attribute("aria-expanded", unfolded)
                tour = await page.get_by_test_id("tour").bounding_box()
                chat = await page.get_by_test_id("chat").bounding_box()
                writing = await page.get_by_test_id("composer").bounding_box()
                assert tour["y"] + tour["height"] <= chat["y"]
                assert writing["y"] + writing["height"] <= 568
                assert chat["height"] > 200
                assert await page.evaluate("document.documentElement.scrollWidth") <= width
                await toggle.click()


async def test_the_tour_gives_way_to_a_keyboard_on_the_screen(playing):
    async with chat_page(playing.telegram.url, width=360, height=640) as page:
        await expect(page.get_by_test_id("tour")).to_be_visible()
        await page.set_viewport_size({"width": 360, "height": 380})  # what a keyboard leaves
        await expect(page.get_by_test_id("tour")).to_be_hidden()


async def test_the_tour_is_worked_by_keyboard_and_stays_closed(playing):
    async with chat_page(playing.telegram.url, width=360, height=740) as page:
        await page.get_by_test_id("panel-open").focus()
        await page.keyboard.press("Tab")
        toggle = page.get_by_test_id("tour-toggle")
        await expect(toggle).to_be_focused()
        await expect(toggle).to_have_attribute("aria-expanded", "false")
        await page.keyboard.press("Enter")
        await expect(toggle).to_have_attribute("aria-expanded", "true")
        await expect(toggle).to_be_focused()
        current = page.locator("[data-testid=tour] [aria-current=step]")
        await expect(current).to_be_visible()
        await page.keyboard.press("Tab")
        await expect(page.get_by_test_id("tour-close").last).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("tour")).to_have_count(0)
        await expect(page.get_by_test_id("panel-open")).to_be_focused()
        await page.reload()
        await page.wait_for_selector("body[data-ready]")
        await expect(page.get_by_test_id("tour")).to_have_count(0)
        await page.keyboard.press("Tab")
        await page.get_by_test_id("panel-open").click()
        await page.locator("[data-testid=tour-open]:visible").click()
        await expect(page.get_by_test_id("tour")).to_be_visible()


async def test_the_tour_stands_beside_the_phone_where_there_is_room(playing):
    async with chat_page(playing.telegram.url, width=1280, height=800) as page:
        beside = page.locator(".about [data-testid=tour-step]")
        await expect(beside).to_have_count(7)
        await expect(beside.first).to_be_visible()
        await expect(page.get_by_test_id("tour")).to_be_hidden()
