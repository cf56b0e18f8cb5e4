"""The prepared demo instance, made once in a run of the tests."""

import running

prepared, instance = running.prepared, running.instance
