"""Who may do what in proceedings and claims, after which rights, by which law."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from havre.justice.enums import Against, ClaimStatus, CloseReason, Nexus, NonPunishment, Stage
from havre.trust import clocks
from havre.trust.enums import Role, Section
from havre.trust.law import RulePart
from havre.trust.workflow import Move, Right, Workflow

INVESTIGATORS = frozenset({Role.INVESTIGATOR, Role.LABOUR_INSPECTOR})
PROSECUTORS = frozenset({Role.PROSECUTOR})
LAWYERS = frozenset({Role.LEGAL_AID})
FUND = frozenset({Role.COMPENSATION_FUND})
PROFESSIONALS = INVESTIGATORS | PROSECUTORS | LAWYERS | FUND

LAWYER = clocks.register_rule(
    clocks.ClockRule(
        "proceeding",
        "lawyer",
        _("Lawyer alerted"),
        Section.JUSTICE,
        (RulePart(24, "hours", "default.lawyer_alert_hours", "havre-1", "Havre; CoE Convention 2005, art. 15(2), 26", False),),
    )
)
ENFORCE = clocks.register_rule(
    clocks.ClockRule(
        "claim",
        "enforce",
        _("Award paid"),
        Section.JUSTICE,
        (RulePart(30, "days", "default.enforcement_days", "havre-1", "Havre; EU 2011/36 art. 17", False),),
    )
)

# fmt: off
INFORMED  = Right("informed",  gate="RG01", met=lambda p: p.informed_at is not None and bool(p.language),
                  refusal=_("the person has not yet been told, in a language they understand, who asks and why"))
PRIVATE   = Right("private",   gate="RG02", met=lambda p: p.privacy_confirmed,
                  refusal=_("it is not recorded that the person is heard without the accused, with an independent interpreter"))
UNCONDITIONAL = Right("unconditional", gate="RG09", met=lambda p: not p.condition_flag, overridable=False,
                  refusal=_("help is recorded as depending on testimony: take that condition away"))
WANTED    = Right("wanted",    gate="RG10", met=lambda c: c.wanted_at is not None, overridable=False,
                  refusal=_("the person's own decision to claim is not recorded"))
UNPUNISHED = Right("unpunished", gate="RG16", met=lambda p: p.nexus == Nexus.NONE,
                  refusal=_("the link of the act with the trafficking is not assessed, or is direct: such an act is not punished"))
ANSWERED  = Right("answered",  gate="RG16", met=lambda p: p.non_punishment_asked_at is not None and p.non_punishment == NonPunishment.MAINTAINED and p.nexus == Nexus.NONE,
                  refusal=_("a charge is maintained only after the request was answered and no direct link was found"))
PROTECTED = Right("protected", gate="RG17", met=lambda p: bool(p.pseudonym) and bool(p.measures),
                  refusal=_("no protection measure is recorded beside the pseudonym"))
HEARD_HOW = Right("heard_how", gate="RG17", met=lambda p: bool(p.pseudonym) and bool(p.measures) and bool(p.hearing_mode),
                  refusal=_("the mode of the hearing and the protection measures are not recorded"))
ADVISED   = Right("advised",   gate="RG18", met=lambda p: p.lawyer_at is not None,
                  refusal=_("no free legal advice is recorded"))
SPARED    = Right("spared",    gate="RG19", met=lambda p: p.interviews <= 1 or p.repeat_justified,
                  refusal=_("the person was already heard: say why another interview is strictly necessary"))
FIRST_OR_NEEDED = Right("first_or_needed", gate="RG19", met=lambda p: p.interviews == 0 or p.repeat_justified,
                  refusal=_("the person was already heard: say why another interview is strictly necessary"))
PAID_OUT  = Right("paid_out",  gate="RG20", met=lambda c: c.claimed is not None,
                  refusal=_("no amount is claimed yet"))
AWARD     = Right("award",     gate="RG20", met=lambda c: c.awarded is not None,
                  refusal=_("no amount is awarded yet"))
PAYMENT   = Right("payment",   met=lambda c: c.paid is not None and c.paid > 0, source="CoE Convention 2005, art. 15(4)",
                  refusal=_("enter the amount that was actually paid"))
SAFE      = Right("safe",      gate="RG21", met=lambda p: p.threats_assessed_at is not None,
                  refusal=_("the danger of retaliation was not assessed"))
AGAINST_TRAFFICKER = Right("against_trafficker", met=lambda p: p.against == Against.TRAFFICKER, source="Palermo Protocol art. 5",
                  refusal=_("this proceeding is against the person concerned: use the step that guards against punishment"))
AGAINST_PERSON = Right("against_person", met=lambda p: p.against == Against.PERSON, source="CoE Convention 2005, art. 26",
                  refusal=_("this proceeding is against the alleged trafficker"))
DROPPED   = Right("dropped",   met=lambda p: p.close_reason == CloseReason.DROPPED, source="CoE Convention 2005, art. 26",
                  refusal=_("record that the charge is dropped under the non-punishment principle"))
REASONED  = Right("reasoned",  met=lambda p: bool(p.close_reason), source="OHCHR Guideline 5",
                  refusal=_("say why the proceeding ends"))
VERDICT   = Right("verdict",   met=lambda p: bool(p.verdict), source="OHCHR Guideline 5",
                  refusal=_("enter the verdict"))

G = Stage
PROCEEDING = Workflow("proceeding", start=G.INQUIRY, title=_("Proceeding"), moves=(
    #    step                    from                               to          who                         only after                                         law
    Move("open",                  None,                              G.INQUIRY,  INVESTIGATORS | PROSECUTORS, {UNCONDITIONAL, PROTECTED, ADVISED, SAFE},         "CoE art. 11, 15", label=_("Open the inquiry")),
    Move("interview",             G.INQUIRY,                         G.INQUIRY,  INVESTIGATORS,               {INFORMED, PRIVATE, FIRST_OR_NEEDED, ADVISED},     "CoE art. 28, 30", label=_("Interview")),
    Move("refer",                 G.INQUIRY,                         G.INQUIRY,  INVESTIGATORS,               {PROTECTED, SAFE},                                 "CoE art. 27", label=_("Refer to the prosecution")),
    Move("charge",                G.INQUIRY,                         G.CHARGED,  PROSECUTORS,                 {AGAINST_TRAFFICKER, PROTECTED, SPARED, SAFE},     "CoE art. 18, 27", label=_("Charge the alleged trafficker")),
    Move("charge_person",         G.INQUIRY,                         G.CHARGED,  PROSECUTORS,                 {AGAINST_PERSON, UNPUNISHED, PROTECTED, ADVISED},  "CoE art. 26; EU 2011/36 art. 8", "lawyer", label=_("Charge a person who may be a victim")),
    Move("ask_non_punishment",    G.CHARGED,                         G.CHARGED,  LAWYERS,                     {AGAINST_PERSON},                                  "CoE art. 26", label=_("Ask for non-punishment")),
    Move("drop",                  (G.INQUIRY, G.CHARGED, G.TRIED),   G.CLOSED,   PROSECUTORS,                 {AGAINST_PERSON, DROPPED},                         "CoE art. 26", label=_("Drop the charge")),
    Move("maintain",              G.CHARGED,                         G.CHARGED,  PROSECUTORS,                 {AGAINST_PERSON, ANSWERED},                        "CoE art. 26", label=_("Maintain the charge, with reasons")),
    Move("hear",                  G.CHARGED,                         G.TRIED,    PROSECUTORS,                 {HEARD_HOW, SPARED, SAFE},                         "EU 2011/36 art. 12, 15", label=_("Open the trial")),
    Move("judge",                 G.TRIED,                           G.JUDGED,   PROSECUTORS,                 {HEARD_HOW, VERDICT},                              "EU 2011/36 art. 12", label=_("Record the judgment")),
    Move("appeal",                G.JUDGED,                          G.APPEAL,   PROSECUTORS | LAWYERS,       {HEARD_HOW},                                       "EU 2011/36 art. 12", label=_("Appeal")),
    Move("judge_appeal",          G.APPEAL,                          G.JUDGED,   PROSECUTORS,                 {HEARD_HOW, VERDICT},                              "EU 2011/36 art. 12", label=_("Record the judgment on appeal")),
    Move("close",                 (G.INQUIRY, G.JUDGED),             G.CLOSED,   PROSECUTORS,                 {REASONED, SAFE},                                  "CoE art. 28", label=_("Close the proceeding")),
))

C = ClaimStatus
CLAIM = Workflow("claim", start=C.INFORMED, title=_("Compensation claim"), moves=(
    Move("inform",   None,                       C.INFORMED,  PROFESSIONALS,         {INFORMED},                  "CoE art. 15(1)", label=_("Tell the person")),
    Move("claim",    C.INFORMED,                 C.CLAIMED,   LAWYERS | PROSECUTORS, {WANTED, ADVISED, PAID_OUT}, "CoE art. 15(3)", label=_("Claim")),
    Move("award",    C.CLAIMED,                  C.AWARDED,   FUND | PROSECUTORS,    {AWARD},                     "CoE art. 15(4)", "enforce", label=_("Award")),
    Move("reject",   C.CLAIMED,                  C.REJECTED,  FUND | PROSECUTORS,    frozenset(),                 "CoE art. 15(4)", label=_("Reject")),
    Move("appeal",   C.REJECTED,                 C.CLAIMED,   LAWYERS,               {WANTED},                    "CoE art. 15(4)", label=_("Appeal")),
    Move("pay_part", (C.AWARDED, C.PART_PAID),   C.PART_PAID, FUND | PROSECUTORS,    {PAYMENT, AWARD},            "EU 2011/36 art. 17", "enforce", label=_("Record a part payment")),
    Move("pay",      (C.AWARDED, C.PART_PAID),   C.PAID,      FUND | PROSECUTORS,    {PAYMENT, AWARD},            "EU 2011/36 art. 17", "enforce", label=_("Record full payment")),
))
# fmt: on
