"""Addresses below /accounts/."""

from django.contrib.auth import views as auth
from django.urls import path

app_name = "accounts"
urlpatterns = [
    path("login/", auth.LoginView.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
]
