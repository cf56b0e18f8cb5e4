"""The commands of `lms …`: each parses, calls one service inside `write_tx()`, and prints sentences.

`flask --app wsgi lms …` and the installed `lms …` run the same commands. What can go wrong in use ends with a
sentence on the error output and a status that is not zero; only a fault of ours shows a trace.
"""
