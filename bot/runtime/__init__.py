"""What runs, in which order it starts and stops, and which replica does what."""
