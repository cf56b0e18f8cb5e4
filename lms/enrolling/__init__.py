"""The day of the facilitator and the class admin: who is where, who has not begun, and a new PIN for those who need it.

Everything here is limited by the scope of `worklist.read`: a region's people for a facilitator, a class's for its
admin. A worklist names a person with one reason to call them; there is no ranking. Protected identifiers are masked,
a phone is shown to those who may see it, and a PIN exists only on the slip that is printed.
"""
