"""Addresses below /data/."""

from django.urls import path

from apps.archive import views

app_name = "archive"
urlpatterns = [
    path("products/", views.Products.as_view(), name="products"),
    path("products/<int:pk>/", views.Product.as_view(), name="product"),
    path("products/<int:pk>/record.json", views.record, name="record"),
    path("bundle.zip", views.Bundle.as_view(), name="bundle"),
    path("manifest.csv", views.listing, {"form": "csv"}, name="manifest"),
    path("download.sh", views.listing, {"form": "sh"}, name="script"),
    path("files/<int:pk>/<str:name>", views.download, name="file"),
    path("latest/<str:stem>.fits", views.latest, name="latest"),
]
