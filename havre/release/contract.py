"""What this part gives to the house: see havre.trust.contracts."""

from django.utils.translation import gettext_lazy as _

from havre.trust.contracts import Contract, Link, UrlRow, register_contract
from havre.trust.enums import Act
from havre.trust.policy import POLICY

PUBLISHERS = frozenset(role for act, role in POLICY.house if act == Act.PUBLISH)
READERS = PUBLISHERS | frozenset(role for act, role in POLICY.house if act == Act.REVIEW)


def register() -> None:
    # services read models, which are ready only when every app is
    from havre.release import services

    register_contract(
        Contract(
            part="release",
            waiting=services.waiting,
            navigation=(Link(_("Publications"), "release:releases", "lock", READERS, _("Analysis")),),
            commands=("release",),
            audit_words=(
                ("evidence.protect", _("Protection of a release asked for")),
                ("release.draft", _("Publication drafted")),
                ("release.check", _("Publication checked")),
                ("release.sign", _("Publication signed")),
                ("release.publish", _("Publication published")),
            ),
            urls=(
                UrlRow("release:releases", ("GET", "POST"), own=READERS, note="POST drafts: publishers only"),
                UrlRow("release:release", own=READERS),
                UrlRow("release:act", ("POST",), own=READERS, note="check and publish: publishers; each signature: its own side"),
                UrlRow("release:table", public=True, note="404 until published, but for those who read its proof"),
                UrlRow("release:table_csv", public=True, note="404 until published, but for those who read its proof"),
            ),
        )
    )
