"""Addresses of protection: neutral words, as a bystander may read them."""

from django.urls import path

from havre.protection.views import assistance, identification, screening

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
]
