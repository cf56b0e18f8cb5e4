"""Verbs on people: create, identify, sign in and out, change secrets, give and end roles."""
