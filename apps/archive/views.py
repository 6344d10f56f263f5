"""Data products: the list, one product, and its file."""

from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import ListView

from apps.archive.models import DataProduct
from apps.core.views import RecordPage


class Products(ListView):
    """The files of the archive."""

    template_name = "page/list.html"

    def get_queryset(self):
        """Rows this user may see, best versions first."""
        return DataProduct.objects.visible_to(self.request.user)


class Product(RecordPage):
    """One product with its versions."""

    model = DataProduct


def download(request, pk, name):
    """The file itself."""
    product = get_object_or_404(DataProduct.objects.visible_to(request.user), pk=pk, name=name)
    return FileResponse(open(product.path, "rb"))


def latest(request, stem):
    """The best version of a product, at an address that stays."""
    products = DataProduct.objects.visible_to(request.user).latest()
    return redirect(get_object_or_404(products, stem=stem).get_download_url())
