"""The product's settings, with a password hash that costs nothing: tests make hundreds of users."""

from enduse.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
