"""Who may do what in proceedings and claims, after which rights, by which law."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from havre.justice.enums import Against, ClaimStatus, CloseReason, Nexus, NonPunishment, Stage, Verdict
from havre.justice.enums_records import (
    AidKind,
    AidStatus,
    AskStatus,
    AssetStatus,
    ExhibitStatus,
    HearingStatus,
    LinkStatus,
    SuspectStatus,
)
from havre.trust import clocks
from havre.trust.enums import Role, Section
from havre.trust.law import RulePart
from havre.trust.workflow import Move, Right, Workflow

INVESTIGATORS = frozenset({Role.INVESTIGATOR, Role.LABOUR_INSPECTOR})
PROSECUTORS = frozenset({Role.PROSECUTOR})
LAWYERS = frozenset({Role.LEGAL_AID})
FUND = frozenset({Role.COMPENSATION_FUND})
# who opens an inquiry; the others record that the person was told of compensation
OPENERS = INVESTIGATORS | PROSECUTORS
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
LONG_UNPAID = tuple(
    clocks.register_rule(
        clocks.ClockRule(
            "claim",
            f"enforce_{days}",
            _("Award still unpaid"),
            Section.JUSTICE,
            (RulePart(days, "days", f"default.enforcement_{days}_days", "havre-1", "Havre; EU 2011/36 art. 17", False),),
        )
    )
    for days in (90, 180)
)
# its date is the claim's own: the law of the country, as the lawyer read it
LIMITATION = clocks.register_rule(clocks.ClockRule("claim", "limitation", _("To be claimed before"), Section.JUSTICE))
ALERT = clocks.register_rule(
    clocks.ClockRule(
        "non_punishment",
        "alert",
        _("Lawyer and prosecutor alerted"),
        Section.JUSTICE,
        (RulePart(24, "hours", "default.non_punishment_alert_hours", "havre-1", "Havre; CoE Convention 2005, art. 26", False),),
    )
)
# before the next hearing where one is planned; else this
ANSWER = clocks.register_rule(
    clocks.ClockRule(
        "non_punishment",
        "non_punishment_answer",
        _("Answer to the request for non-punishment"),
        Section.JUSTICE,
        (RulePart(14, "days", "default.non_punishment_answer_days", "havre-1", "Havre; CoE Convention 2005, art. 26", False),),
    )
)
ABROAD = clocks.register_rule(
    clocks.ClockRule(
        "assistance_abroad",
        "assistance_answer",
        _("Answer from the other country"),
        Section.JUSTICE,
        (RulePart(90, "days", "default.assistance_answer_days", "havre-1", "Havre; UNTOC art. 18(24)", False),),
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
WHY_REJECTED = Right("why_rejected", met=lambda c: bool(c.rejected_because), source="CoE Convention 2005, art. 15(4)",
                  refusal=_("say why the claim is rejected: an appeal has to answer it"))
SAFE      = Right("safe",      gate="RG21", met=lambda p: p.threats_assessed_at is not None,
                  refusal=_("the danger of retaliation was not assessed"))
AGAINST_TRAFFICKER = Right("against_trafficker", met=lambda p: p.against == Against.TRAFFICKER, source="Palermo Protocol art. 5",
                  refusal=_("this proceeding is against the person concerned: use the step that guards against punishment"))
AGAINST_PERSON = Right("against_person", met=lambda p: p.against == Against.PERSON, source="CoE Convention 2005, art. 26",
                  refusal=_("this proceeding is against the alleged trafficker"))
AGAINST_PERSON_TOO = Right("against_person_too", met=lambda r: r.proceeding.against == Against.PERSON, source="CoE Convention 2005, art. 26",
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
    Move("open",                  None,                              G.INQUIRY,  OPENERS,                     {UNCONDITIONAL, PROTECTED, ADVISED, SAFE},         "CoE art. 11, 15", label=_("Open the inquiry")),
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
    Move("reject",   C.CLAIMED,                  C.REJECTED,  FUND | PROSECUTORS,    {WHY_REJECTED},              "CoE art. 15(4)", label=_("Reject")),
    Move("appeal",   C.REJECTED,                 C.CLAIMED,   LAWYERS,               {WANTED},                    "CoE art. 15(4)", label=_("Appeal")),
    Move("pay_part", (C.AWARDED, C.PART_PAID),   C.PART_PAID, FUND | PROSECUTORS,    {PAYMENT, AWARD},            "EU 2011/36 art. 17", "enforce", label=_("Record a part payment")),
    Move("pay",      (C.AWARDED, C.PART_PAID),   C.PAID,      FUND | PROSECUTORS,    {PAYMENT, AWARD},            "EU 2011/36 art. 17", "enforce", label=_("Record full payment")),
))

# ---- what hangs on a proceeding
CUSTODIANS = INVESTIGATORS | PROSECUTORS
HAS_CHARGE = Right("has_charge", met=lambda s: bool(s.held_charges), source="ICCPR art. 14(3)(a)",
                  refusal=_("no offence is held against this suspect yet: add it first"))
GUILTY    = Right("guilty", met=lambda s: any(one.verdict in {Verdict.CONVICTED, Verdict.CONVICTED_LESSER} for one in s.held_charges), source="ICCPR art. 14(2)",
                  refusal=_("no offence of this suspect has a verdict of guilt"))
NOT_GUILTY = Right("not_guilty", met=lambda s: bool(s.held_charges) and all(one.verdict == Verdict.ACQUITTED for one in s.held_charges), source="ICCPR art. 14(2)",
                  refusal=_("an offence of this suspect has no acquittal"))
SAFE_FIRST = Right("safe_first", gate="RG21", met=lambda s: s.proceeding.threats_assessed_at is not None,
                  refusal=_("the danger of retaliation was not assessed"))
HEARD_SAFELY = Right("heard_safely", gate="RG17", met=lambda h: not h.person_heard or (bool(h.mode) and bool(h.measures)),
                  refusal=_("the person is to be heard, and neither mode nor protection measures are recorded for that day"))
NO_OPEN_REQUEST = Right("no_open_request", met=lambda h: not h.request_open, source="CoE Convention 2005, art. 26; Havre",
                  refusal=_("a request for non-punishment has no answer yet: answer it before the hearing"))
SAYS_WHY  = Right("says_why", met=lambda h: bool(h.adjourned_because), source="CoE Convention 2005, art. 30",
                  refusal=_("say why the hearing is put off"))
FOR_CLAIM = Right("for_claim", met=lambda a: a.claim_id is not None, source="CoE Convention 2005, art. 15(4)",
                  refusal=_("choose the claim that the asset is to pay"))
HOLDS     = Right("holds", met_by=lambda e, by: by is not None and e.holder is not None and e.holder.organisation_id == by.organisation_id, source="ISO/IEC 27037:2012, 6.1",
                  refusal=_("your service does not hold this exhibit"))
TO_WHOM   = Right("to_whom", met=lambda e: e.holder is not None and e.holder.offered_to_id is not None, source="ISO/IEC 27037:2012, 6.1",
                  refusal=_("say which service shall receive it"))
OTHER_SIDE = Right("other_side", met_by=lambda e, by: by is not None and e.holder is not None and e.holder.offered_to_id == by.organisation_id and e.holder.keeper_id != by.user.pk, source="ISO/IEC 27037:2012, 6.1",
                  refusal=_("the service to which it was handed over confirms, by another person than the one who gave it"))
LINK_NONE = Right("link_none", gate="RG16", met=lambda r: r.proceeding.nexus == Nexus.NONE,
                  refusal=_("the link of the act with the trafficking is not assessed, or is direct: such an act is not punished"))
KEPT_WHY  = Right("kept_why", met=lambda r: bool(r.kept_because), source="CoE Convention 2005, art. 26",
                  refusal=_("a refusal needs its reason from the list"))
ALERTED   = Right("alerted", met=lambda r: r.lawyer_alerted_at is not None, source="CoE Convention 2005, art. 15(2), 26",
                  refusal=_("no lawyer has opened this request yet"))
ANOTHER   = Right("another", met_by=lambda r, by: by is not None and r.answered_by_id != by.user.pk, source="OHCHR Guideline 2",
                  refusal=_("a review is decided by another person than the one who refused"))
A_TEAM    = Right("a_team", met=lambda a: a.kind == AidKind.JOINT_TEAM and a.until is not None, source="UNTOC art. 19",
                  refusal=_("a joint investigation needs its kind and the day until which it was agreed"))
NO_TEAM   = Right("no_team", met=lambda a: a.kind != AidKind.JOINT_TEAM, source="UNTOC art. 18",
                  refusal=_("a joint investigation is begun and ended, not answered"))
OTHER_ORIGIN = Right("other_origin", met=lambda e: bool(e.second_origin) and e.second_origin != e.origin, source="Havre",
                  refusal=_("a link is corroborated from another origin than the one it came from"))

S = SuspectStatus
_FREE = (S.SUSPECTED, S.WANTED, S.RELEASED)
SUSPECT = Workflow("suspect", start=S.SUSPECTED, title=_("Suspect"), moves=(
    Move("suspect",   None,                                      S.SUSPECTED,      CUSTODIANS,           frozenset(),  "CoE art. 27", label=_("Add a suspect")),
    Move("want",      (S.SUSPECTED, S.RELEASED),                 S.WANTED,         CUSTODIANS,           frozenset(),  "CoE art. 27", label=_("Search for the suspect")),
    Move("detain",    _FREE,                                     S.DETAINED,       CUSTODIANS,           frozenset(),  "ICCPR art. 9", label=_("Detain")),
    Move("release",   S.DETAINED,                                S.RELEASED,       PROSECUTORS,          {SAFE_FIRST}, "CoE art. 28; ICCPR art. 9", label=_("Release under conditions")),
    Move("indict",    (*_FREE, S.DETAINED),                      S.INDICTED,       PROSECUTORS,          {HAS_CHARGE}, "CoE art. 18, 27", label=_("Bring before the court")),
    Move("convict",   S.INDICTED,                                S.FOUND_GUILTY,   PROSECUTORS,          {GUILTY},     "ICCPR art. 14", label=_("Record the conviction")),
    Move("acquit",    S.INDICTED,                                S.FOUND_INNOCENT, PROSECUTORS,          {NOT_GUILTY}, "ICCPR art. 14", label=_("Record the acquittal")),
    Move("appeal",    (S.FOUND_GUILTY, S.FOUND_INNOCENT),        S.INDICTED,       PROSECUTORS | LAWYERS, frozenset(), "ICCPR art. 14(5)", label=_("Appeal")),
    Move("dismiss",   (*_FREE, S.DETAINED, S.INDICTED),          S.DISMISSED,      PROSECUTORS,          {SAFE_FIRST}, "CoE art. 28", label=_("Dismiss")),
))

H = HearingStatus
HEARING = Workflow("hearing", start=H.PLANNED, title=_("Hearing"), moves=(
    Move("schedule",  None,                                      H.PLANNED,        CUSTODIANS,           {HEARD_SAFELY},                  "CoE art. 28, 30", label=_("Plan a hearing")),
    Move("hold",      H.PLANNED,                                 H.HELD,           PROSECUTORS,          {HEARD_SAFELY, NO_OPEN_REQUEST}, "CoE art. 26, 30", label=_("The hearing was held")),
    Move("adjourn",   H.PLANNED,                                 H.ADJOURNED,      PROSECUTORS,          {SAYS_WHY},                      "CoE art. 30", label=_("Put the hearing off")),
))

A = AssetStatus
ASSET = Workflow("asset", start=A.TRACED, title=_("Asset"), moves=(
    Move("trace",      None,                                     A.TRACED,         CUSTODIANS,           frozenset(),  "CoE art. 23(3)", label=_("Add an asset")),
    Move("freeze",     A.TRACED,                                 A.FROZEN,         PROSECUTORS,          frozenset(),  "UNTOC art. 12", label=_("Freeze")),
    Move("confiscate", A.FROZEN,                                 A.CONFISCATED,    PROSECUTORS,          frozenset(),  "CoE art. 23(3)", label=_("Confiscate")),
    Move("assign",     A.CONFISCATED,                            A.TO_VICTIMS,     PROSECUTORS | FUND,   {FOR_CLAIM},  "CoE art. 15(4)", label=_("Use for compensation")),
    Move("free",       (A.TRACED, A.FROZEN, A.CONFISCATED),      A.FREED,          PROSECUTORS,          frozenset(),  "UNTOC art. 12(8)", label=_("Give back to its owner")),
))

E = ExhibitStatus
EXHIBIT = Workflow("exhibit", start=E.HELD, title=_("Exhibit"), moves=(
    Move("seize",     None,                                      E.HELD,           CUSTODIANS,           frozenset(),      "ISO/IEC 27037:2012", label=_("Take into custody")),
    Move("hand_over", E.HELD,                                    E.MOVING,         CUSTODIANS,           {HOLDS, TO_WHOM}, "ISO/IEC 27037:2012", label=_("Hand over to another service")),
    Move("receive",   E.MOVING,                                  E.HELD,           CUSTODIANS,           {OTHER_SIDE},     "ISO/IEC 27037:2012", label=_("Confirm receipt")),
    Move("take_back", E.MOVING,                                  E.HELD,           CUSTODIANS,           {HOLDS},          "ISO/IEC 27037:2012", label=_("Take back: it was not received")),
    Move("give_back", E.HELD,                                    E.RETURNED,       PROSECUTORS,          {HOLDS},          "UNTOC art. 12(8)", label=_("Give back to its owner")),
    Move("destroy",   E.HELD,                                    E.DESTROYED,      PROSECUTORS,          {HOLDS},          "ISO/IEC 27037:2012", label=_("Destroy by order")),
))

R = AskStatus
NON_PUNISHMENT = Workflow("non_punishment", start=R.FLAGGED, title=_("Non-punishment"), moves=(
    Move("flag",       None,                                     R.FLAGGED,        PROFESSIONALS,        {AGAINST_PERSON_TOO}, "CoE art. 26; EU 2011/36 art. 8", "alert", label=_("Flag that the person may not be punished")),
    Move("ask",        R.FLAGGED,                                R.ASKED,          LAWYERS,              frozenset(),          "CoE art. 26", "non_punishment_answer", label=_("Ask for non-punishment")),
    Move("grant",      (R.FLAGGED, R.ASKED),                     R.DROPPED,        PROSECUTORS,          frozenset(),          "CoE art. 26; EU 2011/36 art. 8", label=_("Grant: drop the charge")),
    Move("grant",      R.REVIEWED,                               R.DROPPED,        PROSECUTORS,          {ANOTHER},            "CoE art. 26; EU 2011/36 art. 8", label=_("Grant: drop the charge")),
    Move("refuse",     R.ASKED,                                  R.MAINTAINED,     PROSECUTORS,          {LINK_NONE, KEPT_WHY, ALERTED}, "CoE art. 26", label=_("Refuse, with reasons")),
    Move("ask_review", R.MAINTAINED,                             R.REVIEWED,       LAWYERS,              frozenset(),          "OHCHR Guideline 2", "non_punishment_answer", label=_("Ask for a review")),
    Move("uphold",     R.REVIEWED,                               R.UPHELD,         PROSECUTORS,          {LINK_NONE, KEPT_WHY, ANOTHER}, "CoE art. 26", label=_("Confirm the refusal")),
))

B = AidStatus
ASSISTANCE_ABROAD = Workflow("assistance_abroad", start=B.PREPARED, title=_("Legal assistance"), moves=(
    Move("prepare",     None,                                    B.PREPARED,       CUSTODIANS,           frozenset(),  "UNTOC art. 18, 19", label=_("Prepare a request abroad")),
    Move("send",        B.PREPARED,                              B.SENT,           PROSECUTORS,          frozenset(),  "UNTOC art. 18(13)", "assistance_answer", label=_("Send")),
    Move("acknowledge", B.SENT,                                  B.RECEIVED,       CUSTODIANS,           frozenset(),  "UNTOC art. 18(24)", label=_("The other country confirmed receipt")),
    Move("answer_part", (B.SENT, B.RECEIVED),                    B.PARTLY,         CUSTODIANS,           {NO_TEAM},    "UNTOC art. 18", label=_("Answered in part")),
    Move("answer",      (B.SENT, B.RECEIVED, B.PARTLY),          B.ANSWERED,       CUSTODIANS,           {NO_TEAM},    "UNTOC art. 18", label=_("Answered")),
    Move("decline",     (B.SENT, B.RECEIVED),                    B.REFUSED,        CUSTODIANS,           frozenset(),  "UNTOC art. 18(21)", label=_("Refused by the other country")),
    Move("begin_team",  (B.SENT, B.RECEIVED),                    B.RUNNING,        PROSECUTORS,          {A_TEAM},     "UNTOC art. 19", label=_("Begin the joint investigation")),
    Move("end_team",    B.RUNNING,                               B.ENDED,          PROSECUTORS,          {A_TEAM},     "UNTOC art. 19", label=_("End the joint investigation")),
))

K = LinkStatus
SOURCED_LINK = Workflow("sourced_link", start=K.ASSERTED, title=_("Link"), moves=(
    Move("link",        None,                                    K.ASSERTED,       CUSTODIANS,           frozenset(),    "CoE art. 29(1)", label=_("Add a link")),
    Move("corroborate", K.ASSERTED,                              K.CORROBORATED,   CUSTODIANS,           {OTHER_ORIGIN}, "CoE art. 29(1)", label=_("Corroborate")),
    Move("refute",      (K.ASSERTED, K.CORROBORATED),            K.REFUTED,        CUSTODIANS,           frozenset(),    "CoE art. 29(1)", label=_("Refute")),
    Move("reopen",      K.REFUTED,                               K.ASSERTED,       CUSTODIANS,           frozenset(),    "CoE art. 29(1)", label=_("Open again")),
))
TABLES = (PROCEEDING, CLAIM, SUSPECT, HEARING, ASSET, EXHIBIT, NON_PUNISHMENT, ASSISTANCE_ABROAD, SOURCED_LINK)
# fmt: on
