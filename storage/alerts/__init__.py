"""Incidents, the outbox, cards, system notices, mutes: what is told, and what of it was told."""
