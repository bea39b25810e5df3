import shutil
import time

import pytest
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CopyTextButton,
    EphemeralMessageParameters,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
)
from playwright.async_api import async_playwright, expect
from test_telegram_sending import png

from bot.sandbox.telegram import ANNA, BORIS, GROUP_ID, VERA

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


def keyboard(*buttons):
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(**b) for b in buttons]])


@pytest.fixture
def clock():
    """The page compares with the browser's clock: let the sandbox tell real time here."""
    return time.time


@pytest.fixture
async def page(telegram):
    """The page at a phone's width, with every complaint of the browser collected."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = await browser.new_page(viewport={"width": 360, "height": 740})
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else 0)
        await page.goto(telegram.url)
        await page.wait_for_selector("body[data-ready]")
        yield page
        await browser.close()
        assert complaints == []


async def open_group(page, person=ANNA):
    await page.get_by_test_id("person-select").select_option(str(person.id))
    await page.locator(f"[data-chat-id='{GROUP_ID}']").click()


async def test_a_person_writes_and_the_bot_answers(page, bot, telegram):
    await open_group(page, BORIS)
    await page.get_by_test_id("composer").fill("/status@repair_bot")
    await page.keyboard.press("Enter")
    said = await telegram.wait_message(GROUP_ID)
    assert (said.text, said.sender) == ("/status@repair_bot", BORIS)
    await bot.send_message(GROUP_ID, "<b>На связи</b> <code>ABCD</code>", disable_notification=True)
    answer = page.get_by_test_id("message").last
    await expect(answer.locator("strong")).to_have_text("На связи")
    await expect(answer.locator("code")).to_have_text("ABCD")
    await expect(answer.get_by_test_id("loud")).to_have_count(0)


async def test_a_pressed_button_shows_the_answer_and_the_edit(page, bot, telegram):
    await open_group(page)
    ask = keyboard({"text": "Сбросить", "callback_data": "reset", "style": "danger"})
    sent = await bot.send_message(GROUP_ID, "lost", reply_markup=ask)
    await page.get_by_test_id("button").click()
    (update,) = await bot.get_updates(timeout=5)
    await sent.edit_text("back")
    await bot.answer_callback_query(update.callback_query.id, text="Готово", show_alert=True)
    await expect(page.get_by_test_id("alert")).to_contain_text("Готово")
    message = page.get_by_test_id("message").last
    await expect(message.get_by_test_id("message-text")).to_have_text("back")
    await expect(message.get_by_test_id("edited")).to_be_visible()


async def test_a_text_turns_into_a_covered_photo_and_goes(page, bot):
    await open_group(page)
    sent = await bot.send_message(GROUP_ID, "wait")
    media = InputMediaPhoto(media=BufferedInputFile(png(), "qr.png"), has_spoiler=True)
    await sent.edit_media(media)
    await page.get_by_test_id("reveal").click()
    await expect(page.get_by_test_id("reveal")).to_have_count(0)
    loaded = await page.get_by_test_id("photo").evaluate("image => image.naturalWidth")
    assert loaded == 8
    await sent.delete()
    await expect(page.get_by_test_id("message")).to_have_count(0)


async def test_hostile_text_stays_text(page, bot):
    await open_group(page)
    await bot.send_message(GROUP_ID, "&lt;img src=x onerror=alert(1)&gt;")
    text = page.get_by_test_id("message-text").last
    await expect(text).to_have_text("<img src=x onerror=alert(1)>")
    await expect(text.locator("img")).to_have_count(0)


async def test_an_ephemeral_message_is_shown_to_its_receiver_alone(page, bot, telegram):
    telegram.set_bot_admin(GROUP_ID)
    only = EphemeralMessageParameters(receiver_user_id=BORIS.id)
    await bot.send_message(GROUP_ID, "secret", ephemeral_message_parameters=only)
    await open_group(page, BORIS)
    await expect(page.get_by_test_id("ephemeral")).to_have_text("Видите только вы")
    await page.get_by_test_id("person-select").select_option(str(VERA.id))
    await expect(page.get_by_test_id("message")).to_have_count(0)


async def test_the_menu_and_the_interface_follow_the_person(page, bot, telegram):
    command = BotCommand(command="status", description="Кто на связи")
    await bot.set_my_commands([command])
    english = BotCommand(command="status", description="Who is connected")
    await bot.set_my_commands([english], language_code="en")
    await open_group(page, VERA)
    await expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Message")
    await page.get_by_test_id("menu-button").click()
    await expect(page.get_by_test_id("menu-item")).to_contain_text("Who is connected")
    await page.get_by_test_id("menu-item").click()
    assert (await telegram.wait_message(GROUP_ID)).text == "/status@repair_bot"


async def test_a_stranger_has_one_chat_and_a_start_button(page, telegram):
    await page.get_by_test_id("person-select").select_option("1004")
    await expect(page.get_by_test_id("chat-item")).to_have_count(1)
    await page.get_by_test_id("chat-item").click()
    await page.get_by_test_id("start").click()
    assert (await telegram.wait_message(1004)).text == "/start"


async def test_an_administrator_writes_anonymously(page, telegram):
    await open_group(page)
    await page.get_by_test_id("person-select").select_option(f"{ANNA.id}:anonymous")
    await page.get_by_test_id("composer").fill("/reset 1")
    await page.get_by_test_id("send").click()
    assert (await telegram.wait_message(GROUP_ID)).sender_chat.id == GROUP_ID


async def test_what_was_not_read_is_counted(page, bot):
    await bot.send_message(ANNA.id, "one")
    await bot.send_message(ANNA.id, "two")
    await expect(page.get_by_test_id("unread")).to_have_text("2")
    await page.locator(f"[data-chat-id='{ANNA.id}']").click()
    await page.get_by_test_id("back").click()
    await expect(page.get_by_test_id("unread")).to_have_count(0)


async def test_the_panel_makes_telegram_fail_and_recover(page, telegram):
    await page.get_by_test_id("panel-open").click()
    outage = page.locator("[data-fault='outage']")
    await outage.click()
    await expect(outage).to_have_attribute("aria-pressed", "true")
    assert [fault.kind for fault in telegram.faults.active()] == ["outage"]
    await page.locator("[data-fault='normal']").click()
    await expect(outage).to_have_attribute("aria-pressed", "false")
    assert telegram.faults.active() == []


async def test_the_panel_takes_the_groups_rights_away_and_gives_them_back(page, telegram):
    await page.locator(f"[data-chat-id='{GROUP_ID}']").click()
    await page.get_by_test_id("panel-open").click()
    photos = page.locator("[data-right='can_send_photos']")
    await photos.click()
    await expect(photos).to_have_attribute("aria-pressed", "false")
    assert telegram.world.chat(GROUP_ID).denied == {"can_send_photos"}
    await page.locator("[data-right='can_send_messages']").click()
    await expect(page.locator("[data-testid='right'][aria-pressed='true']")).to_have_count(1)
    await photos.click()
    await expect(photos).to_have_attribute("aria-pressed", "true")
    assert telegram.world.chat(GROUP_ID).denied == {"can_send_messages"}


async def test_an_administrator_may_all_so_there_are_no_rights_to_take(page, telegram):
    telegram.set_bot_admin(GROUP_ID)
    await page.locator(f"[data-chat-id='{GROUP_ID}']").click()
    await page.get_by_test_id("panel-open").click()
    await expect(page.locator("[data-act='set_bot_admin']")).to_be_visible()
    await expect(page.get_by_test_id("right")).to_have_count(0)


async def test_a_disabled_button_is_grey_and_does_nothing(page, bot, telegram):
    await page.locator(f"[data-chat-id='{GROUP_ID}']").click()
    buttons = keyboard({"text": "Сброшено", "disabled": {}})
    await bot.send_message(GROUP_ID, "Готово", reply_markup=buttons)
    shown = page.get_by_test_id("button")
    await expect(shown).to_be_disabled()
    await shown.click(force=True)
    assert telegram.world.queries == {}


async def test_buttons_are_large_enough_for_a_finger(page, bot):
    await open_group(page)
    copy = {"text": "Код", "copy_text": CopyTextButton(text="ABCD-EFGH")}
    row = keyboard(copy, {"text": "QR", "callback_data": "qr"})
    await bot.send_message(GROUP_ID, "lost", reply_markup=row)
    await page.get_by_test_id("button").last.wait_for()
    small = await page.evaluate(
        """() => [...document.querySelectorAll('.phone button, .phone select')]
            .filter(b => b.offsetParent && !b.matches('.kebab, .command'))
            .map(b => [b.className, b.getBoundingClientRect()])
            .filter(([, box]) => box.height < 40 || box.width < 40 || box.right > 360)
            .map(([name]) => name)"""
    )
    assert small == []


async def test_an_invitation_link_opens_the_private_chat(page, bot, telegram):
    await open_group(page, VERA)
    await bot.send_message(GROUP_ID, "https://t.me/repair_bot?start=invite-1")
    await page.get_by_test_id("message-text").get_by_role("link").click()
    assert (await telegram.wait_message(VERA.id)).text == "/start invite-1"
    await expect(page.get_by_test_id("message")).to_contain_text("/start invite-1")
