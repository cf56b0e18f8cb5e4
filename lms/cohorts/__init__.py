"""Periods, classes and enrolments: who learns what, where, when and with whom.

A period (angkatan) of a programme has its windows; a class of a period has a provider, a time zone and the programme
version it began with; an enrolment puts a person into a period and, once accepted, into a class. The enrolment freezes
the region the person works in: every scope looks at that, never at where somebody lives.
"""
