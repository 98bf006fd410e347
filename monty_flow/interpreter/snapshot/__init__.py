"""Turn the values of a stopped script into bytes, and bytes into values, trusting no bytes.

`heap` is the codec, `kinds` the table of what it can hold, `envelope` the format around it. Nothing here
knows the compiler or the runtime: they add kinds of their own to the table.
"""
