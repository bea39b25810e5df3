"""Empties the outbox: notices go in, messages to chats come out, outcomes are written back."""
