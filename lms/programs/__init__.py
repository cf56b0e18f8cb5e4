"""Programmes as files: reading them, checking them, publishing them as immutable versions, serving them from memory.

Tier, module, lesson, quiz and question come from `courses/`. A published version is one row with its whole content,
rendered and cleaned once; every process keeps it in memory by its hash. A class pins the version it began with, and
learner rows point at (programme, content id), never at a row of content.
"""
