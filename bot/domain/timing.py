"""Every rhythm of the program that is not a setting, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Seconds. Tests pass a faster one; nobody else has a reason to."""

    confirm_after_s: float = 1.0  # the second look before an alarm
    unstable_interval_s: float = 5.0  # how often what is not well is looked at
    log_poll_s: float = 0.3  # how often the gateway's log is read
    stuck_after_s: float = 60.0  # connecting for longer than this is stuck
    stable_for_s: float = 20.0  # connected for this long is working
    qr_poll_s: float = 2.0  # how often the gateway is asked whether the code changed
    qr_first_life_s: float = 60.0  # WhatsApp's lifetime of the first code of a window
    qr_next_life_s: float = 20.0  # and of each later one
    qr_window_s: float = 160.0  # all codes of a window together
    qr_handover_s: float = 5.0  # how long a message that showed the code before may take to clear
    qr_first_wait_s: float = 75.0  # how long a gateway may take to show a first code
    reconnect_wait_s: float = 30.0  # how long a started session may take to connect
    restart_limit_s: float = 60.0  # how long the command that restarts a gateway may run
    restart_wait_s: float = 60.0  # how long the gateway may take to answer after it
    restart_poll_s: float = 1.0  # how often it is asked meanwhile
    remind_turn_s: float = 5.0  # how often it is seen what has to be said again
    digest_turn_s: float = 20.0  # how often it is seen whether a chat's hour has come
    probe_turn_s: float = 5.0  # how often the next session is chosen for a test message
    heard_after_s: float = 5.0  # so long messages that came in are collected before they are noted
    hearing_turn_s: float = 60.0  # how often it is seen whether another hour is over
    receipt_wait_s: float = 60.0  # how long WhatsApp may take to acknowledge a test message
    progress_after_s: float = 1.0  # a step of a procedure that is over sooner is not shown
    checklist_s: float = 5.0  # how often an open checklist is looked over
    checklist_life_s: float = 1800.0  # how long it lives
    gateway_settles_s: float = 10.0  # how long a gateway that is back may start its own sessions
    gateway_leaves_s: float = 120.0  # how long calls may take to one that was taken out
    ping_s: float = 4.0  # how long gateways may take to answer somebody who asks after them
    start_grace_s: float = 5.0  # how long a session may take to appear after a start
    refused_after_s: float = 30.0  # scanned, and not opened for this long
    quiet_for_s: float = 2.0  # a directory nobody wrote to for this long is quiet
    quiet_wait_s: float = 20.0  # how long to wait for that
    lease_s: float = 12.0  # how long a replica that falls silent keeps its roles
    lease_renewal_s: float = 2.5  # how often it says that it is alive
    lease_margin_s: float = 4.0  # so long before that it stops by itself
    group_window_s: float = 0.25  # what opens together leaves together
    group_spacing_s: float = 10.0  # between two new alert messages to one chat
    summary_after_s: float = 3600.0  # what waited longer than this is told in one summary
    backup_after_s: float = 120.0  # no chat took a critical alert for this long: other channels
    backup_poll_s: float = 5.0  # how often that is looked for
    backup_pause_s: float = 60.0  # and how long after all channels have failed
    backup_timeout_s: float = 30.0  # for one channel
    deaf_after_s: float = 60.0  # updates find no way to the bot for this long: other channels
    unwatched_poll_s: float = 5.0  # how often it is seen whether the bot can still see and write
    unwatched_probe_s: float = 8.0  # how long a write may take before it counts as failed
    unwatched_after_s: float = 60.0  # how long it may be unable to before that is told
    board_spacing_s: float = 5.0  # between two edits of a board
    board_refresh_s: float = 300.0  # when nothing changed, how old its last look may become
    courier_timeout_s: float = 30.0  # for one message; a longer silence is network trouble
    outbox_poll_s: float = 1.0  # how often the outbox is read when nobody rings
    confirmation_s: float = 60.0  # how long a confirmation may be pressed
    give_way_poll_s: float = 0.25  # how often it is seen whether somebody's turn has come
    give_way_told_s: float = 1.0  # a shorter wait for it is not told
    give_way_limit_s: float = 60.0  # how long is waited for what the bot does by itself
    stale_command_s: float = 120.0  # an older command that changes something is not obeyed
