"""Workshops: anything that is made and handed in, in stages: the final report, a task, later what plugins bring.

A workshop type says which stages there are and what each of them asks for; the core keeps drafts, versions, deadlines,
returns and marks. What a teacher writes is plain data by part and field, readable without the code of its type. A stage
goes draft → submitted → returned or accepted or refused; what was handed in never changes, a correction is one version
more. In Moodle a "workshop" is a peer assessment; here it is whatever is made and handed in.
"""
