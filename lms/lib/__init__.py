"""The lowest floor: pure functions about text, time, numbers and files, without a database, a request or a person.

Anything here could serve another program as it is. Every other floor may import it; it imports none of them.
"""
