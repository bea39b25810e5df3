"""How far a gateway's log was read, and what was counted in it."""
