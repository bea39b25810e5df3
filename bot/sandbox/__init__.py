"""A small Telegram and a small WhatsApp gateway on this machine: the demo, and the tests' doubles.

It speaks HTTP to the rest of the program and knows nothing of it.
"""
