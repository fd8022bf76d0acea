"""The ASGI application, pages and sockets: what ``make run`` and containers serve."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

from config.env import settings_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())
# Every request has a thread of its own here, so a connection kept by its thread
# would be opened again each time and never be closed: a pool keeps them instead.
os.environ["DATABASE_POOL"] = os.environ.get("DATABASE_POOL") or "1"

_django = get_asgi_application()

# Their modules read models, which are loaded by the line above.
from complaints.channels.chat import routing  # noqa: E402
from complaints.channels.gate import HookGate  # noqa: E402
from config.body_bounds import BodyBounds  # noqa: E402

_pages = HookGate(BodyBounds(_django))
application = ProtocolTypeRouter({"http": _pages, "websocket": routing.application})
