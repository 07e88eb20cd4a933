"""Made-up input of any size, for benchmarks."""

import csv
import io


def sheet(persons: int, first: int = 0) -> io.BytesIO:
    """A made-up HTCDS sheet: 24 columns, as a case system exports them; the records are numbered from `first`.

    Gives UTF-8 CSV, one row a person. Source: HTCDS 2.0 (IOM).
    """
    head = (
        *("record_id", "prs_FirstName", "prs_SecondName", "prs_Birthdate", "prs_Gender", "prs_Citizenship", "prs_PrimaryLanguage"),
        *("prs_MobilePhone", "prs_MailingCity", "prs_MailingCountry", "vic_TraffickingStatus", "vic_TraffickingStatusDecisionMakingOrg"),
        *("vic_MethodOfRecruitment", "vic_MethodsOfControl", "vic_TypeOfExploitation", "vic_ForcedLabourIndustry", "hte_Type"),
        *("hte_Country", "hte_City", "hte_Date", "cas_Status", "cas_IncomingReferralDate", "cas_IncomingReferralDetails", "con_Consent"),
    )
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    genders, countries = ("Feminine", "Masculine"), ("GH", "TG", "NG", "BJ", "CI")
    for n in range(first, first + persons):
        writer.writerow(
            (
                *(f"S-{n}", f"Given{n % 997}", f"Family{n % 1_999}", f"{1960 + n % 45}-{n % 12 + 1:02}-{n % 27 + 2:02}", genders[n % 2]),
                *(countries[n % 5], "eng", f"+23320{n:07}", f"Town {n % 50}", "GH", "PossibleVictimOfTrafficking", "NGO"),
                *("AtWork;ThroughFriendsOrSocialEvents", "DebtBondage;WithholdsDocuments", "ForcedLabour", "C_Manufacturing", "Transit"),
                *(countries[n % 4], f"Town {n % 70}", f"{2015 + n % 9}-{n % 12 + 1:02}-11", "Active", f"2024-{n % 12 + 1:02}-03"),
                *("came through a friend; needs a place to stay", "yes"),
            )
        )
    return io.BytesIO(text.getvalue().encode())
