"""Numbers for those who may see numbers and nobody's name: coordinator and observer.

One query answers the page, its print and its CSV, so they cannot differ. A count under five is hidden, and enough
others with it that no hidden count can be reckoned back from what is shown. No page of this domain leads to a person.
"""
