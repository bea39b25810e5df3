"""Figures that the project claims, measured by whole processes against servers on this machine."""
