"""Follows the gateway's log: counts known lines, and looks at once when one names a cause.

Lines hold private keys. None leaves this room: out come counts, positions and causes.
"""
