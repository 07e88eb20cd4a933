"""The accounts' addresses. Only what is named here of django-allauth is reachable: no sign-up, no e-mail, no reset by mail."""

from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import include, path

from havre.trust.accounts.views import administering, emergency, own, signin
from havre.trust.accounts.views.factors import RemoveKey, index
from havre.trust.merging import views as merging

mine = [
    path("login/", signin.SignIn.as_view(), name="account_login"),
    path("logout/", signin.sign_out, name="account_logout"),
    path("closed/", signin.closed, name="account_inactive"),
    path("code/", signin.redeem, name="accounts_redeem"),
    path("confirm/", signin.confirm, name="accounts_confirm"),
    path("second-step/", signin.SecondStep.as_view(), name="mfa_authenticate"),
    path("passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("jobs/", own.switch, name="accounts_jobs"),
    path("devices/", own.devices, name="accounts_devices"),
    path("passphrase/", own.passphrase, name="accounts_passphrase"),
    path("factors/", index, name="mfa_index"),
    path("factors/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("factors/app/picture.svg", signin.code_picture, name="accounts_code_picture"),
    path("factors/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("factors/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("factors/codes/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("factors/keys/", index, name="mfa_list_webauthn"),
    path("factors/keys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("factors/keys/<int:pk>/remove/", RemoveKey.as_view(), name="mfa_remove_webauthn"),
]

others = [
    path("", administering.organisations, name="accounts_organisations"),
    path("add/", administering.add_organisation, name="accounts_add_organisation"),
    path("mergers/", merging.every, name="accounts_mergers"),
    path("mergers/<uuid:merger_pk>/", merging.one, name="accounts_merger"),
    path("mergers/<uuid:merger_pk>/drop/", merging.drop, name="accounts_drop_merger"),
    path("<uuid:pk>/", administering.members, name="accounts_members"),
    path("<uuid:pk>/invite/", administering.invite, name="accounts_invite"),
    path("<uuid:pk>/people/<uuid:user_pk>/job/", administering.add_job, name="accounts_add_job"),
    path("<uuid:pk>/people/<uuid:user_pk>/code/", administering.new_code, name="accounts_new_code"),
    path("<uuid:pk>/people/<uuid:user_pk>/close/", administering.close_account, name="accounts_close"),
    path("<uuid:pk>/people/<uuid:user_pk>/reset/", administering.ask_reset, name="accounts_ask_reset"),
    path("<uuid:pk>/jobs/<uuid:job_pk>/end/", administering.end_job, name="accounts_end_job"),
    path("<uuid:pk>/waiting/<uuid:nomination_pk>/", administering.confirm_job, name="accounts_confirm_job"),
    path("<uuid:pk>/resets/<uuid:reset_pk>/", administering.confirm_reset, name="accounts_confirm_reset"),
]

emergencies = [
    path("", emergency.break_glass, name="accounts_break_glass"),
    path("reviews/", emergency.reviews, name="accounts_reviews"),
    path("restore/<uuid:user_pk>/", emergency.restore, name="accounts_restore"),
    path("<uuid:pk>/", emergency.one, name="accounts_glass"),
    path("<uuid:pk>/close/", emergency.close, name="accounts_close_glass"),
    path("<uuid:pk>/review/", emergency.review, name="accounts_review_glass"),
]

urlpatterns = [
    path("accounts/", include(mine)),
    path("organisations/", include(others)),
    path("emergency/", include(emergencies)),
    path("lock/", signin.lock, name="lock"),
    path("leave/", signin.leave, name="leave"),
    path("calendar/", signin.month, name="accounts_calendar"),
    path("i18n/setlang/", signin.language, name="set_language"),
]
