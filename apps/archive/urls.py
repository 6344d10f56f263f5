"""Addresses below /data/."""

from django.urls import path

from apps.archive import views

app_name = "archive"
urlpatterns = [
    path("products/", views.Products.as_view(), name="products"),
    path("products/<int:pk>/", views.Product.as_view(), name="product"),
    path("files/<int:pk>/<str:name>", views.download, name="file"),
    path("latest/<str:stem>.fits", views.latest, name="latest"),
]
