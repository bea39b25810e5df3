"""Cases from the field: what people who run gateways have reported, and the tests that show each.

Each case is one example of a kind. Its tests are conversations with the whole bot that try this
example and others of its kind; where a rule decides, its table stands beside them. A file without
names is meant as a whole.
"""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CASES = {
    "1 sessions of any name are watched, and what can't be is told": {
        "handlers/test_talk_session_names.py": (
            "test_every_session_is_watched_and_its_loss_is_told",
            "test_what_cannot_be_watched_is_told_once_and_shown",
            "test_what_has_no_name_or_not_its_own_is_told_once_and_shown",
        ),
        "test_check.py": ("test_every_entry_of_a_list_that_nobody_can_watch_is_told",),
    },
    "2 a chat that refuses an alert has it when it takes one again": {
        "handlers/test_talk_alert_refused.py": (
            "test_a_channel_that_took_the_right_to_post_away",
            "test_a_group_that_took_the_right_to_write_away",
            "test_a_chat_that_refuses_in_any_words",
        ),
    },
    "3 no request ends in silence where photos or words are refused": {
        "handlers/test_talk_rights.py": (
            "test_a_reset_in_a_group_without_photos_leads_to_the_private_chat",
            "test_a_report_without_its_picture_is_text_that_says_why",
            "test_whatever_a_chat_says_the_asker_is_answered",
        ),
        "handlers/test_talk_reset_leads_to.py": ("test_as_a_code_where_nobody_takes_a_photo",),
    },
    "4 national forms of a number are one number, others look like others": {
        "handlers/test_talk_numbers.py": (
            "test_the_number_that_an_owner_writes_is_the_one_that_is_linked",
            "test_another_number_is_told_and_looks_like_another",
        ),
    },
    "5 list against single answer: one verdict, told once": {
        "handlers/test_talk_contradictions.py": (
            "test_an_instance_that_only_the_list_knows_is_told_as_gone_once",
            "test_a_session_that_only_the_list_calls_working_is_told_once",
            "test_an_instance_that_only_the_list_calls_open_stays_revoked",
        ),
        "monitor/test_which_answer.py": (),
    },
    "6 logs in wrappers, and of other libraries, are read": {
        "handlers/test_talk_wrapped_logs.py": (
            "test_a_removal_is_told_with_its_cause_though_a_look_is_an_hour_away",
            "test_lines_in_every_wrapper_are_counted_for_their_company",
            "test_a_log_of_which_nothing_is_understood_is_named",
        ),
        "monitor/test_whatsmeow_lines.py": (),
    },
    "7 of two gateways on one store the one that works is watched": {
        "handlers/test_talk_two_gateways.py": (
            "test_the_one_that_works_is_watched_and_nothing_starts_beside_it",
            "test_when_it_goes_on_at_the_other_one_that_is_watched_from_then_on",
        ),
        "handlers/test_talk_fought_over.py": (
            "test_it_is_told_once_and_the_bot_makes_no_login_of_its_own",
        ),
    },
    "8 impossible good news is not believed": {
        "handlers/test_talk_contradictions.py": (
            "test_open_without_number_or_scan_is_not_believed_after_a_revocation",
            "test_it_is_believed_once_somebody_has_scanned",
        ),
        "monitor/test_contradictions.py": (),
    },
    "9 a refusal to send is read in whatever words": {
        "handlers/test_talk_refused_words.py": (
            "test_whatever_the_words_it_is_told_that_it_cannot_send",
            "test_several_without_an_answer_while_others_go_out_are_told_as_far_as_can_be_seen",
        ),
        "gateways/test_refused_words.py": (),
    },
    "10 what somebody stopped, muted or put to rest is left alone": {
        "handlers/test_talk_by_itself.py": (
            "test_what_was_stopped_at_the_gateway_stays_stopped_and_is_told_so",
        ),
        "handlers/test_talk_rest.py": (
            "test_the_bot_does_nothing_by_itself_to_what_rests",
            "test_what_is_muted_is_not_started_again_either",
        ),
    },
    "11 a broken list is not a dead gateway": {
        "handlers/test_talk_contradictions.py": (
            "test_a_loss_behind_a_list_that_fails_is_told",
            "test_a_list_of_nonsense_is_told_as_that",
        ),
    },
    "12 all gone is no network": {
        "handlers/test_talk_contradictions.py": (
            "test_a_gateway_whose_store_was_emptied_is_no_network",
        ),
        "handlers/test_talk_gateway_restarted.py": (
            "test_an_emptied_store_is_not_taken_for_a_mere_restart",
        ),
    },
    "13 what people do on purpose is no drop": {
        "handlers/test_talk_acts_of_people.py": (
            "test_resets_by_admins_across_a_restart_are_told_as_no_drop",
            "test_nor_are_resets_whose_codes_ran_out_while_the_bot_was_off",
        ),
        "monitor/test_mass_rule.py": (
            "test_two_that_drop_are_not_many_where_the_third_did_not_drop_with_them",
        ),
    },
    "14 a gateway that forgot its sessions was restarted": {
        "handlers/test_talk_gateway_restarted.py": ("test_it_is_told_once_and_all_work_again",),
        "recovery/test_healer_restarted.py": (),
    },
    "15 nobody waits for a hanging neighbour": {
        "handlers/test_talk_hanging_neighbours.py": (
            "test_the_alert_of_another_comes_while_they_hang",
        ),
        "monitor/test_hanging_neighbours.py": (),
        "gateways/test_one_by_one.py": (),
    },
    "16 a person outranks the bot": {
        "handlers/test_talk_person_outranks.py": ("test_the_reset_goes_on_and_shows_its_code",),
        "recovery/test_giving_way.py": (),
    },
    "17 no card promises what is over": {
        "handlers/test_talk_words_over.py": (
            "test_a_session_on_another_number_says_whose_turn_it_is",
            "test_a_recovered_card_promises_nothing",
        ),
    },
    "18 a backlog is answered by one sentence": {
        "handlers/test_talk_backlog.py": (
            "test_commands_and_presses_together_get_a_sentence_of_each_kind",
            "test_a_backlog_of_hours_is_no_longer_for_that",
        ),
    },
    "19 chats are named by their titles": {
        "handlers/test_talk_chat_names.py": (
            "test_the_timeline_names_the_chat_that_was_told",
            "test_any_title_is_shown_as_it_is",
        ),
    },
}


def named_in(path):
    """The tests of a file."""
    tree = ast.parse((TESTS / path).read_text())
    kinds = (ast.AsyncFunctionDef, ast.FunctionDef)
    names = {node.name for node in ast.walk(tree) if isinstance(node, kinds)}
    return {name for name in names if name.startswith("test_")}


def test_no_case_is_left_out():
    assert [int(case.split()[0]) for case in CASES] == list(range(1, 20))


@pytest.mark.parametrize("case", CASES)
def test_each_case_has_a_conversation(case):
    assert any(path.startswith("handlers/test_talk_") for path in CASES[case])


@pytest.mark.parametrize("case", CASES)
def test_its_tests_are_there(case):
    for path, names in CASES[case].items():
        assert named_in(path) >= set(names)
        assert named_in(path)
