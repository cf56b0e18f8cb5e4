"""The fixtures come from `lms.testing`, so that plugins use the same ones."""

from lms.testing import *
