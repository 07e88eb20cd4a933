"""Addresses of protection: neutral words, as a bystander may read them."""

from django.urls import path

from havre.protection.kinds import KINDS
from havre.protection.views import assistance, care, caseload, identification, intake, offline, paper, screening

app_name = "protection"
urlpatterns = [
    path("cards/", screening.cards, name="cards"),
    path("cards/<uuid:pk>/", screening.outcome, name="screening"),
    path("steps/<uuid:pk>/", identification.page, name="identification"),
    path("steps/<uuid:pk>/period/", identification.recovery, name="recovery"),
    path("steps/<uuid:pk>/waive/<slug:step>/", identification.waive, name="waive"),
    path("help/<uuid:case_id>/<uuid:person_id>/", assistance.start, name="help"),
    path("plan/<uuid:pk>/", assistance.page, name="plan"),
    path("plan/<uuid:pk>/offer/", assistance.offer, name="offer"),
    path("plan/<uuid:pk>/risk/", assistance.risk, name="risk"),
    path("plan/service/<uuid:pk>/", assistance.service, name="service"),
    path("tables/<slug:name>/", identification.table, name="table"),
    # care, places and the caseload
    path("steps/<uuid:pk>/removal/", identification.removal, name="removal"),
    path("care/<uuid:case_id>/<uuid:person_id>/", care.overview, name="care"),
    path("places/", caseload.places, name="places"),
    path("places/day/", caseload.day, name="day"),
    path("mine/", caseload.mine, name="caseload"),
    path("mine/hand-over/", caseload.hand_over, name="handover"),
    *(
        path(f"care/{code.replace('_', '-')}/<uuid:case_id>/<uuid:person_id>/", care.new, {"code": code}, name=f"new_{code}")
        for code, kind in KINDS.items()
        if kind.by_hand
    ),
    *(path(f"care/{code.replace('_', '-')}/<uuid:pk>/", care.page, {"code": code}, name=code) for code in KINDS),
]

# screening anywhere: the phone's page and what it sends, groups, emergencies, papers, calls
urlpatterns += [
    path("pocket/", offline.page, name="pocket"),
    path("pocket/worker.js", offline.worker, name="pocket_worker"),
    path("pocket/cards.webmanifest", offline.manifest, name="pocket_manifest"),
    path("pocket/cards.json", offline.the_deck, name="pocket_deck"),
    path("pocket/key.json", offline.key, name="pocket_key"),
    path("pocket/door/", offline.door, name="pocket_door"),
    path("pocket/parcels/", offline.send, name="pocket_send"),
    path("pocket/aside/", offline.aside, name="pocket_aside"),
    path("pocket/gone/", offline.gone, name="pocket_gone"),
    path("pocket/sound/<slug:language>/<str:name>", offline.sound, name="pocket_sound"),
    path("groups/", intake.groups, name="groups"),
    path("groups/<uuid:pk>/", intake.group, name="group"),
    path("now/", intake.urgent, name="urgent"),
    path("ask/<uuid:pk>/", intake.ask, name="ask"),
    path("paper/", paper.blank, name="paper"),
    path("paper/typed/", paper.typed, name="paper_typed"),
    path("calls/", paper.hotline, name="calls"),
]
