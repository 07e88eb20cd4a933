"""Vocabularies of the records that hang on a proceeding: suspects, sentences, hearings, assets, exhibits, requests abroad, links."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SuspectKind(models.TextChoices):
    PERSON = "natural", _("A person")
    COMPANY = "legal", _("A company")


class SuspectRole(models.TextChoices):
    """What the suspect is said to have done in the chain (Palermo Protocol art. 3, 5)."""

    RECRUITER = "recruiter", _("Recruiter")
    TRANSPORTER = "transporter", _("Transporter")
    HARBOURER = "harbourer", _("Kept people in a place")
    EXPLOITER = "exploiter", _("Exploiter, employer")
    ORGANISER = "organiser", _("Organiser")
    MONEY = "money", _("Handled the money")
    OFFICIAL = "official", _("Public official")


class SuspectStatus(models.TextChoices):
    SUSPECTED = "suspected", _("Suspected")
    WANTED = "wanted", _("Wanted, not found")
    DETAINED = "detained", pgettext_lazy("suspect", "Detained")
    RELEASED = "bailed", _("Released under conditions")
    INDICTED = "indicted", _("Before the court")
    FOUND_GUILTY = "found_guilty", _("Found guilty")
    FOUND_INNOCENT = "found_innocent", _("Acquitted")
    DISMISSED = "dismissed", _("Case dismissed")


class Court(models.TextChoices):
    INVESTIGATING = "investigating", _("Investigating judge")
    FIRST = "first_instance", _("Court of first instance")
    APPEAL_COURT = "appeal_court", _("Court of appeal")
    SUPREME = "supreme", _("Supreme court")
    LABOUR = "labour_court", _("Labour court")
    CIVIL_COURT = "civil_court", _("Civil court")


class SentenceKind(models.TextChoices):
    IMPRISONMENT = "imprisonment", _("Imprisonment")
    SUSPENDED = "suspended_term", _("Suspended imprisonment")
    FINE = "fine", _("Fine")
    COMMUNITY = "community", _("Community service")
    CLOSURE = "closure", _("Closing of the business")
    BAN = "ban", _("Ban from an activity")
    OTHER_PENALTY = "other_penalty", _("Other penalty")


class HearingStatus(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("hearing", "Planned")
    HELD = "held", pgettext_lazy("hearing", "Held")
    ADJOURNED = "adjourned", _("Adjourned")


class HearingPurpose(models.TextChoices):
    FIRST_APPEARANCE = "first_appearance", _("First appearance")
    DETENTION = "detention_hearing", _("Detention")
    EVIDENCE = "evidence_hearing", _("Evidence")
    TRIAL = "trial_day", _("Trial")
    SENTENCING = "sentencing", _("Sentencing")
    ON_APPEAL = "appeal_hearing", _("Appeal")
    COMPENSATION = "compensation_hearing", _("Compensation")


class AdjournReason(models.TextChoices):
    WITNESS_UNFIT = "witness_unfit", _("The person is not fit to be heard")
    NO_INTERPRETER = "no_interpreter", _("No interpreter")
    NO_PROTECTION = "no_protection", _("Protection was not in place")
    DEFENCE = "defence", _("At the defence's request")
    COURT_REASON = "court_reason", _("At the court's own motion")


class AssetKind(models.TextChoices):
    MONEY = "cash_account", _("Cash or account")
    PROPERTY = "real_property", _("Land or building")
    VEHICLE = "vehicle", _("Vehicle or vessel")
    BUSINESS = "business_share", _("Business or shares")
    DIGITAL = "digital_asset", _("Digital asset")
    GOODS = "goods", _("Goods")


class AssetStatus(models.TextChoices):
    TRACED = "traced", _("Traced")
    FROZEN = "frozen", _("Frozen")
    CONFISCATED = "confiscated", _("Confiscated")
    TO_VICTIMS = "to_victims", _("Used for compensation")
    FREED = "freed", _("Given back")


class ExhibitKind(models.TextChoices):
    DOCUMENT = "paper", pgettext_lazy("exhibit", "Document")
    DEVICE = "device", _("Telephone or computer")
    DATA = "data_copy", _("Copy of data")
    IMAGE = "image_recording", _("Image or recording")
    MONEY_ITEM = "money_item", _("Money")
    CLOTHING = "clothing", _("Clothing or trace")
    OBJECT = "thing", _("Other object")


class ExhibitSource(models.TextChoices):
    PERSON = "from_person", _("Given by the person, who agreed")
    SEARCH = "from_search", _("Search with a warrant")
    SCENE = "from_scene", _("Found at the place")
    THIRD = "from_third", _("Given by a third party")
    ABROAD = "from_abroad", _("Received from abroad")
    ONLINE = "from_online", _("Collected on the internet")


class ExhibitStatus(models.TextChoices):
    HELD = "in_custody", _("In custody")
    MOVING = "handed_over", _("Handed over, not yet received")
    RETURNED = "given_back", _("Given back to its owner")
    DESTROYED = "destroyed", _("Destroyed by order")


class AskStatus(models.TextChoices):
    """Of a request for non-punishment (CoE Convention art. 26; EU 2011/36 art. 8)."""

    FLAGGED = "flagged", _("Flagged, lawyer and prosecutor alerted")
    ASKED = "asked", pgettext_lazy("non-punishment", "Asked")
    DROPPED = "charge_dropped", _("Granted: charge dropped")
    MAINTAINED = "charge_kept", _("Refused, with reasons")
    REVIEWED = "under_review", _("Under review")
    UPHELD = "upheld", _("Refusal confirmed on review")


class AskGround(models.TextChoices):
    COMPELLED = "compelled", _("Compelled by the traffickers")
    CONSEQUENCE = "consequence", _("Direct consequence of the trafficking")
    CHILD = "child", _("A child: no means are needed")
    STATUS_OFFENCE = "status_offence", _("Entry, stay or work without papers")
    DOCUMENTS = "false_documents", _("False documents")


class KeepReason(models.TextChoices):
    """Why a charge is maintained: a refusal without one of these is no answer."""

    NO_LINK = "no_link", _("No link between act and trafficking was found")
    GRAVE = "grave_offence", _("The law excludes an offence of this gravity")
    BEFORE = "before_trafficking", _("The act came before the trafficking")
    NOT_VICTIM = "not_victim", _("A final decision says that the person is not a victim")


class AidKind(models.TextChoices):
    """Mutual legal assistance (UNTOC art. 18, 19)."""

    STATEMENT = "statement", _("Take a statement")
    REMOTE_HEARING = "remote_hearing", _("Hear a witness by video")
    RECORDS = "records", _("Bank or telephone records")
    SEIZURE = "seizure", _("Search and seizure")
    FREEZING = "freezing", _("Freezing or confiscation")
    EXTRADITION = "extradition", _("Extradition")
    SERVICE = "service_documents", _("Service of documents")
    JOINT_TEAM = "joint_team", _("Joint investigation")


class AidBasis(models.TextChoices):
    UNTOC = "untoc", _("UN Convention against Transnational Organized Crime, art. 18")
    BILATERAL = "bilateral", _("Bilateral treaty")
    REGIONAL = "regional", _("Regional treaty")
    RECIPROCITY = "reciprocity", _("Reciprocity")


class AidStatus(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    SENT = "sent_abroad", pgettext_lazy("request abroad", "Sent")
    RECEIVED = "acknowledged", _("Receipt confirmed")
    ANSWERED = "aid_answered", pgettext_lazy("request abroad", "Answered")
    PARTLY = "partly_answered", _("Answered in part")
    REFUSED = "aid_refused", pgettext_lazy("request abroad", "Refused")
    RUNNING = "team_running", _("Joint team at work")
    ENDED = "team_ended", _("Joint team ended")


class NodeKind(models.TextChoices):
    SUSPECT = "suspect_node", _("Suspect")
    COMPANY = "company_node", _("Company")
    PHONE = "phone_node", _("Telephone or account")
    PLACE = "place_node", _("Place of the offence")
    EVENT = "event_node", _("Event")
    VEHICLE = "vehicle_node", _("Vehicle")


class LinkKind(models.TextChoices):
    USES = "uses", _("uses")
    OWNS = "owns", _("owns or runs")
    WORKS_FOR = "works_for", _("works for")
    CALLED = "called", _("was in contact with")
    PAID = "paid_to", _("paid")
    WAS_AT = "was_at", _("was at")
    TOOK_PART = "took_part", _("took part in")
    KNOWS = "knows", _("knows")


class LinkOrigin(models.TextChoices):
    """Where a link is known from; a corroboration must come from another origin."""

    TESTIMONY = "testimony", _("Statement")
    PAPERS = "papers", pgettext_lazy("exhibit", "Document")
    TRAFFIC = "traffic_data", _("Telephone or network data")
    BANK = "bank_data", _("Bank data")
    WATCH = "surveillance", _("Surveillance")
    OPEN_SOURCE = "open_source", _("Open source")
    PARTNER = "partner_service", _("Service of another country")


class LinkStatus(models.TextChoices):
    ASSERTED = "asserted", _("Asserted")
    CORROBORATED = "corroborated", _("Corroborated")
    REFUTED = "refuted", _("Refuted")
