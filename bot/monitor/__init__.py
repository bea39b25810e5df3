"""Looks at every company; judges what was seen; opens and closes incidents. Never repairs."""
