"""A list page and its records share one FilterSet, so both are the same question."""

from django.urls import get_resolver
from rest_framework import viewsets

from apps.core.api import VisibleViewSet
from apps.core.views import ListPage
from tests.architecture.routes import every_route  # noqa: F401 - imports every app's addresses


def below(base):
    """All classes made from a class, outside the tests."""
    get_resolver().url_patterns  # noqa: B018 - every app's views are loaded by it
    for one in base.__subclasses__():
        if one.__module__.startswith("apps."):
            yield one
            yield from below(one)


def test_every_list_page_has_records_with_its_own_filters():
    records = {view.model: view.filterset_class for view in below(VisibleViewSet)}
    pages = {page.model: page.filterset_class for page in below(ListPage) if page.model}
    assert pages
    assert {model: records.get(model) for model in pages} == pages


def test_all_records_of_models_pass_the_one_door():
    loose = [
        view for view in below(viewsets.GenericViewSet)
        if getattr(view, "model", None) and not issubclass(view, VisibleViewSet)
    ]  # fmt: skip
    assert loose == []
