"""The product's own settings, one view that fails, and mails that would be sent written to files where the scan finds them."""

from havre.site.settings import *  # noqa: F403
from havre.site.settings import HOME

ROOT_URLCONF = "tests.drills.broken_urls"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = HOME.parent / "mails"
