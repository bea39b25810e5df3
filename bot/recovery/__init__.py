"""Brings a session back: reset, restore, reconnect, pairing; each step is stored."""
