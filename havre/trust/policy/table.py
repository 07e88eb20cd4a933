"""The policy itself. Whatever is not written here is refused. Forbid beats Allow.

Sources: OSCE/ODIHR NRM Handbook 2nd ed. 2022 (need to know, consent); Council of Europe Convention CETS 197 (CoE) arts. 11, 12, 28, 30;
Convention 108+ arts. 5, 7, 8; OHCHR Recommended Principles and Guidelines 2002 (RPG); UNICEF Guidelines 2006; CRC arts. 3, 16.
"""

from __future__ import annotations

from havre.trust.enums import Act, Role, Section
from havre.trust.policy.rows import (
    ANYONE,
    AS_CUSTODIAN,
    BY_LEGAL_DUTY,
    IN_EMERGENCY,
    IN_THE_HOUSE,
    ON_CASE_WITH_CONSENT,
    ON_OWN_CASE,
    ON_REQUEST,
    ON_THIS_CASE,
    Allow,
    Forbid,
    Policy,
    When,
    acts,
)

CASE, IDENTITY, WHEREABOUTS, SCREENING = Section.CASE, Section.IDENTITY, Section.WHEREABOUTS, Section.SCREENING
FACTS, PROTECTION, HEALTH, JUSTICE = Section.FACTS, Section.PROTECTION, Section.HEALTH, Section.JUSTICE

FRONT_LINE = frozenset({Role.FIRST_RESPONDER, Role.HELPLINE, Role.LABOUR_INSPECTOR})
DECIDERS = frozenset({Role.IDENTIFICATION_AUTHORITY, Role.SECOND_REVIEWER})
CARERS = frozenset({Role.CASE_MANAGER, Role.CHILD_PROTECTION})
JUSTICE_ROLES = frozenset({Role.INVESTIGATOR, Role.PROSECUTOR, Role.COMPENSATION_FUND})
NUMBERS_ONLY = frozenset({Role.COORDINATOR, Role.RAPPORTEUR, Role.TRAINER, Role.ADMINISTRATOR})
CASE_HOLDERS = ANYONE - NUMBERS_ONLY - {Role.DATA_PROTECTION_OFFICER}

READ, WRITE, EXPORT, SHARE = acts(Act.READ), acts(Act.READ, Act.WRITE), acts(Act.EXPORT), acts(Act.SHARE)
TOUCH = acts(Act.READ, Act.WRITE, Act.EXPORT, Act.SHARE, Act.SEAL)

# fmt: off
POLICY = Policy((
    #      may      what                                    who                                 only when             law
    # the bare file: reference, state, dates
    Allow(READ,  CASE,                                   CASE_HOLDERS,                       ON_THIS_CASE,         "CoE art. 11; 108+ art. 5"),
    Allow(WRITE, CASE,                                   CARERS | FRONT_LINE | DECIDERS,     ON_THIS_CASE,         "CoE art. 10"),
    # who the person is
    Allow(READ,  IDENTITY,                               CARERS,                             ON_CASE_WITH_CONSENT, "CoE art. 11; 108+ art. 5"),
    Allow(WRITE, IDENTITY,                               CARERS | FRONT_LINE,                ON_OWN_CASE,          "CoE art. 10(1)"),
    Allow(READ,  IDENTITY,                               DECIDERS,                           BY_LEGAL_DUTY,        "CoE art. 10(2)"),
    Allow(READ,  IDENTITY,                               {Role.GUARDIAN, Role.SHELTER, Role.HEALTH, Role.LEGAL_AID}, ON_CASE_WITH_CONSENT, "CoE art. 11, 12; CRC art. 18"),
    # where the person is
    Allow(WRITE, WHEREABOUTS,                            CARERS | {Role.SHELTER},            ON_CASE_WITH_CONSENT, "CoE art. 12(1)(a), 28"),
    Allow(READ,  WHEREABOUTS,                            {Role.GUARDIAN, Role.HEALTH},    ON_CASE_WITH_CONSENT, "CoE art. 12"),
    # what the front line saw
    Allow(WRITE, SCREENING,                              FRONT_LINE | CARERS,                ON_OWN_CASE,          "Palermo art. 6; CoE art. 10"),
    Allow(READ,  SCREENING,                              DECIDERS | CARERS | FRONT_LINE,     ON_THIS_CASE,         "CoE art. 10(1)"),
    # act, means, purpose, route
    Allow(WRITE, FACTS,                                  FRONT_LINE | CARERS,                ON_OWN_CASE,          "CoE art. 10"),
    Allow(WRITE, FACTS,                                  DECIDERS,                           ON_THIS_CASE,         "CoE art. 10(2)"),
    Allow(READ,  FACTS,                                  CARERS | FRONT_LINE | {Role.LEGAL_AID, Role.INVESTIGATOR, Role.PROSECUTOR}, ON_THIS_CASE, "CoE art. 10, 15, 27"),
    # needs, risk, plan, services, consents
    Allow(WRITE, PROTECTION,                             CARERS,                             ON_THIS_CASE,         "CoE art. 12"),
    Allow(WRITE, PROTECTION,                             {Role.SHELTER},                     ON_CASE_WITH_CONSENT, "CoE art. 12"),
    Allow(WRITE, PROTECTION,                             FRONT_LINE,                         ON_OWN_CASE,          "CoE art. 12"),
    Allow(READ,  PROTECTION,                             {Role.GUARDIAN, Role.HEALTH, Role.LEGAL_AID}, ON_CASE_WITH_CONSENT, "CoE art. 12"),
    Allow(WRITE, PROTECTION,                             DECIDERS,                           BY_LEGAL_DUTY,        "CoE art. 13"),
    # health notes are apart even from the case manager, unless consented
    Allow(WRITE, HEALTH,                                 {Role.HEALTH},                      ON_CASE_WITH_CONSENT, "108+ art. 6; CoE art. 12(1)(b)"),
    Allow(READ,  HEALTH,                                 CARERS | {Role.GUARDIAN},           ON_CASE_WITH_CONSENT, "108+ art. 6"),
    # proceedings
    Allow(WRITE, JUSTICE,                                JUSTICE_ROLES | {Role.LEGAL_AID, Role.LABOUR_INSPECTOR}, ON_THIS_CASE, "CoE art. 15, 27, 30"),
    Allow(READ,  JUSTICE,                                CARERS | {Role.GUARDIAN},           ON_CASE_WITH_CONSENT, "CoE art. 12(1)(d)"),
    # emergency
    Allow(READ,  CASE | IDENTITY | WHEREABOUTS | PROTECTION | HEALTH, CARERS | {Role.FIRST_RESPONDER, Role.SHELTER, Role.HEALTH}, IN_EMERGENCY, "108+ art. 5(2); vital interest"),
    # sealed cases
    Allow(WRITE, CASE | IDENTITY | WHEREABOUTS | SCREENING | FACTS | PROTECTION, CARERS | DECIDERS, AS_CUSTODIAN, "CoE art. 11, 28"),
    # taking out, passing on, sealing
    Allow(EXPORT, CASE | IDENTITY | SCREENING | FACTS | PROTECTION, CARERS,                  ON_OWN_CASE,          "108+ art. 5, 10; RPG guideline 3"),
    # justice too: the person may want the police to inquire, and the section is empty until they do
    Allow(SHARE, CASE | IDENTITY | WHEREABOUTS | SCREENING | FACTS | PROTECTION | HEALTH | JUSTICE, CARERS, ON_OWN_CASE, "CoE art. 11; ODIHR NRM 2022"),
    Allow(SHARE, CASE | SCREENING | FACTS,               FRONT_LINE,                         ON_OWN_CASE,          "CoE art. 10; ODIHR NRM 2022"),
    Allow(acts(Act.SEAL), CASE,                          CARERS,                             ON_OWN_CASE,          "CoE art. 28"),
    # acts that touch no single case
    Allow(acts(Act.OPEN), CASE,                          FRONT_LINE | CARERS | DECIDERS,     IN_THE_HOUSE,         "CoE art. 10; Palermo art. 6"),
    Allow(acts(Act.SEARCH), IDENTITY,                    CARERS | FRONT_LINE | DECIDERS,     IN_THE_HOUSE,         "CoE art. 10(1)"),
    Allow(acts(Act.BREAK_GLASS), CASE,                   CARERS | {Role.FIRST_RESPONDER, Role.SHELTER, Role.HEALTH}, IN_THE_HOUSE, "108+ art. 5(2)"),
    Allow(acts(Act.IMPORT), CASE,                        CARERS | {Role.FIRST_RESPONDER, Role.HELPLINE}, IN_THE_HOUSE, "RPG guideline 3"),
    Allow(acts(Act.COUNT), CASE,                         {Role.COORDINATOR, Role.RAPPORTEUR}, IN_THE_HOUSE,     "CoE art. 29(4); EU 2011/36 art. 19"),
    Allow(acts(Act.PUBLISH), CASE,                       {Role.RAPPORTEUR, Role.TRAINER}, IN_THE_HOUSE,         "CoE art. 29(4)"),
    Allow(acts(Act.COORDINATE), CASE,                    {Role.COORDINATOR},                 IN_THE_HOUSE,         "CoE art. 29(2)"),
    Allow(acts(Act.REVIEW, Act.ERASE), CASE,             {Role.DATA_PROTECTION_OFFICER},     IN_THE_HOUSE,         "108+ art. 9, 10, 15"),
    Allow(acts(Act.ADMINISTER), CASE,                    {Role.ADMINISTRATOR},               IN_THE_HOUSE,         "108+ art. 7"),
    Allow(acts(Act.EDIT_FACTS), CASE,                    {Role.COORDINATOR, Role.LEGAL_AID}, IN_THE_HOUSE,      "CoE art. 29"),
    # one person's name, for one requester, until a day. Rows are named by their place: a new one comes last, or the trail would cite another
    Allow(READ,  IDENTITY,                               CASE_HOLDERS - {Role.INTERPRETER},  ON_REQUEST,           "108+ art. 5(1), 5(4)(c); CoE art. 11, 30"),

    #      may not  what                                    who                                 when                  law
    Forbid(TOUCH, WHEREABOUTS,                            JUSTICE_ROLES | {Role.LABOUR_INSPECTOR}, When.ALWAYS,       "CoE art. 28, 30; Palermo art. 6(1)"),
    Forbid(TOUCH, HEALTH,                                 JUSTICE_ROLES | DECIDERS,           When.ALWAYS,          "108+ art. 6"),
    Forbid(TOUCH, Section(255),                           NUMBERS_ONLY,                       When.ALWAYS,          "108+ art. 5(4)(c)"),
    Forbid(TOUCH, Section(255),                           ANYONE,                             When.CASE_SEALED,     "CoE art. 28"),
    Forbid(TOUCH, Section(255),                           ANYONE,                             When.IN_CONFLICT,     "108+ art. 7; RPG guideline 6"),
    Forbid(acts(Act.READ, Act.EXPORT, Act.SHARE), IDENTITY, ANYONE,                           When.FACTOR_STALE,    "108+ art. 7; OWASP ASVS 5.0 7.5.3"),
    Forbid(acts(Act.EXPORT), Section(255),                ANYONE,                             When.FACTOR_STALE,    "108+ art. 7; OWASP ASVS 5.0 7.5.3"),
    Forbid(TOUCH, Section(255) & ~CASE,                   ANYONE,                             When.RESTRICTED,      "108+ art. 7, 9(1)(d); ODIHR NRM 2022"),
    # an inspector is front line and justice: who acts for justice reads no words in which a carer may have named the place
    Forbid(TOUCH, SCREENING | PROTECTION,                 JUSTICE_ROLES | {Role.LABOUR_INSPECTOR}, When.FOR_JUSTICE,  "CoE art. 28, 30; Palermo art. 6(1)"),
))
# fmt: on
