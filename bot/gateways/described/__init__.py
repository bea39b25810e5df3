"""Kinds of gateway that are told by a TOML description.

Enters: the text of a description, and the replies of a gateway. Leaves: what every adapter gives.
`language` reads a text into the values of `words`; `templates` and `replies` are what the two mean;
`calls` asks, `adapter` keeps the contract. The descriptions that ship lie beside this file.
"""
