"""A client of the API in Python: these files, httpx, and nothing else of ours.

``generated.py`` is made from the API's own description (``make client``); take it and
``transport.py`` along.
"""

from .generated import Client
from .transport import Problem

__all__ = ["Client", "Problem"]
