"""How often the API may be asked: who has a whole network has one share of it."""

from django.http import HttpRequest
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

from complaints.throttle import client_address


class ByAddress(AnonRateThrottle):
    """Whoever did not sign in."""

    def get_ident(self, request: HttpRequest) -> str:
        return client_address(request)


class ByPerson(UserRateThrottle):
    """Whoever signed in; others by their address."""

    def get_ident(self, request: HttpRequest) -> str:
        return client_address(request)
