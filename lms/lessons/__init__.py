"""What happens under a lesson: reading it to the end, one's own reflection, questions and their answers.

A reflection belongs to the learner and is shown to the class only when the learner ticks it. A question under a lesson
goes to the instructors of the class; the answer is told to the asker. Text is plain and is escaped when shown.
"""
