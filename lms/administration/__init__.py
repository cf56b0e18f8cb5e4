"""What only the system's administrators do: people and their roles, programme versions of classes, the audit log.

People are found by name, participant code or NIK and are never deleted: an account ends. A role names its scope, its
dates and the paper it comes from. Nothing here shows a secret again or an identifier in full.
"""
