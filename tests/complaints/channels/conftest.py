from tests.complaints.channels.phone.line import line

__all__ = ["line"]
