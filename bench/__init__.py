"""Measures what a page costs, as ratios to a bare Flask page in the same run."""
