"""Who may do what with a consent and with a request about one's own data, after which rights, by which law. Casework table 7.9."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from havre.register.enums import ConsentEvidence, ConsentGiver, ConsentState, Explained, RequestOutcome, RequestStatus, WhyNot
from havre.trust import clocks
from havre.trust.enums import Act, Role, Section
from havre.trust.law import RulePart
from havre.trust.policy.table import POLICY
from havre.trust.workflow import ENGINE, Move, Right, Workflow


def _may(act: Act) -> frozenset[Role]:
    return frozenset(role for done, section, role in POLICY.rules if (done, section) == (act, Section.PROTECTION))


# whoever writes the protection section takes an answer down; whoever reads it may take one back for the person, who can do so anywhere
WRITERS, READERS = _may(Act.WRITE), _may(Act.READ)
# without these two an answer is not free
CORE = frozenset({Explained.HELP_STAYS, Explained.MAY_WITHDRAW})
ANSWER = clocks.register_rule(
    clocks.ClockRule(
        "request",
        "answer_request",
        _("Answer to the person's request"),
        Section.PROTECTION,
        (RulePart(30, "days", "default.request_answer_days", "havre-1", "Havre; Convention 108+ art. 9; EU 2016/679 art. 12(3)", False),),
        extend_on={"complex_request": (_("the request needs other services' answers, and the person was told"), "EU 2016/679 art. 12(3)")},
    )
)


def _informed(consent: Any) -> bool:
    return bool(consent.language) and set(consent.explained) >= CORE


def _theirs(consent: Any) -> bool:
    through = consent.evidence == ConsentEvidence.SPOKEN_INTERPRETER
    return consent.evidence in ConsentEvidence.values and (consent.interpreter or not through)


def _by_guardian(consent: Any) -> bool:
    return consent.given_by == ConsentGiver.GUARDIAN and consent.child_heard


def _own_answer(consent: Any) -> bool:
    return consent.is_child or consent.given_by == ConsentGiver.PERSON


# fmt: off
INFORMED = Right("informed", gate="RG01", met=_informed, overridable=False,
                 refusal=_("say in which language it was explained, and that help does not change and that it may be taken back"))
THEIRS   = Right("theirs",   gate="RG10", met=_theirs, overridable=False,
                 refusal=_("record what shows that the answer is the person's: paper, mark, witness, interpreter or recording"))
GUARDIAN = Right("guardian", gate="RG13", met=_by_guardian, overridable=False,
                 refusal=_("the person is a child, or may be one: the guardian answers with the child, after hearing the child's view"))
OWN      = Right("own",      met=_own_answer, source="CoE Convention 2005, art. 12(7); CRC art. 1",
                 refusal=_("the person is of age: the answer is theirs, not a guardian's"))
REASONED = Right("reasoned", met=lambda r: r.outcome in {"", RequestOutcome.DONE} or r.why_not in WhyNot.values, source="Convention 108+ art. 9(1)(f), 11",
                 refusal=_("what is not done needs its reason from the list: the person may complain about it"))
ANSWERED = Right("answered", met=lambda r: r.outcome in RequestOutcome.values, source="Convention 108+ art. 9",
                 refusal=_("choose the outcome that the person is told"))

C = ConsentState
CONSENT = Workflow("consent", start=C.OFFERED, title=_("Consent"), moves=(
    #    step         from                              to           who      only after                        law
    Move("offer",     None,                             C.OFFERED,   WRITERS, frozenset(),                      "CoE art. 12(7)", label=_("Explain")),
    Move("give",      (None, C.OFFERED),                C.GIVEN,     WRITERS, {INFORMED, THEIRS, GUARDIAN, OWN}, "CoE art. 12(7); 108+ art. 5(2)", label=_("Give")),
    Move("refuse",    (None, C.OFFERED),                C.REFUSED,   WRITERS, frozenset(),                      "CoE art. 12(7)", label=_("Refuse")),
    Move("change",    C.GIVEN,                          C.GIVEN,     READERS, frozenset(),                      "108+ art. 5(2)", label=_("Narrow")),
    Move("ask_again", C.GIVEN,                          C.GIVEN,     {ENGINE}, frozenset(),                     "CoE art. 12(7); CRC art. 1", label=_("Ask again")),
    Move("renew",     C.GIVEN,                          C.GIVEN,     WRITERS, {INFORMED, THEIRS, GUARDIAN, OWN}, "CoE art. 12(7); 108+ art. 5(2)", label=_("Renew")),
    Move("withdraw",  (C.OFFERED, C.GIVEN, C.REPORTED), C.WITHDRAWN, READERS, frozenset(),                      "108+ art. 5(2)", label=_("Withdraw")),
    Move("expire",    (C.OFFERED, C.GIVEN),             C.EXPIRED,   {ENGINE}, frozenset(),                     "108+ art. 5(4)(b)", label=_("Expire")),
))

R = RequestStatus
REQUEST = Workflow("request", start=R.RECEIVED, title=_("Request about one's own data"), moves=(
    #    step         from         to            who       only after            law
    Move("receive",   None,        R.RECEIVED,   READERS,  frozenset(),          "Convention 108+ art. 9", "answer_request", label=_("Receive")),
    Move("answer",    R.RECEIVED,  R.ANSWERED,   WRITERS,  {ANSWERED, REASONED}, "Convention 108+ art. 9, 11", "answer_request", label=_("Answer the request")),
    Move("take_back", R.RECEIVED,  R.TAKEN_BACK, READERS,  frozenset(),          "Convention 108+ art. 9", "answer_request", label=_("Take back")),
))
# fmt: on
