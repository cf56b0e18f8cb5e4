"""The fixtures of these tests."""

from core.trial_form import sender, story, trial  # noqa: F401
