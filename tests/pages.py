"""Signing in for page tests; bare shells stand in where the site's own base pages are not there yet."""

from pathlib import Path

import pytest
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.test import Client

from havre.trust.middleware import SESSION_FACTOR, SESSION_MEMBERSHIP, SESSION_PURPOSE
from havre.trust.models import Membership

SHELL = '<!doctype html><title>{% block title %}{% endblock %}</title><main id="content">{% block content %}{% endblock %}</main>'


@pytest.fixture
def shell(settings, tmp_path):
    """The base pages, whole or bare."""
    # whitenoise warns of a folder that is made at install only
    static = Path(tmp_path) / "static"
    static.mkdir()
    settings.STATIC_ROOT = static
    try:
        get_template("site/base.html")
    except TemplateDoesNotExist:
        folder = Path(tmp_path) / "site"
        folder.mkdir()
        for name in ("base.html", "plain.html"):
            (folder / name).write_text(SHELL)
        settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]


def browser(actor) -> Client:
    """A client signed in as this actor, in their job and for their purpose."""
    client = Client()
    client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    membership = Membership.objects.get(user=actor.user, organisation_id=actor.organisation_id, role=actor.role)
    session = client.session
    session[SESSION_MEMBERSHIP], session[SESSION_PURPOSE] = str(membership.pk), actor.purpose.value
    session[SESSION_FACTOR] = actor.factor_at.isoformat() if actor.factor_at else None
    session.save()
    return client
