"""The desk of those who teach: the class, its questions, its essays, one learner; and the practice supervisor's people.

An instructor sees the classes of the role and nobody else's; a practice supervisor sees exactly the people assigned to
them. Marks and allowances are given by the services of `quizzes`, answers by those of `lessons`: here are the pages.
"""
