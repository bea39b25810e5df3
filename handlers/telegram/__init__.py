"""Everything between us and the Bot API: the one sender, and what its refusals mean."""
