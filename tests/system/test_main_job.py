"""The main job, by thumb: the real program behind the chat page in a real browser."""

import re

import pytest
import zxingcpp
from browser import CHROMIUM, chat_page
from PIL import Image
from playwright.async_api import expect

from bot.cli.demo import stage
from bot.domain.timing import Timing
from bot.sandbox.telegram import GROUP_ID

pytestmark = [
    pytest.mark.system,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.timeout(180),
]

COMPANY = "962302"
# WhatsApp's own rhythm, hurried: codes live 4 s, a connection counts after 2 s.
HURRIED = Timing(
    unstable_interval_s=0.5,
    stable_for_s=2,
    qr_poll_s=0.2,
    qr_first_life_s=6,
    qr_next_life_s=6,
    quiet_for_s=0.5,
    group_spacing_s=1,
)
PATIENCE_MS = 20_000


@pytest.fixture
async def playing(tmp_path):
    async with stage(tmp_path, interval_s=2, timing=HURRIED) as playing:
        await playing.telegram.wait_call("getUpdates", finished=False, timeout_s=20)
        yield playing


async def outside(page, act):
    """Open the sheet with the world outside, and let something happen there."""
    await page.get_by_test_id("panel-open").click()
    card = page.locator(f'[data-testid=company][data-company="{COMPANY}"]')
    await card.locator(f'[data-act="{act}"]').click(timeout=PATIENCE_MS)
    await page.get_by_test_id("panel-close").click()


async def press(page, words):
    await page.get_by_test_id("button").filter(has_text=words).last.click(timeout=PATIENCE_MS)


def decoded(photo):
    image = Image.open(photo).convert("L")
    return [
        one.text for one in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    ]


async def test_device_removed_to_paired_by_one_thumb(playing, tmp_path):
    async with chat_page(playing.telegram.url) as page:
        await page.locator(f'[data-testid=chat-item][data-chat-id="{GROUP_ID}"]').click()
        await page.get_by_test_id("composer").fill("/status")
        await page.get_by_test_id("send").click()
        well = page.get_by_test_id("message").filter(has_text=re.compile("3.компании"))
        await expect(well).to_be_visible(timeout=PATIENCE_MS)

        await outside(page, "device_removed")
        alert = page.get_by_test_id("message").filter(has_text="Сообщения клиентов не доходят")
        await expect(alert).to_be_visible(timeout=PATIENCE_MS)

        await press(page, re.compile("Сбросить"))
        await press(page, "Сбросить и показать QR")
        photo = page.get_by_test_id("photo").last
        caption = page.get_by_test_id("message").filter(has_text="код 1")
        await expect(caption).to_be_visible(timeout=PATIENCE_MS)
        await photo.screenshot(path=tmp_path / "qr.png")
        assert decoded(tmp_path / "qr.png") == [playing.gateway.live_code(COMPANY)]

        rotated = page.get_by_test_id("message").filter(has_text="код 2")
        await expect(rotated).to_be_visible(timeout=PATIENCE_MS)
        await expect(page.get_by_test_id("photo")).to_have_count(1)

        await outside(page, "scan")
        paired = page.get_by_test_id("message").filter(has_text="привязана и работает")
        await expect(paired).to_be_visible(timeout=PATIENCE_MS)
        await photo.screenshot(path=tmp_path / "paired.png")
        assert decoded(tmp_path / "paired.png") == []

        closed = page.get_by_test_id("message").filter(has_text="Закончилось").first
        await expect(closed).to_be_visible(timeout=PATIENCE_MS)
        assert "снова на связи" in await closed.inner_text()
    messages = playing.telegram.world.messages(GROUP_ID)
    assert sum("снова на связи" in message.text and not message.silent for message in messages) >= 1
