"""The base of everything that says no to a person."""


class Refused(Exception):
    """An act that may not be done. ``str(error)`` is a sentence for the person, saying what to do."""
