"""Whatever is written into the audit is read as a sentence."""

import ast
from pathlib import Path

from shown import EN, RU

from bot.domain.procedure import ProcedureKind
from handlers.render.acts import Act, act, came_to

BOT = Path(__file__).parents[2] / "bot"


def begun():
    """What the code names the acts that it writes down: literals, and constants of its file."""
    for path in BOT.rglob("*.py"):
        tree = ast.parse(path.read_text())
        constants = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(
                ("journal.begin", "audit.begin")
            ):
                for argument in call.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.value
                    if isinstance(argument, ast.Name) and argument.id in constants:
                        yield constants[argument.id]


def test_every_act_that_is_written_down_has_a_sentence():
    named = {one.replace(" ", "_") for one in begun()} | set(ProcedureKind)
    assert {"digest", "test_alert", "mute", "board_off", "clear"} <= named
    assert named - set(Act) == set()


def test_one_that_was_taken_up_again_reads_like_the_first():
    assert act(RU, "resume reset") == act(RU, "reset") == "сброс"


def test_a_number_that_was_taken_as_right_is_a_success_and_is_not_repeated():
    assert (came_to(RU, "•••2303"), came_to(EN, "•••2303")) == ("готово", "done")


def test_what_has_no_result_yet_is_not_called_a_failure():
    assert (came_to(EN, None), came_to(EN, "something new")) == ("still running", "failed")
