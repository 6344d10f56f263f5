"""Addresses of the pages app."""

app_name = "pages"
urlpatterns = []
