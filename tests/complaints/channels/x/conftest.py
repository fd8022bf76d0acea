"""The platform of ``social``, for the tests of this one alone."""

from tests.complaints.channels.social.conftest import on_x

__all__ = ["on_x"]
