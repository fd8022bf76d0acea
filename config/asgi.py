"""The ASGI application: what ``make run`` and the container serve."""

import os

from django.core.asgi import get_asgi_application

from config.env import settings_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())
# Every request has a thread of its own here, so a connection kept by its thread
# would be opened again each time and never be closed: a pool keeps them instead.
os.environ.setdefault("DATABASE_POOL", "1")

application = get_asgi_application()
