"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havre.site.settings")
application = get_wsgi_application()

from havre.site.operations.serving import take_key  # noqa: E402  (the app registry must be ready)
from havre.trust.policy import rls  # noqa: E402

rls.enforce()
take_key()
