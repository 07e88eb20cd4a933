"""The register's pages. Neutral addresses: they say nothing of what they show."""

from django.urls import path

from havre.register import views, views_attachments, views_consents, views_more
from havre.register.person import views as person

urlpatterns = [
    path("", views.cases, name="cases"),
    path("search/", views.search, name="search"),
    path("new/", views_more.case_open, name="case_open"),
    path("country/", views_more.country, name="country_search"),
    path("ended/<uuid:pk>/", views_consents.share_ended, name="share_ended"),
    path("<str:ref>/", views.case, name="case"),
    path("<str:ref>/name/", views.case_name, name="case_name"),
    path("<str:ref>/note/", views.case_note, name="case_note"),
    path("<str:ref>/files/", views_attachments.case_files, name="case_files"),
    path("<str:ref>/files/<uuid:pk>/", views_attachments.case_file, name="case_file"),
    path("<str:ref>/files/<uuid:pk>/original/", views_attachments.case_file_original, name="case_file_original"),
    path("<str:ref>/page/<uuid:pk>/", person.open_page, name="person_open"),
    path("<str:ref>/code/<uuid:pk>/", person.code, name="person_code"),
    path("<str:ref>/requests/", person.requests, name="person_requests"),
    path("<str:ref>/requests/<uuid:pk>/", person.answer, name="person_answer"),
    path("<str:ref>/consents/", views_consents.case_consents, name="case_consents"),
    path("<str:ref>/consents/<uuid:pk>/answer/", views_consents.answer, name="consent_answer"),
    path("<str:ref>/consents/<uuid:pk>/renew/", views_consents.renew, name="consent_renew"),
    path("<str:ref>/consents/<uuid:pk>/change/", views_consents.change, name="consent_change"),
    path("<str:ref>/consents/<uuid:pk>/withdraw/", views_consents.withdraw, name="consent_withdraw"),
    path("<str:ref>/consents/<uuid:pk>/proof/", views_consents.proof, name="consent_proof"),
]
