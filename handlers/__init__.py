"""Everything Telegram: an update comes in, one action is asked for, an answer is rendered."""
