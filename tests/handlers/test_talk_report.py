"""Reports: figures, a picture, a table, for whom may look."""

from reading import ONE, TWO, WHO, button, has_button, words

from bot.domain.access import Role, UserId
from bot.reports.chart_process import ChartProcess
from bot.sandbox.telegram import ANNA, GLEB


async def test_a_report_is_a_card_under_a_picture(talk):
    answer = await talk.vera().asks(f"/report {ONE} 7d")
    assert answer.photo is not None
    assert WHO in answer.text
    assert words("report.incidents", "en", n="0") in answer.text
    month = await talk.vera().gets(answer, button(answer, f"rep:{ONE}:30:card"))
    assert "30 days" in month.text


async def test_the_table_is_a_document(talk):
    answer = await talk.anna().asks(f"/report {ONE}")
    table = await talk.anna().gets(answer, button(answer, f"rep:{ONE}:30:csv"))
    assert table.document is not None


async def test_a_missing_company_is_chosen_by_buttons_all_of_them_too(talk):
    choice = await talk.boris().asks("/report")
    assert has_button(choice, f"do:report:{TWO}")
    everyone = await talk.boris().gets(choice, button(choice, "do:report:*"))
    assert has_button(everyone, "rep:*:7:card")


async def test_a_period_nobody_offers_is_answered_with_how_to_ask(talk):
    for wrong in (f"/report {ONE} 8d", f"/report {ONE} {TWO}", "/report 31d"):
        answer = await talk.anna().asks(wrong)
        assert answer.text == words("report.how")


async def test_who_may_see_one_company_is_told_of_no_other(talk):
    anna = await talk.app.actions.people.who(UserId(ANNA.id), ANNA.first_name)
    await talk.app.actions.people.grant(
        anna, UserId(GLEB.id), Role.VIEWER, [ONE], ANNA.id, "let in Gleb"
    )
    only = await talk.gleb().asks("/report")
    assert ONE in only.text
    assert only.photo is not None
    assert await talk.gleb().forges(only, f"rep:{ONE}:8:card") == words("report.how")
    everyone = await talk.gleb().asks("/report all")
    assert "1 компания" in everyone.text
    assert await talk.gleb().forges(everyone, f"rep:{TWO}:7:csv") == words(
        "error.unseen_company", company=TWO
    )


async def test_a_report_whose_picture_cannot_be_drawn_comes_in_words(talk, monkeypatch):
    monkeypatch.setattr(talk.app.actions.reports, "_drawing", ChartProcess(patience_s=0))
    answer = await talk.anna().asks(f"/report {ONE} 7d")
    assert answer.photo is None
    assert words("report.no_picture") in answer.text
    assert has_button(answer, f"rep:{ONE}:7:csv")
