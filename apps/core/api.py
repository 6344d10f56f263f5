"""REST ground: one error shape (RFC 9457) and viewsets that pass the access rule."""

from django.http import JsonResponse
from rest_framework import viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler

PROBLEM_TYPE = "application/problem+json"


def problem_response(status, title, detail, errors=()):
    """Answer an error as problem+json.

    Parameters
    ----------
    status : int
        HTTP status.
    title, detail : str
        What went wrong, in general and in this case.
    errors : iterable of (field, message)
        The inputs that were wrong.
    """
    return JsonResponse(
        {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": detail,
            "errors": [{"field": field, "message": message} for field, message in errors],
        },
        status=status,
        content_type=PROBLEM_TYPE,
    )


def problem(exception, context):
    """Turn REST framework's errors into problem+json; used by all of `/api/`."""
    response = exception_handler(exception, context)
    if response is None:
        return None
    errors = []
    if isinstance(exception, ValidationError) and isinstance(exception.detail, dict):
        for field, messages in exception.detail.items():
            texts = messages if isinstance(messages, list) else [messages]
            errors += [{"field": field, "message": str(text)} for text in texts]
    detail = errors[0]["message"] if errors else str(getattr(exception, "detail", exception))
    return Response(
        {
            "type": "about:blank",
            "title": response.status_text,
            "status": response.status_code,
            "detail": detail,
            "errors": errors,
        },
        status=response.status_code,
        headers={k: v for k, v in response.headers.items() if k != "Content-Type"},
        content_type=PROBLEM_TYPE,
    )


class Pages(PageNumberPagination):
    """Lists come in pages; a client may ask for larger ones."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000

    @property
    def names(self):
        """Parameters of an address that choose a page."""
        return {self.page_query_param, self.page_size_query_param, "format"}


class VisibleViewSet(viewsets.ReadOnlyModelViewSet):
    """Records of a model, read only, as far as the viewer may see them."""

    model = None
    pagination_class = Pages
    filterset_class = None

    def get_queryset(self):
        """Rows this user may see."""
        return self.model.objects.visible_to(self.request.user)

    def filter_queryset(self, queryset):
        """Filter; a name that is no filter is an error, not a list of everything."""
        known = set(self.filterset_class.base_filters) if self.filterset_class else set()
        unknown = set(self.request.query_params) - known - self.paginator.names
        if unknown:
            words = ", ".join(sorted(known | self.paginator.names))
            raise ValidationError(
                {name: f"no filter of this list; there are {words}" for name in sorted(unknown)}
            )
        return super().filter_queryset(queryset)
