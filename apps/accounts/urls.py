"""Addresses below /accounts/."""

from django.contrib.auth import views as auth
from django.urls import path
from django.views.generic import TemplateView

from apps.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.account, name="account"),
    path("login/", auth.LoginView.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("password/", views.ChangePassword.as_view(), name="password-change"),
    path("password/new/", views.AskNewPassword.as_view(), name="password-reset"),
    path(
        "password/sent/",
        TemplateView.as_view(
            template_name="accounts/password_sent.html", extra_context={"title": "Look for a mail"}
        ),
        name="password-sent",
    ),
    path("password/<uidb64>/<token>/", views.NewPassword.as_view(), name="password-new"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<slug:key>/revoke/", views.revoke, name="token-revoke"),
]
