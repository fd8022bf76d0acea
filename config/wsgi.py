"""The WSGI application, for servers with lasting worker threads."""

import os

from django.core.wsgi import get_wsgi_application

from config.body_limit import WSGIBodyLimit
from config.env import settings_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())

application = WSGIBodyLimit(get_wsgi_application())
