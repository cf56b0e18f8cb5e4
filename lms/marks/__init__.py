"""Marks: from quiz marks to components, stage marks, total and predicate, and what is still missing to pass.

The components, weights, predicates and pass rules are data of the programme. A stage has no mark until every component
has one: empty is not zero. Rounding comes before comparing, half up, to two places.
"""
