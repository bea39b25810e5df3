"""How a text is read: as Telegram's HTML, or with entities that are listed beside it."""

import pytest

from bot.sandbox.telegram import ANNA, GROUP_ID


@pytest.mark.parametrize(
    ("source", "plain", "entities"),
    [
        ("<b></b>x", "x", []),
        ("<b>  </b>x", "x", []),
        (" <i>a</i> ", "a", [{"type": "italic", "offset": 0, "length": 1}]),
        ("<a href='javascript:x'>x</a>", "x", []),
        ("<a>x</a>", "x", []),
        (
            '<a href="https://example.com/?a=1&amp;b=2">x</a>',
            "x",
            [
                {
                    "type": "text_link",
                    "offset": 0,
                    "length": 1,
                    "url": "https://example.com/?a=1&b=2",
                }
            ],
        ),
        (
            '<pre><code class="language-python">x = 1</code></pre>',
            "x = 1",
            [{"type": "pre", "offset": 0, "length": 5, "language": "python"}],
        ),
        (
            "<pre><code>x = 1</code></pre>",
            "x = 1",
            [{"type": "pre", "offset": 0, "length": 5}],
        ),
        (
            "<b>log</b><pre>x</pre>",
            "logx",
            [
                {"type": "bold", "offset": 0, "length": 3},
                {"type": "pre", "offset": 3, "length": 1},
            ],
        ),
        (
            "<i>x</i> <pre><b>y</b></pre>",
            "x y",
            [
                {"type": "italic", "offset": 0, "length": 1},
                {"type": "bold", "offset": 2, "length": 1},
                {"type": "pre", "offset": 2, "length": 1},
            ],
        ),
        (
            '<code class="language-python">x</code>',
            "x",
            [{"type": "code", "offset": 0, "length": 1}],
        ),
        (
            "<blockquote expandable>x</blockquote>",
            "x",
            [{"type": "expandable_blockquote", "offset": 0, "length": 1}],
        ),
        ("<blockquote>x</blockquote>", "x", [{"type": "blockquote", "offset": 0, "length": 1}]),
        (
            '<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>',
            "👍",
            [
                {
                    "type": "custom_emoji",
                    "offset": 0,
                    "length": 2,
                    "custom_emoji_id": "5368324170671202286",
                }
            ],
        ),
        (
            '<tg-time unix="1790000000">x</tg-time>',
            "x",
            [{"type": "date_time", "offset": 0, "length": 1, "unix_time": 1790000000}],
        ),
        (
            '<tg-time unix="1790000000" format="r">x</tg-time>',
            "x",
            [
                {
                    "type": "date_time",
                    "offset": 0,
                    "length": 1,
                    "unix_time": 1790000000,
                    "date_time_format": "r",
                }
            ],
        ),
        ("<span class='tg-spoiler'>x</>", "x", [{"type": "spoiler", "offset": 0, "length": 1}]),
        ("&lt;&#1103;&nbsp;&#x42;&gt;", "<я&nbsp;B>", []),
    ],
)
async def test_a_text_is_read_as_telegram_reads_it(ask, source, plain, entities):
    sent = await ask("sendMessage", chat_id=ANNA.id, text=source, parse_mode="HTML")
    assert (sent["text"], sent.get("entities", [])) == (plain, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("я <b", "Unclosed start tag at byte offset 3"),
        ("<a href='x'", "Unclosed start tag at byte offset 0"),
        ("<a href='x' ", "Unclosed start tag at byte offset 0"),
        ("<a =x>y</a>", "Empty attribute name in the tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ],
)
async def test_a_broken_tag_is_refused_where_it_begins(ask, telegram, source, reason):
    refusal = await ask("sendMessage", chat_id=ANNA.id, text=source, parse_mode="HTML")
    assert refusal == f"Bad Request: can't parse entities: {reason}"
    assert telegram.world.messages(ANNA.id) == []


def bold(offset, length):
    return {"type": "bold", "offset": offset, "length": length}


@pytest.mark.parametrize(
    ("listed", "kept"),
    [
        ([bold(0, 2)], [bold(0, 2)]),
        ([bold(3, 1), bold(0, 2)], [bold(0, 2), bold(3, 1)]),
        ([bold(2, 90)], [bold(2, 2)]),
        ([bold(4, 1)], []),
        ([bold(-1, 2)], []),
        ([bold(0, 0)], []),
        ([{"type": "bold"}], []),
    ],
)
async def test_listed_entities_are_kept_as_far_as_the_text_goes(ask, listed, kept):
    sent = await ask("sendMessage", chat_id=GROUP_ID, text="🙂 x", entities=listed)
    assert (sent["text"], sent.get("entities", [])) == ("🙂 x", kept)


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ([bold(1, 2)], "entity begins in a middle of a UTF-16 symbol"),
        ([{"offset": 0, "length": 1}], "can't parse MessageEntity"),
        (["bold"], "can't parse MessageEntity"),
    ],
)
async def test_listed_entities_that_make_no_sense_are_refused(ask, telegram, listed, reason):
    assert reason in await ask("sendMessage", chat_id=GROUP_ID, text="🙂 x", entities=listed)
    assert telegram.world.messages(GROUP_ID) == []


@pytest.mark.parametrize("mode", ["MarkdownV2", "Markdown"])
async def test_a_parse_mode_that_is_not_read_here_is_refused_and_not_guessed(ask, mode):
    refusal = await ask("sendMessage", chat_id=ANNA.id, text="*x*", parse_mode=mode)
    assert "unsupported parse_mode" in refusal


async def test_a_source_far_beyond_the_limit_is_not_even_parsed(ask):
    source = "<b></b>" * 6000
    refusal = await ask("sendMessage", chat_id=ANNA.id, text=f"x{source}", parse_mode="HTML")
    assert refusal == "Bad Request: message is too long"
