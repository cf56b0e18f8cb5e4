"""The learner's screens: home, tiers, modules, lessons, quizzes, marks and announcements.

Queries here only put together what the floors below know; rules stay with them. Every page is the same bytes for the
same person, data and version, so that a phone may keep it: dates are absolute and nothing depends on the hour.
"""
