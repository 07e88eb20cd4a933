"""Words for the codes that profiles show. A code without words is shown as it is."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from havre.trust.errors import Words

LABELS: dict[str, Words] = {
    "all": _("All persons"),
    "child": _("Children"),
    "adult": _("Adults"),
    "not_recorded": _("Age not recorded"),
    "age_group": _("Children and adults"),
    "age_band": _("Age"),
    "gender": _("Gender"),
    "forms": _("Form of exploitation"),
    "controls": _("Means of control"),
    "sex_forms": _("Form of sexual exploitation"),
    "relations": _("Relationship to the trafficker"),
    "citizenships": _("Citizenship"),
    "Feminine": _("Female"),
    "Female": _("Female"),
    "Masculine": _("Male"),
    "Male": _("Male"),
    "TransgenderFeminine": _("Transgender woman"),
    "TransgenderMasculine": _("Transgender man"),
    "NonConforming": _("Gender non-conforming"),
    "NonSpecifiedUnknown": _("Not specified"),
    "ForcedLabour": _("Forced labour"),
    "SexualExploitation": _("Sexual exploitation"),
    "ChildLabour": _("Child labour"),
    "ForcedMarriage": _("Forced marriage"),
    "Servitude": _("Servitude"),
    "ForcedMilitaryByNonStateActors": _("Armed groups"),
    "OrganRemoval": _("Organ removal"),
    "ForcedBegging": _("Forced begging"),
    "ForcedAdoption": _("Forced adoption"),
    "Surrogacy": _("Exploitative surrogacy"),
    "Other": _("Other"),
    "PhysicalThreats": _("Physical threats"),
    "ThreatsLawEnforcement": _("Threats of reporting to the authorities"),
    "ThreatensChildrenFamily": _("Threats against children or family"),
    "DebtBondage": _("Debt bondage"),
    "FalsePromises": _("False promises"),
    "PhysicalAbuse": _("Physical violence"),
    "SexualAbuse": _("Sexual violence"),
    "TakesEarnings": _("Earnings taken"),
    "RestrictsFinancialAccess": _("Access to money restricted"),
    "RestrictsMedicalCare": _("Medical care restricted"),
    "WithholdsNecessities": _("Necessities withheld"),
    "PsychologicalAbuse": _("Psychological violence"),
    "PsychoactiveSubstance": _("Drugs or alcohol"),
    "ExcessiveWorkingHours": _("Excessive working hours"),
    "WithholdsDocuments": _("Documents withheld"),
    "RestrictsMovement": _("Movement restricted"),
    "UsesChildren": _("Children used as control"),
    "Prostitution": _("Prostitution"),
    "Pornography": _("Pornography"),
    "RemoteInteractiveServices": _("Remote interactive services"),
    "PrivateSexualServices": _("Private sexual services"),
    "Familial": _("Family"),
    "Acquainted": _("Acquaintance"),
    "Unaquainted": _("Stranger"),
    "domestic": _("Within one country"),
    "intra_regional": _("Within the region"),
    "cross_regional": _("Between regions"),
    "cross_border": _("Across a border"),
}


def label_of(code: str) -> str:
    """The words of a code, of `column=value`, or of a group."""
    value = code.partition("=")[2] or code
    return str(LABELS.get(value, value))
