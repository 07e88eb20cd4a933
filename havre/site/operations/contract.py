"""What the operations give to the house; `havre.site.contract` adds these to its own."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from havre.trust.actors import Actor
from havre.trust.audit import lag
from havre.trust.contracts import Link, UrlRow, Waiting
from havre.trust.enums import Role

KEEPERS = frozenset({Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER})
NAVIGATION = (Link(_("This instance"), "operations", "board", KEEPERS, _("Administration")),)
URLS = (UrlRow("operations", own=KEEPERS, note="the self-check; no case"),)


def waiting(actor: Actor) -> Iterable[Waiting]:
    """For whoever keeps the instance: the audit chain is behind, so that names close, or soon will."""
    if actor.role not in KEEPERS:
        return
    state = lag.state(actor.at)
    if state == "ok":
        return
    minutes = {"minutes": int(lag.sealer_lag(actor.at).total_seconds() // 60)}
    if state == "closed":
        words = gettext("%(minutes)s minutes behind: nobody can open a name until the background worker runs again.") % minutes
    else:
        words = gettext("%(minutes)s minutes behind: at ten minutes names can no longer be opened.") % minutes
    yield Waiting(_("The audit chain is behind"), reverse("operations"), None, words, urgent=True)
