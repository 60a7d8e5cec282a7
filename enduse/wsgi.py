"""The WSGI application that a web server loads."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enduse.settings")
application = get_wsgi_application()
import_module("enduse.urls")  # every page and endpoint, so that nobody waits for them at the first request
# What was loaded stays for good: looking through it for garbage would hold up a request by a third of a second now and then.
gc.collect()
gc.freeze()
