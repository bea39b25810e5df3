"""A session of any name gets an id that can be typed, is nobody else's and no word of commands."""

import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.company import GatewayName, parse_company_id
from bot.domain.roster import CompanySetup, Roster
from bot.domain.session import State
from bot.domain.session_names import Numbering, display_name, id_wanted, is_session_key
from bot.domain.words import is_word

GATEWAY = GatewayName("one")


@pytest.mark.parametrize(
    ("name", "company_id"),
    [
        ("962302", "962302"),
        ("Salon_1", "Salon_1"),
        ("Loja Centro", "loja-centro"),
        ("Padaria São José", "padaria-sao-jose"),
        (unicodedata.normalize("NFD", "Padaria São José"), "padaria-sao-jose"),
        ("my instance ", "my-instance"),
        ("🍕 Pizza", "pizza"),
        ("👩\u200d🍳 Bakery", "bakery"),
        ("Салон «Север»", "salon-sever"),
        ("Щука и Ёж", "shchuka-i-ezh"),
        ("Перукарня Їжак", "perukarnia-izhak"),
        ("Ελλάδα", "ellada"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("Łódź", "lodz"),
        ("O'Brien & Sons", "obrien-sons"),
        ("../../etc/passwd", "etc-passwd"),
        ("a/b", "a-b"),
        ("100%", "100"),
        ("-rf", "rf"),
        ("\u202eevil", "evil"),
        ("x" * 200, "x" * 32),
        ("Padaria do Senhor José da Silva e Filhos", "padaria-do-senhor-jose-da-silva"),
    ],
)
def test_a_name_becomes_what_can_be_typed_of_it(name, company_id):
    assert id_wanted(name)[0] == company_id


@pytest.mark.parametrize("name", ["מספרה", "مقهى القاهرة", "店铺", "🍕", "…", "ㅎ"])
def test_what_cannot_be_spelt_gets_a_number(name):
    numbering = Numbering()
    wanted = id_wanted(name)[0]
    assert [numbering.next(wanted), numbering.next(wanted)] == ["s1", "s2"]


@pytest.mark.parametrize("name", ["all", "ALL", "off", "7d", "23-7", "2h", "me", "viewer", "выкл"])
def test_a_word_of_commands_is_no_id(name):
    company_id = Numbering().next(id_wanted(name)[0])
    assert not is_word(company_id)


def test_those_that_are_alike_are_told_apart_by_a_number():
    names = ["Shop", "shop", "SHOP ", "Shop!", unicodedata.normalize("NFD", "Shóp"), "Shóp"]
    numbering = Numbering()
    assert [numbering.next(id_wanted(name)[0]) for name in names] == [
        "Shop", "shop-2", "shop-3", "shop-4", "shop-5", "shop-6",
    ]  # fmt: skip


def test_a_name_that_is_anothers_made_id_gets_another():
    numbering = Numbering(["loja-centro", "loja-centro-2"])
    assert numbering.next(id_wanted("loja-centro")[0]) == "loja-centro-3"


def test_thousands_of_the_same_wish_are_told_apart_at_once():
    numbering = Numbering()
    assert len({numbering.next(id_wanted("🍕")[0]) for _ in range(20_000)}) == 20_000


@given(st.lists(st.text(max_size=260), max_size=12))
def test_any_names_get_ids_that_are_valid_and_unique(names):
    numbering = Numbering()
    ids = [numbering.next(id_wanted(name)[0]) for name in names]
    assert [parse_company_id(company_id) for company_id in ids] == ids
    assert not any(map(is_word, ids))
    assert len({company_id.casefold() for company_id in ids}) == len(names)
    assert all(len(company_id.encode()) <= 50 for company_id in ids)


@given(st.text(max_size=260))
def test_a_name_always_wants_the_same_id(name):
    assert id_wanted(name) == id_wanted(name)
    assert id_wanted(id_wanted(name)[0])[0] == id_wanted(name)[0]


@given(st.text(max_size=300))
def test_a_name_that_can_be_asked_for_is_one_part_of_an_address(name):
    if is_session_key(name):
        part = quote(name, safe="")
        assert "/" not in part
        assert part not in {"", ".", ".."}
        assert unquote(part) == name
        assert PurePosixPath("/x", part).parent == PurePosixPath("/x")


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "..",
        "a\nb",
        "a\0b",
        "\ud800",
        "x" * 256,
        "\x7f",
    ],
)
def test_some_names_can_be_asked_for_by_nobody(name):
    assert not is_session_key(name)


@pytest.mark.parametrize("name", ["../../etc", "a/../b", "..\\x", "./a", "a/."])
def test_a_path_is_watched_by_nobody_and_told(name):
    assert Roster(gateway=GATEWAY).sorted_out({name: State.CONNECTED}, ()).unfit == (name,)


@given(st.text(max_size=300))
def test_a_name_is_shown_on_one_short_line(name):
    shown = display_name(name)
    assert len(shown) <= 60
    assert "\n" not in shown
    assert not any(unicodedata.category(sign) in {"Cf", "Cs"} for sign in shown)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\u200b\u2060", "U+200B U+2060"),
        ("   ", "U+0020 U+0020 U+0020"),
        ("\u3164", "U+3164"),
        ("\u2800\ufe0f", "U+2800 U+FE0F"),
        ("\u200bSalon", "Salon"),
    ],
)
def test_a_name_in_which_nothing_is_seen_is_shown_by_its_signs(name, shown):
    assert display_name(name) == shown


@given(st.lists(st.text(max_size=60), max_size=8, unique=True), st.booleans())
def test_every_listed_session_is_watched_or_told(names, with_template):
    template = "company_{company}" if with_template else "{company}"
    listing = Roster(gateway=GATEWAY, key_template=template).sorted_out(
        dict.fromkeys(names, State.CONNECTED), ()
    )
    watched = {listed.company.session_key for listed in listing.newcomers}
    assert listing.listed == len(names)
    assert watched | set(listing.unfit) == set(names)
    assert watched & set(listing.unfit) == set()


def test_a_session_keeps_its_name_whatever_its_id():
    company = Roster(gateway=GATEWAY).company_of("Padaria São José ")
    assert (company.id, company.session_key, company.name, company.made) == (
        "padaria-sao-jose", "Padaria São José ", "Padaria São José", True,
    )  # fmt: skip


def test_what_is_not_called_by_the_template_does_not_fit():
    roster = Roster(gateway=GATEWAY, key_template="company_{company}")
    names = ("company_962302", "company_Loja Centro", "test", "company_")
    listing = roster.sorted_out(dict.fromkeys(names, State.CONNECTED), ())
    assert [listed.company.id for listed in listing.newcomers] == ["962302", "loja-centro"]
    assert listing.unfit == ("test", "company_")


def test_whom_the_settings_do_not_name_nobody_misses():
    listing = Roster(gateway=GATEWAY, wanted=("962302", "Loja*")).sorted_out(
        dict.fromkeys(("962302", "962303", "Loja Centro", "Padaria"), State.CONNECTED), ()
    )
    assert [listed.company.id for listed in listing.newcomers] == ["962302", "loja-centro"]
    assert listing.unfit == ()


def test_what_the_settings_say_of_a_made_id_holds():
    about = {"loja-centro": CompanySetup(id="loja-centro", name="Centro", gateway=GATEWAY)}
    company = Roster(gateway=GATEWAY, about=about).company_of("Loja Centro")
    assert (company.name, company.session_key) == ("Centro", "Loja Centro")


def test_what_the_settings_say_of_another_session_does_not():
    about = {"loja-centro": CompanySetup(id="loja-centro", name="X", session_key="other")}
    company = Roster(gateway=GATEWAY, about=about).company_of("Loja Centro")
    assert (company.name, company.session_key) == ("Loja Centro", "Loja Centro")
