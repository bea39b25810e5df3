"""Photos and documents: how they are known, sent, changed and refused."""

import io

import httpx
import pytest
from aiohttp import ClientSession
from PIL import Image
from test_telegram_sending import png

from bot.sandbox.telegram import ANNA, GROUP_ID
from bot.sandbox.telegram.files import PHOTO_LIMIT_BYTES


def jpeg(width, height, **more):
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, "JPEG", **more)
    return out.getvalue()


@pytest.fixture
async def upload(telegram):
    """A call with files, which have a file name unless it is None."""
    base = f"{telegram.url}/bot{telegram.token}"
    async with httpx.AsyncClient(base_url=base, trust_env=False) as http:

        async def call(method, *, file_name="file", files, **values):
            kind = "application/octet-stream"
            parts = {name: (file_name, data, kind) for name, data in files.items()}
            answer = await http.post(f"/{method}", data=values, files=parts)
            body = answer.json()
            return body["result"] if body["ok"] else body["description"]

        yield call


@pytest.mark.parametrize("more", [{}, {"progressive": True}, {"comment": b"a salon"}])
async def test_a_jpeg_is_measured(upload, more):
    sent = await upload("sendPhoto", chat_id=str(ANNA.id), files={"photo": jpeg(640, 480, **more)})
    assert [(one["width"], one["height"]) for one in sent["photo"]] == [(640, 480)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (jpeg(8, 8)[:40], "IMAGE_PROCESS_FAILED"),
        (b"\xff\xd8 and then nothing of a picture", "IMAGE_PROCESS_FAILED"),
        (png()[:20], "IMAGE_PROCESS_FAILED"),
        (jpeg(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (b"x" * (PHOTO_LIMIT_BYTES + 1), "is too big for a photo"),
    ],
    ids=["cut off", "only a beginning", "a png cut off", "too long", "too big"],
)
async def test_a_photo_that_is_none_is_refused(upload, telegram, data, reason):
    assert reason in await upload("sendPhoto", chat_id=str(ANNA.id), files={"photo": data})
    assert (telegram.world.messages(ANNA.id), telegram.world.files) == ([], {})


async def test_an_empty_document_is_refused(upload, telegram):
    refusal = await upload("sendDocument", chat_id=str(ANNA.id), files={"document": b""})
    assert refusal == "Bad Request: file must be non-empty"
    assert telegram.world.messages(ANNA.id) == []


async def test_bytes_without_a_file_name_are_a_file_all_the_same(upload):
    sent = await upload(
        "sendDocument", chat_id=str(ANNA.id), file_name=None, files={"document": b"\x00\x01"}
    )
    assert sent["document"]["file_size"] == 2


async def test_a_document_known_by_its_id_is_sent_again_but_is_no_photo(upload, ask, telegram):
    sent = await upload(
        "sendDocument", chat_id=str(ANNA.id), file_name="1.md", files={"document": b"# 1"}
    )
    file_id = sent["document"]["file_id"]
    again = await ask("sendDocument", chat_id=GROUP_ID, document=file_id)
    assert again["document"] == sent["document"]
    assert "wrong file identifier" in await ask("sendPhoto", chat_id=GROUP_ID, photo=file_id)


async def test_a_file_is_downloaded_by_its_path_and_with_the_token_alone(upload, ask, telegram):
    for data in (b"# 1", b"# 2"):
        sent = await upload("sendDocument", chat_id=str(ANNA.id), files={"document": data})
    path = (await ask("getFile", file_id=sent["document"]["file_id"]))["file_path"]
    async with ClientSession(telegram.url) as http:
        answers = []
        for token, wanted in (
            (telegram.token, path),
            (telegram.token, "documents/file-999999"),
            ("123456:ANOTHER", path),
        ):
            async with http.get(f"/file/bot{token}/{wanted}") as answer:
                answers.append((answer.status, await answer.read() == b"# 2"))
    assert answers == [(200, True), (404, False), (401, False)]


async def test_a_caption_may_stand_above_its_photo(upload, ask, telegram):
    sent = await upload(
        "sendPhoto",
        chat_id=str(ANNA.id),
        caption="scan",
        show_caption_above_media="true",
        files={"photo": png()},
    )
    assert sent["show_caption_above_media"] is True
    edited = await ask(
        "editMessageCaption", chat_id=ANNA.id, message_id=sent["message_id"], caption="below"
    )
    assert (edited["caption"], "show_caption_above_media" in edited) == ("below", False)


async def test_a_text_becomes_a_document(upload, telegram, ask):
    sent = await ask("sendMessage", chat_id=GROUP_ID, text="waiting")
    edited = await upload(
        "editMessageMedia",
        chat_id=str(GROUP_ID),
        message_id=str(sent["message_id"]),
        media='{"type": "document", "media": "attach://report", "caption": "<b>May</b>",'
        ' "parse_mode": "HTML"}',
        file_name="may.csv",
        files={"report": b"1;2"},
    )
    assert (edited["document"]["file_name"], edited["caption"]) == ("may.csv", "May")
    [message] = telegram.world.messages(GROUP_ID)
    assert (message.document, message.photo) == (b"1;2", None)


@pytest.mark.parametrize(
    ("media", "reason"),
    [
        ({"type": "video", "media": "attach://qr"}, "knows photos and documents"),
        ({"type": "photo"}, "knows photos and documents"),
        (
            {"type": "photo", "media": "attach://qr", "caption": "x" * 1025},
            "message caption is too long",
        ),
        ({"type": "photo", "media": "photo-000099"}, "wrong file identifier"),
    ],
)
async def test_a_message_takes_no_such_medium(ask, telegram, media, reason):
    sent = await ask("sendMessage", chat_id=GROUP_ID, text="waiting")
    which = {"chat_id": GROUP_ID, "message_id": sent["message_id"]}
    assert reason in await ask("editMessageMedia", **which, media=media)
    [message] = telegram.world.messages(GROUP_ID)
    assert (message.text, message.edit_date) == ("waiting", None)


async def test_a_photo_has_no_text_and_a_text_no_caption(upload, ask):
    photo = await upload("sendPhoto", chat_id=str(ANNA.id), files={"photo": png()})
    text = await ask("sendMessage", chat_id=ANNA.id, text="x")
    which = {"chat_id": ANNA.id, "message_id": photo["message_id"]}
    assert "there is no text in the message" in await ask("editMessageText", **which, text="y")
    which["message_id"] = text["message_id"]
    refusal = await ask("editMessageCaption", **which, caption="y")
    assert "there is no caption in the message" in refusal


async def test_a_reply_shows_the_words_it_quotes(ask, telegram):
    first = await ask("sendMessage", chat_id=ANNA.id, text="lost at 03:12")
    wish = {"message_id": first["message_id"], "quote": "03:12"}
    answer = await ask("sendMessage", chat_id=ANNA.id, text="seen", reply_parameters=wish)
    assert answer["quote"]["text"] == "03:12"
    assert answer["reply_to_message"]["text"] == "lost at 03:12"
