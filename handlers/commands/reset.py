"""Reset and restore, which ask first; reconnect, which harms nothing."""

from collections.abc import Sequence

from aiogram import F
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.errors import BadRequest, TooLate
from bot.actions.results import NothingKept
from bot.domain.company import Company
from bot.domain.notice import leads_to_reset
from bot.domain.procedure import ProcedureKind
from bot.domain.trouble import Offer
from handlers.answer import answer, rekey, release, replace
from handlers.callbacks import ALL, Answer, AnswerByCode, Do, Old
from handlers.company_choice import named_or_chosen
from handlers.context import RequestContext
from handlers.live.progress import carry_out, follow
from handlers.live.request import LiveRequest
from handlers.live.tasks import Live
from handlers.render import questions
from handlers.render import status as status_screen
from handlers.routes import Routes


async def reset(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """Ask whether to reset a company."""
    company = await named_or_chosen(message, command, context, actions)
    if company is not None:
        await _ask_reset(message, context, actions, company)


async def restore(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """Ask whether to undo a company's last reset."""
    company = await named_or_chosen(message, command, context, actions)
    if company is not None:
        await _ask_restore(message, context, actions, company)


async def reconnect(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions, live: Live
) -> None:
    """Start a session again with the credentials it has."""
    company = await named_or_chosen(message, command, context, actions)
    if company is not None:
        await carry_out(
            message, LiveRequest(live, actions, context), ProcedureKind.RECONNECT, company
        )


async def ask(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions
) -> None:
    """The question, by a button."""
    company = await actions.status.find(context.person, callback_data.company)
    asking = _ask_reset if callback_data.what == "reset" else _ask_restore
    await asking(query, context, actions, company)


async def repair(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions
) -> None:
    """What helps now, whatever helped when the button was shown: the question, or else the card."""
    company = await actions.status.find(context.person, callback_data.company)
    card = await actions.status.company(context.person, company.id)
    offered = status_screen.mends(card)
    if leads_to_reset(offered):
        reconnects = Offer.RECONNECT in offered
        await _ask_reset(query, context, actions, company, reconnects=reconnects)
    else:
        shown = status_screen.company(context.texts, context.person, card, context.now)
        await answer(query, shown)


async def old_keys(
    query: CallbackQuery, callback_data: Old, context: RequestContext, actions: Actions
) -> None:
    """All kept keys, or the question about one of them."""
    company = await actions.status.find(context.person, callback_data.company)
    if callback_data.label != ALL:
        await _ask_restore(query, context, actions, company, callback_data.label)
        return
    found = await actions.confirmations.list_kept(context.person, company.id)
    if isinstance(found, NothingKept):
        await answer(query, questions.nothing_kept(context.texts, found))
    else:
        await answer(query, questions.kept_keys(context.texts, found))


async def reconnect_pressed(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions, live: Live
) -> None:
    """Reconnect, by a button."""
    company = await actions.status.find(context.person, callback_data.company)
    await carry_out(query, LiveRequest(live, actions, context), ProcedureKind.RECONNECT, company)


async def yes(
    query: CallbackQuery,
    callback_data: Answer,
    context: RequestContext,
    actions: Actions,
    live: Live,
) -> None:
    """Do what was asked, in the place of the question."""
    await _carry_out(query, callback_data.nonce, context, actions, live)


async def yes_by_code(
    query: CallbackQuery,
    callback_data: AnswerByCode,
    context: RequestContext,
    actions: Actions,
    live: Live,
) -> None:
    """Reset, and go on with a code; where it may be for several numbers, let one be chosen first.

    BadRequest where no number is known: `/code` with one leads through the reset as well.
    """
    company = await actions.confirmations.company_of(context.person, callback_data.nonce)
    numbers = await actions.pairings.numbers(company)
    if not numbers:
        raise BadRequest("code.which_number", company=company.id)
    chosen = _chosen(callback_data, numbers)
    if chosen is not None:
        await _carry_out(query, callback_data.nonce, context, actions, live, chosen)
    elif isinstance(query.message, Message):
        keyboard = questions.number_choice(context.texts, callback_data.nonce, numbers)
        await rekey(query, query.message, keyboard)
    else:
        raise TooLate


def _chosen(answer_: AnswerByCode, numbers: Sequence[str]) -> str | None:
    """The number that the code is for; None where that is still to be said."""
    if not answer_.number:
        return numbers[0] if len(numbers) == 1 else None
    tags = {questions.number_tag(answer_.nonce, number): number for number in numbers}
    return tags.get(answer_.number)


async def no(
    query: CallbackQuery, callback_data: Answer, context: RequestContext, actions: Actions
) -> None:
    """Leave everything as it is."""
    company = await actions.confirmations.decline(context.person, callback_data.nonce)
    await replace(query, questions.declined(context.texts, company))


async def _carry_out(
    query: CallbackQuery,
    nonce: str,
    context: RequestContext,
    actions: Actions,
    live: Live,
    phone: str | None = None,
) -> None:
    accepted = await actions.confirmations.accept(context.person, nonce, context.address.chat_id)
    await release(query)
    steps = actions.repairs.carry_out(context.person, accepted, context.address)
    kind = ProcedureKind(accepted.action)
    place = query.message if isinstance(query.message, Message) else None
    audience = LiveRequest(live, actions, context)
    await audience.wake_first(accepted.company)
    live.begin(follow(audience, kind, accepted.company, steps, place, phone=phone))


async def _ask_reset(
    event: Message | CallbackQuery,
    context: RequestContext,
    actions: Actions,
    company: Company,
    *,
    reconnects: bool = False,
) -> None:
    question = await actions.confirmations.ask_reset(context.person, company.id)
    codes = await actions.pairings.numbers(company) is not None
    await answer(
        event, questions.question(context.texts, question, codes=codes, reconnects=reconnects)
    )


async def _ask_restore(
    event: Message | CallbackQuery,
    context: RequestContext,
    actions: Actions,
    company: Company,
    which: str | None = None,
) -> None:
    question = await actions.confirmations.ask_restore(context.person, company.id, which)
    if isinstance(question, NothingKept):
        await answer(event, questions.nothing_kept(context.texts, question))
    else:
        await answer(event, questions.question(context.texts, question))


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="reset")
    router.command(reset, "reset", changes=True)
    router.command(restore, "restore", changes=True)
    router.command(reconnect, "reconnect", changes=True)
    router.button(ask, Do.filter(F.what.in_({"reset", "restore"})), changes=False)
    router.button(reconnect_pressed, Do.filter(F.what == "reconnect"), changes=True)
    router.button(repair, Do.filter(F.what == Offer.REPAIR), changes=False)
    router.button(old_keys, Old.filter(), changes=False)
    router.button(yes, Answer.filter(F.yes == 1), changes=True)
    router.button(yes_by_code, AnswerByCode.filter(), changes=True)
    router.button(no, Answer.filter(F.yes == 0), changes=False)
    return router
