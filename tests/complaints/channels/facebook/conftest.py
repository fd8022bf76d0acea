"""The platform of ``social``, for the tests of this one alone."""

from tests.complaints.channels.social.conftest import on_facebook

__all__ = ["on_facebook"]
