import os
from contextlib import chdir
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.authdir import BadTemplate, NotADirectory, OutsideTemplate, SessionsTemplate
from bot.domain.company import Company, GatewayName, parse_company_id


def test_a_company_has_one_directory():
    template = SessionsTemplate.parse("/opt/x/baileys_sessions/company_{company}")
    assert template.path_of("962302") == Path("/opt/x/baileys_sessions/company_962302")
    assert str(template) == "/opt/x/baileys_sessions/company_{company}"


def test_a_relative_template_starts_where_the_program_runs(tmp_path):
    with chdir(tmp_path):
        assert SessionsTemplate.parse("s/{company}/").path_of("a") == tmp_path / "s" / "a"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "exactly once"),
        ("/opt/sessions", "exactly once"),
        ("/opt/{company}/{company}", "exactly once"),
        ("/opt/{company}/auth", "last part"),
        ("/company_{company}", "under /"),
        ("//{company}", "under /"),
        ("/./{company}", "under /"),
        ("/.//./company_{company}/", "under /"),
        ("/{company}/.", "under /"),
        ("/opt/../{company}", "`..`"),
        ("../{company}", "`..`"),
        ("/opt/{company}/..", "`..`"),
        ("C:\\\\sessions\\\\{company}", "backslash"),
        ("/opt/%2e%2e/{company}", "without %"),
        ("~/s/{company}", "in full"),
        ("/opt/\0/{company}", "NUL"),
    ],
)
def test_a_wrong_template_is_refused_in_words(text, reason):
    with pytest.raises(BadTemplate, match=reason) as caught:
        SessionsTemplate.parse(text)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "company", ["", "..", ".", "../../etc", "962302; rm", "a/b", "a\0", "-a", "а", "a\n", "a" * 51]
)
def test_an_id_that_would_leave_the_template_is_refused(disk, company):
    with pytest.raises(OutsideTemplate):
        disk.template.path_of(company)


@given(st.text())
def test_no_text_leads_out_of_the_parent(company):
    template = SessionsTemplate.parse("/opt/sessions/{company}")
    try:
        path = template.path_of(company)
    except OutsideTemplate:
        return
    assert path.resolve().parent == Path("/opt/sessions").resolve()


@pytest.mark.parametrize(
    "written", ["/opt/./s/{company}", "/opt//s/{company}/", "/opt/s/{company}/."]
)
def test_however_it_is_written_a_path_is_what_it_is(written):
    assert str(SessionsTemplate.parse(written)) == "/opt/s/{company}"


def test_a_link_to_the_root_is_the_root(tmp_path):
    (tmp_path / "root").symlink_to("/")
    with pytest.raises(BadTemplate, match="under /"):
        SessionsTemplate.parse(f"{tmp_path}/root/{{company}}")


def test_a_relative_template_at_the_root_is_refused():
    with chdir("/"), pytest.raises(BadTemplate, match="under /"):
        SessionsTemplate.parse("{company}")


def test_a_company_called_set_aside_has_no_directory(plain_disk):
    plain_disk.write("creds.json", company="962302")
    plain_disk.set_aside()
    assert plain_disk.template.company_ids() == []
    with pytest.raises(OutsideTemplate):
        plain_disk.template.path_of("set_aside")


def test_existing_companies_are_listed_in_order(disk):
    for company in ("b", "962302", "a_1-x"):
        disk.write("creds.json", company=company)
    assert disk.template.company_ids() == ["962302", "a_1-x", "b"]


def test_only_real_directories_of_the_template_are_companies(disk):
    real = disk.write(company="1")
    (disk.root / "company_2").write_text("a file")
    (disk.root / "company_3").symlink_to(real)
    for name in ("company_", "company_a b", "company_\n", "other_4", "set_aside"):
        (disk.root / name).mkdir()
    assert disk.template.company_ids() == ["1"]


def test_a_hidden_template_lists_its_companies(tmp_path):
    (tmp_path / ".session_7").mkdir()
    assert SessionsTemplate.parse(f"{tmp_path}/.session_{{company}}").company_ids() == ["7"]


def test_a_missing_parent_has_no_companies(tmp_path):
    assert SessionsTemplate.parse(f"{tmp_path}/none/{{company}}").company_ids() == []


def test_a_parent_that_is_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectory):
        SessionsTemplate.parse(f"{tmp_path}/file/{{company}}").company_ids()


NAMES = ["Loja Centro", "Padaria São José", "🍕", "a.b", "-rf", "100%"]
NOWHERE = ["../../etc", "a/b", "..", "/etc/passwd", "a\\b", "x\0y", "x\ny", "é" * 150]


def called(name):
    return Company(
        id=parse_company_id("made"),
        gateway=GatewayName("one"),
        session_key=name,
        name="",
        made=True,
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_session_of_any_name_has_its_directory_under_that_name(tmp_path, name):
    template = SessionsTemplate.parse(f"{tmp_path}/company_{{company}}").knowing([called(name)])
    assert template.path_of("made") == tmp_path / f"company_{name}"
    assert template.reaches(called(name))


@pytest.mark.parametrize("text", ["company_{company}", "{company}", "{company}.d"])
@pytest.mark.parametrize("name", [*NOWHERE, "good_copies", "set_aside"])
def test_a_name_that_is_no_part_of_a_path_has_none(tmp_path, text, name):
    template = SessionsTemplate.parse(f"{tmp_path}/{text}").knowing([called(name)])
    if name in NOWHERE and not (name == ".." and text != "{company}"):
        assert not template.reaches(called(name))
        with pytest.raises(OutsideTemplate):
            template.path_of("made")
    elif text == "{company}":
        with pytest.raises(OutsideTemplate):
            template.path_of("made")
    else:
        assert template.path_of("made").parent == tmp_path


@given(name=st.text(max_size=300))
def test_no_name_ever_leaves_the_sessions_directory(name):
    template = SessionsTemplate.parse("/sessions/here/{company}").knowing([called(name)])
    try:
        path = template.path_of("made")
    except OutsideTemplate:
        return
    assert path.parent == Path("/sessions/here")
    assert os.path.normpath(path) == str(path)


def test_what_stands_around_the_id_in_every_name_is_not_doubled(tmp_path):
    template = SessionsTemplate.parse(f"{tmp_path}/company_{{company}}").for_keys(
        "company_{company}"
    )
    found = template.knowing([called("company_Loja Centro")]).path_of("made")
    assert found == tmp_path / "company_Loja Centro"
