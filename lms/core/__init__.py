"""What every domain stands on: the database recipe, column types, rights, operations, audit, files, jobs, notices.

Nothing here knows a lesson or a class. Domains register what they bring (operation kinds, notice kinds, jobs,
columns that point at a person) when the application starts, so the low floors never import the high ones.
Only `core.web` knows Flask; everything else can be used from the command line, a job or a test.
"""
