"""Chats with their subscriptions, boards and digests; which are parked or paused."""
