"""The ASGI application, pages and sockets: what ``make run`` and containers serve."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

from config.body_limit import BodyLimit
from config.env import settings_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())
# Every request has a thread of its own here, so a connection kept by its thread
# would be opened again each time and never be closed: a pool keeps them instead.
os.environ.setdefault("DATABASE_POOL", "1")

_pages = BodyLimit(get_asgi_application())

# Its modules read models, which are loaded by the line above.
from complaints.channels.chat import routing  # noqa: E402

application = ProtocolTypeRouter({"http": _pages, "websocket": routing.application})
