"""Where HTTP meets the rules: who is asking, what they may, forms, replies, errors, headers, static files.

A view is four moves: `allow` names the permission, a form parses, `perform` carries out one service call (or a query
reads), `page` answers. Nothing here knows a lesson or a class.
"""
