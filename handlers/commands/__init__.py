"""One router for each command or family of commands, with the buttons under its answers."""
