"""Password hashes of a development machine."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """Django's own with fewer rounds: a demo's random passwords need no million each.

    A hash made with it is read by the usual hasher too, which renews it at sign-in.
    """

    iterations = 20_000
