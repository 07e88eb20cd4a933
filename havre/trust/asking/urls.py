"""Addresses of identity requests and restriction lists; `site` gives them their place. No word in them says what a file is about."""

from django.urls import path

from havre.trust.asking import views

urlpatterns = [
    path("", views.every, name="identity_requests"),
    path("ask/<uuid:case_id>/", views.ask, name="identity_ask"),
    path("lists/<uuid:case_id>/", views.restrictions, name="restrictions"),
    path("lists/<uuid:case_id>/<uuid:restriction_pk>/lift/", views.lift, name="restriction_lift"),
    path("<uuid:pk>/", views.one, name="identity_request"),
    path("<uuid:pk>/answer/", views.answer, name="identity_answer"),
    path("<uuid:pk>/end/", views.end, name="identity_end"),
]
