"""Addresses of the person's page. They hold no id but those of the person's own rows, and no word of the subject."""

from django.urls import path

from havre.register.person import board, far, views

app_name = "person"
urlpatterns = [
    path("", views.page, name="page"),
    path("close/<uuid:pk>/", views.close, name="close"),
    path("less/<uuid:pk>/", views.less, name="less"),
    path("ask/<slug:kind>/", views.ask, name="ask"),
    path("asked/<uuid:pk>/", views.asked, name="asked"),
    path("paper/<uuid:pk>/", views.receipt, name="receipt"),
    path("copy/", views.copy, name="copy"),
    path("language/", views.language, name="language"),
    path("unlock/", views.unlock_page, name="unlock"),
    path("code/", far.enter, name="enter"),
    path("far/", far.far, name="far"),
    path("board/", board.board, name="board"),
]
