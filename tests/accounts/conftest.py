"""The fixtures of these tests."""

from accounts.gate import gate, story  # noqa: F401
