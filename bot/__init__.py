"""The bot: what it knows, watches, repairs and tells. Imports nothing by itself."""
