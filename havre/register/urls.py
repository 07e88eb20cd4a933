"""The register's pages. Neutral addresses: they say nothing of what they show."""

from django.urls import path

from havre.register import views, views_attachments, views_more

urlpatterns = [
    path("", views.cases, name="cases"),
    path("search/", views.search, name="search"),
    path("new/", views_more.case_open, name="case_open"),
    path("country/", views_more.country, name="country_search"),
    path("<str:ref>/", views.case, name="case"),
    path("<str:ref>/name/", views.case_name, name="case_name"),
    path("<str:ref>/note/", views.case_note, name="case_note"),
    path("<str:ref>/files/", views_attachments.case_files, name="case_files"),
    path("<str:ref>/files/<uuid:pk>/", views_attachments.case_file, name="case_file"),
    path("<str:ref>/files/<uuid:pk>/original/", views_attachments.case_file_original, name="case_file_original"),
    path("<str:ref>/consents/", views_more.case_consents, name="case_consents"),
    path("<str:ref>/consents/<uuid:pk>/withdraw/", views_more.withdraw, name="consent_withdraw"),
]
