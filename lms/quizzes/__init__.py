"""Quizzes: attempts drawn from a bank, answers kept one by one, grading, review, statistics.

An attempt pins the question versions it drew and the order of their options. Every answer goes to an append-only log
and the newest one counts; handing in twice has one effect. The best attempt is the one with the highest fraction, the
earliest on a tie; an attempt that waits for an essay neither passes nor opens the review.
"""
