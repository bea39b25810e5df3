"""Where an answer goes next: the pure rule, and what is read out of a refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.hindrance import Hindrance
from handlers.answer_routes import Form, Via, WantedAnswer, Way, first, following
from handlers.telegram.hindrances import hindrance_of

H = Hindrance


def walked(wanted, **refusals):
    """The ways that are tried until one is taken; `HERE=..., PRIVATE=...` refuse all forms."""
    way, failed, ways = first(wanted), [], []
    while way is not None:
        ways.append(f"{way.via.name} {way.form.name}")
        refusal = refusals.get(f"{way.via.name}_{way.form.name}", refusals.get(way.via.name))
        if refusal is None:
            break
        failed.append((way, refusal))
        way = following(wanted, failed)
    return ways


def wanted(form, **how):
    return WantedAnswer(form=form, **{"private": False, **how})


@pytest.mark.parametrize(
    ("what", "refusals", "last"),
    [
        (wanted(Form.WORDS), {"HERE": H.WRITING}, "PRIVATE WORDS"),
        (wanted(Form.WORDS), {"HERE": H.REFUSED}, "PRIVATE WORDS"),
        (wanted(Form.WORDS, in_topic=True), {"HERE": H.TOPIC}, "GENERAL WORDS"),
        (wanted(Form.WORDS, in_topic=True), {"HERE": H.WRITING}, "PRIVATE WORDS"),
        (wanted(Form.WORDS, in_topic=True), {"HERE": H.TOPIC, "GENERAL": H.TOPIC}, "PRIVATE WORDS"),
        (wanted(Form.WORDS), {"HERE": H.OUT, "PRIVATE": H.UNREACHABLE}, "OWNERS WORDS"),
        (
            wanted(Form.WORDS, pressed=True),
            {"HERE": H.WRITING, "PRIVATE": H.UNREACHABLE},
            "POPUP WORDS",
        ),
        (wanted(Form.WORDS, private=True), {"HERE": H.UNREACHABLE}, "OWNERS WORDS"),
        (wanted(Form.PICTURE), {"HERE_PICTURE": H.PHOTOS}, "HERE WORDS"),
        (wanted(Form.PICTURE), {"HERE": H.WRITING}, "PRIVATE PICTURE"),
        (wanted(Form.FILE), {"HERE_FILE": H.FILES}, "PRIVATE FILE"),
        (wanted(Form.FILE), {"HERE_FILE": H.FILES, "PRIVATE": H.UNREACHABLE}, "HERE WORDS"),
        (wanted(Form.FILE, private=True), {"HERE_FILE": H.REFUSED}, "HERE WORDS"),
        (wanted(Form.CODE), {"HERE_CODE": H.PHOTOS}, "PRIVATE CODE"),
        (wanted(Form.CODE, in_topic=True), {"HERE": H.TOPIC}, "PRIVATE CODE"),
        (wanted(Form.CODE), {"HERE_CODE": H.PHOTOS, "PRIVATE": H.UNREACHABLE}, "HERE WORDS"),
    ],
)
def test_what_is_refused_goes_to_the_next_place_that_may_take_it(what, refusals, last):
    assert walked(what, **refusals)[-1] == last


wishes = st.builds(
    WantedAnswer,
    form=st.sampled_from(Form),
    private=st.booleans(),
    in_topic=st.booleans(),
    pressed=st.booleans(),
)


@given(wishes, st.lists(st.sampled_from(Hindrance), min_size=12, max_size=12))
def test_whatever_is_refused_each_way_is_tried_once_and_the_owners_are_the_last(what, refusals):
    way, failed = first(what), []
    for refusal in refusals:
        assert way not in [it for it, _ in failed]
        if way.via is Via.OWNERS:
            break
        failed.append((way, refusal))
        way = following(what, failed)
        assert way is not None
    assert way == Way(Via.OWNERS, Form.WORDS)
    assert len(failed) <= 7
    assert following(what, [*failed, (way, H.REFUSED)]) is None


@given(wishes, st.lists(st.sampled_from(Hindrance), min_size=12, max_size=12))
def test_a_code_is_never_shown_elsewhere_than_here_or_to_the_asker(what, refusals):
    way, failed = first(what), []
    for refusal in refusals:
        if way is None:
            break
        if way.form is Form.CODE:
            assert way.via in (Via.HERE, Via.PRIVATE)
        failed.append((way, refusal))
        way = following(what, failed)


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("Bad Request: not enough rights to send photos to the chat", H.PHOTOS),
        ("Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN", H.PHOTOS),
        ("Bad Request: CHAT_SEND_MEDIA_FORBIDDEN", H.PHOTOS),
        ("Bad Request: not enough rights to send documents to the chat", H.FILES),
        ("Bad Request: CHAT_SEND_DOCS_FORBIDDEN", H.FILES),
        ("Bad Request: not enough rights to send text messages to the chat", H.WRITING),
        ("Bad Request: have no rights to send a message", H.WRITING),
        ("Bad Request: CHAT_WRITE_FORBIDDEN", H.WRITING),
        ("Bad Request: CHAT_SEND_PLAIN_FORBIDDEN", H.WRITING),
        ("Bad Request: CHAT_RESTRICTED", H.WRITING),
        ("Bad Request: USER_BANNED_IN_CHANNEL", H.WRITING),
        ("Bad Request: need administrator rights in the channel chat", H.POSTING),
        ("Bad Request: CHAT_ADMIN_REQUIRED", H.POSTING),
        ("Bad Request: TOPIC_CLOSED", H.TOPIC),
        ("Bad Request: message thread not found", H.TOPIC),
        ("Bad Request: SLOWMODE_WAIT_30", H.SLOW),
        ("Forbidden: bot was kicked from the supergroup chat", H.OUT),
        ("Forbidden: bot is not a member of the channel chat", H.OUT),
        ("Bad Request: chat not found", H.OUT),
        ("Forbidden: the group chat was deleted", H.OUT),
        ("Forbidden: bot was blocked by the user", H.UNREACHABLE),
        ("Forbidden: bot can't initiate conversation with a user", H.UNREACHABLE),
        ("Forbidden: user is deactivated", H.UNREACHABLE),
        ("Bad Request: a sentence that Telegram will think of next year", H.REFUSED),
    ],
)
def test_a_refusal_says_what_to_switch_on(said, what):
    assert hindrance_of(said) is what


def test_a_private_chat_that_is_not_found_was_never_begun():
    assert hindrance_of("Bad Request: chat not found", private=True) is H.UNREACHABLE
