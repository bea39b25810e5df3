"""Chats with what they hear of: subscriptions, boards, digests; which are parked or paused."""
