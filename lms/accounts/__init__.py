"""People, how they prove who they are, and in which roles they act.

A person is one human being with any number of role assignments; an assignment has a scope, dates and the paper it
comes from. Protected identifiers (NIK, phone, e-mail) are sealed and found by a keyed hash. Learners have a PIN that
the server made, staff a password. A session is a row, so it can be ended everywhere at once.
"""
