"""Procedures, pairings, checklists, attempts: what is being done to bring a session back."""
