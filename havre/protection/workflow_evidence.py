"""Who may do what with evidence, ages in doubt, attempts to reach a person, and the notice of a refusal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from havre.protection.enums_care import Kept
from havre.protection.enums_evidence import AgeState, EvidenceState, NoticeState
from havre.protection.rights import AUTHORITY, CARERS, FRONT_LINE, REVIEWER
from havre.trust.enums import Role
from havre.trust.workflow import Move, Right, Workflow

# fmt: off
AGE_SOURCE = "CoE Convention 2005, art. 10(3); UNICEF guidelines 2006; CRC General Comment 6, par. 31"
OWN_EVIDENCE = Right("own_evidence", met_by=lambda e, by: by is None or e.by_id == by.user.pk, source="Havre; OHCHR Guideline 2",
                     refusal=_("a piece of evidence is withdrawn by whoever noted it; note what speaks against it instead"))
DOUBTED   = Right("doubted",   met=lambda a: bool(a.doubt), source=AGE_SOURCE,
                  refusal=_("say why the age is in doubt: without a doubt that is written down no age is assessed"))
EXPLAINED = Right("explained", met=lambda a: a.explained_at is not None, source=AGE_SOURCE,
                  refusal=_("the assessment was not explained in a language understood, with the right to refuse"))
CHILD_YES = Right("child_agreed", met=lambda a: a.child_agreed_at is not None, source=AGE_SOURCE,
                  refusal=_("the person's own agreement is not recorded"))
GUARD_YES = Right("guardian_agreed", met=lambda a: a.guardian_agreed_at is not None, source=AGE_SOURCE,
                  refusal=_("the agreement of the guardian is not recorded: name one first"))
HEARD     = Right("heard",     met=lambda a: a.child_heard_at is not None, source=AGE_SOURCE + "; CRC art. 12",
                  refusal=_("the person was not heard"))
MARGIN    = Right("margin",    met=lambda a: a.has_margin, source=AGE_SOURCE,
                  refusal=_("give the margin: the youngest and the oldest age possible"))
SEVERAL   = Right("several",   met=lambda a: len(a.methods) >= 2, source=AGE_SOURCE,
                  refusal=_("an age rests on two methods at least, the least intrusive first; never on bones or teeth alone"))
IMPARTIAL = Right("impartial", met=lambda a: a.independent is True, source=AGE_SOURCE,
                  refusal=_("the assessors are not recorded as independent of the authority that decides"))

E = EvidenceState
EVIDENCE = Workflow("evidence", start=E.RECORDED, title=_("Evidence"), moves=(
    Move("record",   None,       E.RECORDED,  FRONT_LINE | CARERS | AUTHORITY | REVIEWER, frozenset(),    "Palermo art. 3; CoE art. 10", label=_("Note the evidence")),
    Move("withdraw", E.RECORDED, E.WITHDRAWN, FRONT_LINE | CARERS | AUTHORITY | REVIEWER, {OWN_EVIDENCE}, "OHCHR Guideline 2", label=_("Withdraw the evidence")),
))

A = AgeState
ASSESSORS = CARERS | AUTHORITY
AGE_ASSESSMENT = Workflow("age_assessment", start=A.ASKED, title=_("Age in doubt"), moves=(
    Move("ask",       None,                    A.ASKED,      ASSESSORS | FRONT_LINE,       {DOUBTED},   AGE_SOURCE, label=_("Ask for an assessment of the age")),
    Move("conclude",  A.ASKED,                 A.CONCLUDED,  ASSESSORS,
         {EXPLAINED, CHILD_YES, GUARD_YES, HEARD, MARGIN, SEVERAL, IMPARTIAL}, AGE_SOURCE, label=_("Conclude, the doubt read for the child")),
    Move("refuse",    A.ASKED,                 A.REFUSED,    ASSESSORS | FRONT_LINE,       frozenset(), AGE_SOURCE, label=_("The person does not want it")),
    Move("challenge", A.CONCLUDED,             A.CHALLENGED, ASSESSORS | FRONT_LINE | {Role.LEGAL_AID}, frozenset(), AGE_SOURCE, label=_("Challenge the result")),
))

ATTEMPT = Workflow("attempt", start=Kept.KEPT, title=_("Attempt to reach the person"), moves=(
    Move("note", None, Kept.KEPT, FRONT_LINE | CARERS | AUTHORITY, frozenset(), "CoE art. 12", label=_("Note an attempt")),
))

N = NoticeState
REFUSAL_NOTICE = Workflow("refusal_notice", start=N.PREPARED, title=_("Notice of a refusal, without a name"), moves=(
    Move("prepare", None,       N.PREPARED, FRONT_LINE | CARERS | AUTHORITY | {Role.GUARDIAN, Role.LEGAL_AID}, frozenset(), "National law, where it asks (UK duty to notify)", label=_("Prepare the notice")),
    Move("send",    N.PREPARED, N.SENT,     FRONT_LINE | CARERS | AUTHORITY, frozenset(), "National law, where it asks (UK duty to notify)", label=_("It was sent")),
))
# fmt: on
