"""The WSGI application, for servers with lasting worker threads."""

import os

from django.core.wsgi import get_wsgi_application

from config.body_limit import WSGIBodyLimit
from config.env import settings_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())

_django = get_wsgi_application()

# It reads the modules of the addresses, which are loaded by the line above.
from config.body_bounds import WSGIBodyBounds  # noqa: E402

application = WSGIBodyLimit(WSGIBodyBounds(_django))
