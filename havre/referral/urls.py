"""Addresses of referral."""

from django.urls import path

from havre.referral import views

app_name = "referral"
urlpatterns = [
    path("", views.index, name="index"),
    path("notices/", views.notices, name="notices"),
    path("directory/", views.directory, name="directory"),
    path("directory/own/", views.entry, name="entry"),
    path("directory/accreditation/", views.accreditation, name="accreditation"),
    path("delays/", views.delays, name="delays"),
    path("several/", views.several, name="several"),
    path("new/<uuid:case_id>/<uuid:person_id>/", views.offer, name="offer"),
    path("urgent/<uuid:case_id>/<uuid:person_id>/", views.urgent, name="urgent"),
    path("proof/<uuid:pk>/", views.proof, name="proof"),
    path("leads/", views.lead_list, name="leads"),
    path("leads/new/<uuid:case_id>/", views.lead, name="lead"),
    path("leads/<uuid:pk>/", views.transfer, name="transfer"),
    path("conferences/new/<uuid:case_id>/<uuid:person_id>/", views.call, name="call"),
    path("conferences/<uuid:pk>/", views.conference, name="conference"),
    path("actions/<uuid:pk>/", views.action, name="action"),
    path("outside/", views.outside, name="outside"),
    path("letter/", views.letter, name="letter"),
    path("<uuid:pk>/", views.answer, name="answer"),
    path("sent/<uuid:pk>/", views.sent, name="sent"),
    path("sent/<uuid:pk>/<slug:name>/", views.step, name="step"),
]
