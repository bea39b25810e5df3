"""What became of the companies over time: figures, a picture, a table.

In: what is stored. Out: values of `bot.domain.report`, a PNG, CSV. Changes nothing.
"""
