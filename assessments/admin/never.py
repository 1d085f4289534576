"""What the admin shows and does not write."""

from django.http import HttpRequest


def never(self: object, request: HttpRequest, obj: object = None) -> bool:
    return False
