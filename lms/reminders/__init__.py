"""Reminders: a notice some days before something closes, for those who still have something to do there.

What closes is the class itself, for who has not finished all modules, and the window of the post-test, for who has not
passed it. Everybody is told once for each deadline and each step; a deadline that moves is a new one.
"""
