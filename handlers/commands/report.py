"""How companies fared: a card with a picture, and a table to take along."""

from aiogram import F
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.errors import BadRequest
from bot.domain.access import Right
from bot.domain.report import Report
from bot.domain.words import EVERY, PERIOD
from handlers.answer import answer, send_file, send_picture
from handlers.callbacks import ALL, Do, ReportOf
from handlers.company_choice import offer
from handlers.context import RequestContext
from handlers.render import reports as render
from handlers.routes import Routes


async def report(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """`/report [company|all] [7d|30d|90d]`; without a company, a choice."""
    who, days = _asked(command.args or "")
    if who is None:
        choices = await actions.status.choices(context.person, Right.LOOK)
        if len(choices) != 1:
            await offer(message, choices, command.command, context)
            return
        who = choices[0].id
    await _show(message, await _report(context, actions, who, days), context, actions)


async def pressed(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions
) -> None:
    """A company, or all, chosen by a button."""
    made = await _report(context, actions, callback_data.company, render.USUAL)
    await _show(query, made, context, actions)


async def again(
    query: CallbackQuery, callback_data: ReportOf, context: RequestContext, actions: Actions
) -> None:
    """Another period, or the same one as a table."""
    if callback_data.days not in render.PERIODS:
        raise BadRequest("report.how")
    made = await _report(context, actions, callback_data.company, callback_data.days)
    if callback_data.how == "csv":
        await send_file(query, actions.reports.table(made), render.file_name(made))
    else:
        await _show(query, made, context, actions)


async def _report(context: RequestContext, actions: Actions, who: str, days: int) -> Report:
    zone = await actions.timezones.of(context.address.chat_id)
    if who == ALL:
        return await actions.reports.of_everyone(context.person, days, zone)
    company = await actions.status.find(context.person, who)
    return await actions.reports.of_company(context.person, company, days, zone)


async def _show(
    event: Message | CallbackQuery, made: Report, context: RequestContext, actions: Actions
) -> None:
    picture = await actions.reports.picture(made, render.words(context.texts, made))
    screen = render.report(context.texts, made, drawn=picture is not None)
    if picture is None:
        await answer(event, screen)
    else:
        await send_picture(event, screen, picture, "report.png")


def _asked(args: str) -> tuple[str | None, int]:
    """Which company, None to offer a choice; how many days. BadRequest when that is unclear."""
    who, days = None, render.USUAL
    for word in args.split():
        period = PERIOD.fullmatch(word)
        if period is not None and int(period[1]) in render.PERIODS:
            days = int(period[1])
        elif period is not None or who is not None:
            raise BadRequest("report.how")
        else:
            who = ALL if word.casefold() in EVERY else word
    return who, days


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="report")
    router.command(report, "report")
    router.button(pressed, Do.filter(F.what == "report"), changes=False)
    router.button(again, ReportOf.filter(), changes=False)
    return router
