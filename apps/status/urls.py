"""Addresses of the status app."""

app_name = "status"
urlpatterns = []
