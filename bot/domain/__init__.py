"""Pure values and tables: no I/O, no clock, no library."""
