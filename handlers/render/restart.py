"""The restart of a gateway: the question, the steps, what came of it."""

from collections.abc import Iterable, Sequence

from bot.actions.restart import NoCommand, RestartQuestion
from bot.domain.company import GatewayName
from bot.domain.gateway_restart import Calmer, Restarted, RestartOutcome, RestartStep
from bot.domain.trouble import Offer
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import AnswerRestart
from handlers.render.recovery import doer
from handlers.render.screen import Screen, joined

_MOST_NAMED = 10  # companies in one line
_TRIED = (RestartOutcome.DONE, RestartOutcome.FAILED, RestartOutcome.TOO_LONG)


def question(t: Texts, asked: RestartQuestion) -> Screen:
    """The question before a restart: who is cut off, what stays, yes and no."""
    if asked.connected is None:
        cut_off = t.plural("restart.cuts_off_unseen", asked.companies)
    else:
        cut_off = t.plural("restart.cuts_off", asked.companies, connected=t.number(asked.connected))
    head = "restart.question_anyway" if asked.again else "restart.question"
    lines = [
        *_news(t, asked),
        t.say(head, gateway=_name(t, asked.gateway)),
        "",
        cut_off,
        t.say("restart.keeps"),
        "",
        t.plural("question.for_you", round(asked.expires_in.total_seconds())),
    ]
    yes = AnswerRestart(yes=True, nonce=asked.nonce)
    row = [
        keyboards.button(t.say("button.yes_restart"), yes, "danger"),
        keyboards.button(t.say("button.no"), AnswerRestart(yes=False, nonce=asked.nonce)),
    ]
    return Screen(joined(*lines), keyboards.keyboard([row]))


def _news(t: Texts, asked: RestartQuestion) -> Iterable[str]:
    """What has become better, or speaks against it, before everything else."""
    for restart_news in asked.news:
        match restart_news.what:
            case Calmer.RESTARTED:
                ago = "" if restart_news.at is None else t.moment(restart_news.at)
                yield t.say(
                    "restart.calmer.restarted",
                    name=doer(t, restart_news.by, restart_news.name),
                    ago=ago,
                )
            case Calmer.ANSWERS:
                yield t.say("restart.calmer.answers")
            case Calmer.BACK:
                yield t.plural("restart.calmer.back", restart_news.count)
            case Calmer.IN_HAND:
                yield t.say(
                    "restart.calmer.in_hand", who=", ".join(restart_news.names[:_MOST_NAMED])
                )
    if asked.news:
        yield ""


def no_command(t: Texts, found: NoCommand) -> Screen:
    """The answer where GATEWAY_RESTART_COMMAND is not set, with what to do."""
    return Screen(t.say("restart.no_command", gateway=_name(t, found.gateway)))


def declined(t: Texts, gateway: GatewayName) -> Screen:
    """Nothing was done."""
    return Screen(t.say("restart.declined", gateway=_name(t, gateway)))


def progress(
    t: Texts, gateway: GatewayName, begun: Sequence[RestartStep], end: Restarted | None
) -> Screen:
    """The steps so far, and at the end what stands where."""
    head = t.say("restart.head", gateway=_name(t, gateway))
    lines = [head, *_steps(t, begun, end)]
    if end is None:
        return Screen(joined(*lines))
    status = keyboards.offer(t, Offer.STATUS, None)
    return Screen(joined(*lines, "", *_end(t, end)), keyboards.keyboard([[status]]))


def _steps(t: Texts, begun: Sequence[RestartStep], end: Restarted | None) -> Iterable[Markup]:
    for step in begun or (RestartStep.COMMAND,):
        yield t.say("progress.step", mark=_mark(step, begun, end), step=_said(t, step))


def _mark(step: RestartStep, begun: Sequence[RestartStep], end: Restarted | None) -> str:
    if end is None:
        return "⏳" if step in begun[-1:] or not begun else "✔"
    well = end.answers if step is RestartStep.ANSWER else end.outcome is RestartOutcome.DONE
    return "✔" if well else "✖"


def _said(t: Texts, step: RestartStep) -> Markup:
    return t.say(f"restart.step.{step}")


def _end(t: Texts, end: Restarted) -> Iterable[Markup]:
    code = "?" if end.exit_code is None else str(end.exit_code)
    yield t.say(f"restart.ended.{end.outcome}", code=code, took=t.duration(end.took))
    if end.outcome in _TRIED:
        yield t.say("restart.answers" if end.answers else "restart.silent")
    if end.outcome in _TRIED and end.output:
        yield t.say("restart.output")


def _name(t: Texts, gateway: GatewayName) -> str:
    return t.foreign(gateway)
