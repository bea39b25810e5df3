"""Companies, gateways, states of sessions, key files: what was seen."""
