from recorded import Clock

from bot.gateways.codes import CodeMemory, CodeSight


def memory(keys=100):
    return CodeMemory(first_life_s=60, next_life_s=20, keys=keys)


def test_the_age_of_a_code_nobody_saw_appear_is_unknown():
    look = memory().look("1", "A", Clock()())
    assert (look.sight, look.not_older_than, look.life_s) == (CodeSight.LIVE, None, None)


def test_a_code_is_not_older_than_the_last_look_that_saw_nothing():
    codes, clock = memory(), Clock()
    codes.look("1", None, clock())
    before = clock()
    clock.push(5)
    look = codes.look("1", "A", clock())
    assert (look.not_older_than, look.life_s) == (before, 60)


def test_a_bound_does_not_move_while_the_code_stays():
    codes, clock = memory(), Clock()
    before = clock()
    codes.look("1", None, clock())
    for _ in range(5):
        clock.push(10)
        assert codes.look("1", "A", clock()).not_older_than == before


def test_a_rotated_code_is_not_older_than_the_last_look_at_the_one_before():
    codes, clock = memory(), Clock()
    codes.look("1", "A", clock())
    clock.push(50)
    codes.look("1", "A", clock())
    before = clock()
    clock.push(2)
    look = codes.look("1", "B", clock())
    assert (look.not_older_than, look.life_s) == (before, 20)


def test_a_first_code_is_over_after_a_minute():
    codes, clock = memory(), Clock()
    codes.look("1", None, clock())
    codes.look("1", "A", clock())
    clock.push(62)
    assert codes.look("1", "A", clock()).sight is CodeSight.LIVE
    clock.push(2)
    assert codes.look("1", "A", clock()).sight is CodeSight.OVER


def test_a_later_code_is_over_after_twenty_seconds():
    codes, clock = memory(), Clock()
    codes.look("1", "A", clock())
    codes.look("1", "B", clock())
    clock.push(22)
    assert codes.look("1", "B", clock()).sight is CodeSight.LIVE
    clock.push(2)
    assert codes.look("1", "B", clock()).sight is CodeSight.OVER


def test_a_code_after_an_ended_window_begins_a_new_one():
    codes, clock = memory(), Clock()
    codes.look("1", "A", clock())
    clock.push(70)
    codes.look("1", "A", clock())
    assert codes.look("1", "B", clock()).life_s == 60


def test_a_retired_code_is_a_leftover_and_what_follows_begins_a_window():
    codes, clock = memory(), Clock()
    codes.look("1", "A", clock())
    codes.retire("1")
    assert codes.look("1", "A", clock()).sight is CodeSight.LEFTOVER
    fresh = codes.look("1", "B", clock())
    assert (fresh.sight, fresh.life_s) == (CodeSight.LIVE, 60)


def test_a_forgotten_code_is_of_unknown_age_again():
    codes, clock = memory(), Clock()
    codes.look("1", None, clock())
    codes.forget("1")
    codes.retire("1")
    assert codes.look("1", "A", clock()).not_older_than is None


def test_the_memory_is_bounded_and_drops_the_key_not_looked_at_longest():
    codes, clock = memory(keys=2), Clock()
    for key in ("old", "kept", "kept", "new"):
        codes.look(key, None, clock())
    assert codes.look("kept", "A", clock()).not_older_than is not None
    assert codes.look("old", "A", clock()).not_older_than is None
