"""How the program itself is doing: its pulse, its figures, and who else is told of it.

The parts report what they did, by functions they were given; nothing flows back to them.
"""
