"""What a learner has done: append-only facts, and what opens because of them.

A fact says that an enrolment completed something (a lesson read, a quiz passed or handed in, a module complete), when,
and under which rule version. Facts are never changed or removed: a rule that changes later takes nothing away.
Unlocking reads facts and the rules of the pinned programme version.
"""
