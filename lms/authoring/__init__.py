"""Seeing a programme as a learner will, before a class does: published versions, and the files as they lie there now.

A preview saves nothing and shows no key. Authors and instructors use it; what it shows from the files has not been
published and may still have mistakes, which the page names.
"""
