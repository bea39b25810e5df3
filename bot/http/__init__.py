"""The bot's own small web server, the only room that knows aiohttp's.

In: requests from supervisors, collectors, gateways and Telegram. Out: a status and few words.
"""
