"""The product's settings, with a password hash that costs nothing: tests make hundreds of users."""

import os
import tempfile

# Before the product's settings are read: they look at it once.
os.environ["ENDUSE_HOME"] = tempfile.mkdtemp(prefix="enduse-test-")

from enduse.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Each test's client makes the middleware anew, which would look up every static file: here one is looked up when it is asked for.
WHITENOISE_AUTOREFRESH = True
