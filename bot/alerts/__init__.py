"""Empties the outbox: notices go in, letters to chats come out, outcomes are written back."""
