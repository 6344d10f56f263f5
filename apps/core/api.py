"""REST ground: one error shape (RFC 9457), keyset paging, exports, limits, and the access rule."""

import hashlib
from datetime import UTC, datetime

from django.db.models import Q
from django.http import JsonResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.pagination import BasePagination
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import exception_handler

from apps.core import requestid
from apps.core.keyset import Cursor, CursorError
from apps.core.rows import Heading, csv_rows, votable_rows
from apps.core.timeaxis import iso

PROBLEM_TYPE = "application/problem+json"
MOST_COUNTED = 10_000
"""A list is counted so far and no further: beyond, nobody reads the number, but all wait for it."""

AT_ONCE = 1000
"""Rows of one question while a whole list is sent."""


def problem_response(status, title, detail, errors=(), headers=None):
    """Answer an error as problem+json.

    Parameters
    ----------
    status : int
        HTTP status.
    title, detail : str
        What went wrong, in general and in this case.
    errors : iterable of (field, message)
        The inputs that were wrong.
    headers : dict, optional
        Of the answer.
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
        headers=headers,
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
            errors += [(field, str(text)) for text in texts]
    detail = errors[0][1] if errors else str(getattr(exception, "detail", exception))
    headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}
    return problem_response(response.status_code, response.status_text, detail, errors, headers)


class CsvRenderer(BaseRenderer):
    """A list as CSV: `VisibleViewSet.list` sends it, row by row."""

    media_type, format, charset = "text/csv", "csv", "utf-8"
    rows = staticmethod(csv_rows)


class VotableRenderer(BaseRenderer):
    """A list as VOTable, for the tools of the Virtual Observatory."""

    media_type, format, charset = "application/x-votable+xml", "votable", "utf-8"
    rows = staticmethod(votable_rows)


SEARCHED_SINCE = (
    "Start of the oldest record that a costly filter was asked about; null where all were. A list "
    "as a file says it in the header `X-Searched-Since`."
)


def searched_since(chosen):
    """What a FilterSet says of how far it searched, as the interface writes it; None: all."""
    border = getattr(chosen, "searched_since", None)
    return border and iso(border)


class OneForm(BaseContentNegotiation):
    """REST answers what `format` says and never HTML, whatever a browser would like."""

    def select_parser(self, request, parsers):
        """Nothing is posted here."""
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        """Errors of the framework come as JSON."""
        return renderers[0], renderers[0].media_type


class Question(viewsets.ViewSet):
    """A question with one answer; a parameter that nobody reads is an error like a wrong value.

    Subclasses give `subject`, `known_parameters()`, and `read(request)`, what is wrong by field.
    """

    subject = "this question"
    content_negotiation_class = OneForm
    renderer_classes = [JSONRenderer, CsvRenderer]
    http_method_names = ("get", "head", "options")

    def initial(self, request, *args, **kwargs):
        """Read the question, when it is known who asks."""
        super().initial(request, *args, **kwargs)
        if request.method == "OPTIONS":
            return
        known = self.known_parameters()
        words = f"no parameter of {self.subject}; there are {', '.join(sorted(known))}"
        errors = {name: words for name in sorted(set(request.query_params) - known)}
        errors |= self.read(request)
        if errors:
            raise ValidationError(errors)


class Keyset(BasePagination):
    """Pages that begin after a row, newest first; their cursors stay valid while rows come."""

    page_size, most = 100, 1000
    parameters = {
        "cursor": "Place in the list, as `next` or `previous` of another page give it.",
        "page_size": f"Records of a page, 1 to {most}.",
    }

    def paginate_queryset(self, queryset, request, view=None):
        """Rows of the page that was asked for."""
        size, cursor = self._size(request), self._cursor(request)
        self.address, self.chosen = request.build_absolute_uri(), view and view.chosen
        counted = queryset.order_by()[: MOST_COUNTED + 1].count()
        self.count, self.capped = min(counted, MOST_COUNTED), counted > MOST_COUNTED
        rows = self.rows(queryset, cursor)[: size + 1]
        more, back = len(rows) > size, bool(cursor and cursor.back)
        rows = list(rows[:size])
        if back:
            rows.reverse()
        self.next = Cursor(rows[-1].start, rows[-1].pk) if rows and (more or back) else None
        first = Cursor(rows[0].start, rows[0].pk, back=True) if rows else None
        self.previous = first if (more if back else cursor) else None
        return rows

    def rows(self, queryset, cursor=None):
        """A list from a place on, in the order of its reading.

        The bound of the start alone is implied by the rest, but lets both databases go to the
        place in the index instead of reading everything before it.
        """
        if cursor is None:
            return queryset.order_by("-start", "-pk")
        start, key = cursor.start, cursor.id
        if cursor.back:
            beyond = Q(start__gt=start) | Q(pk__gt=key)
            return queryset.filter(beyond, start__gte=start).order_by("start", "pk")
        beyond = Q(start__lt=start) | Q(pk__lt=key)
        return queryset.filter(beyond, start__lte=start).order_by("-start", "-pk")

    def everything(self, queryset):
        """Each row of a list once, read piece by piece in questions of their own."""
        cursor = None
        while rows := list(self.rows(queryset, cursor)[:AT_ONCE]):
            yield from rows
            if len(rows) < AT_ONCE:
                return
            cursor = Cursor(rows[-1].start, rows[-1].pk)

    def get_paginated_response(self, data):
        """The page with its neighbours, also as a header `Link`."""
        links = {"next": self._address(self.next), "previous": self._address(self.previous)}
        searched = searched_since(self.chosen)
        body = {"count": self.count, "count_is_capped": self.capped, "searched_since_utc": searched}
        body |= {**links, "results": data}
        written = [f'<{href}>; rel="{name}"' for name, href in links.items() if href]
        return Response(body, headers={"Link": ", ".join(written)} if written else {})

    def get_paginated_response_schema(self, schema):
        """What a page is made of."""
        cursor = Cursor(datetime(2020, 5, 6, tzinfo=UTC), 12).text()
        place = f"https://stix.example.org/api/v1/data/products/?cursor={cursor}"
        link = {"type": "string", "format": "uri", "nullable": True, "example": place}
        count = {"type": "integer", "minimum": 0, "maximum": MOST_COUNTED, "example": 17}
        return {
            "type": "object",
            "required": [
                *("count", "count_is_capped", "searched_since_utc"),
                *("next", "previous", "results"),
            ],
            "properties": {
                "count": count
                | {"description": f"Records of the list, counted to {MOST_COUNTED}."},
                "count_is_capped": {
                    "type": "boolean",
                    "example": False,
                    "description": "Whether there are more than `count`.",
                },
                "searched_since_utc": {
                    **{"type": "string", "format": "date-time", "nullable": True},
                    **{"example": None, "description": SEARCHED_SINCE},
                },
                "next": link | {"description": "Address of the next, older page."},
                "previous": link | {"description": "Address of the newer page before."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view):
        """The parameters that choose a page."""
        kinds = {
            "cursor": {"type": "string"},
            "page_size": {
                "type": "integer", "minimum": 1, "maximum": self.most, "default": self.page_size
            },
        }  # fmt: skip
        return [
            {"name": name, "in": "query", "required": False, "description": text,
             "schema": kinds[name]}
            for name, text in self.parameters.items()
        ]  # fmt: skip

    def _size(self, request):
        text = request.query_params.get("page_size", str(self.page_size))
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= self.most):
            wrong = f"page_size {text[:40]!r} is no number from 1 to {self.most}"
            raise ValidationError({"page_size": wrong})
        return int(text)

    def _cursor(self, request):
        text = request.query_params.get("cursor")
        if text is None:
            return None
        try:
            return Cursor.read(text)
        except CursorError as error:
            wrong = f"cursor {text[:40]!r} was {error}; take it from next or previous, or leave it"
            raise ValidationError({"cursor": wrong}) from error

    def _address(self, cursor):
        return cursor and replace_query_param(self.address, "cursor", cursor.text())


class UtcField(serializers.DateTimeField):
    """An instant as ISO 8601 with Z, milliseconds only where there are any."""

    def to_representation(self, value):
        """Write it."""
        return iso(value)


class Filters(DjangoFilterBackend):
    """The filters of a list; the view keeps them, for what they have to say of the answer."""

    def get_filterset(self, request, queryset, view):
        """Build the FilterSet."""
        view.chosen = super().get_filterset(request, queryset, view)
        return view.chosen


class VisibleViewSet(viewsets.ReadOnlyModelViewSet):
    """Records of a model, read only, as far as the viewer may see them."""

    model = None
    pagination_class = Keyset
    filterset_class = None
    renderer_classes = [JSONRenderer, CsvRenderer, VotableRenderer]
    filter_backends = [Filters]
    changed = chosen = None
    units = {}
    """Unit of each field that has one, as the VOUnits standard writes it."""

    def get_queryset(self):
        """Rows this user may see."""
        return self.model.objects.visible_to(self.request.user)

    def initial(self, request, *args, **kwargs):
        """Refuse a parameter that nobody reads: a mistyped filter must not list everything."""
        super().initial(request, *args, **kwargs)
        known = {"format"}
        if not self.detail:
            known |= {*self.filterset_class.base_filters, *self.pagination_class.parameters}
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            words = ", ".join(sorted(known))
            what = "no parameter of a record" if self.detail else "no filter of this list"
            raise ValidationError({name: f"{what}; there are {words}" for name in unknown})

    def get_object(self):
        """The record; when it last changed goes into the headers."""
        record = super().get_object()
        self.changed = record.updated_at
        return record

    def filter_queryset(self, queryset):
        """A record has its address whatever its version; only the list is filtered."""
        return queryset if self.detail else super().filter_queryset(queryset)

    def get_renderers(self):
        """A single record comes as JSON."""
        return super().get_renderers()[: 1 if self.detail else None]

    def list(self, request, *args, **kwargs):
        """A page as JSON, or the whole filtered list as a file."""
        renderer = request.accepted_renderer
        if not hasattr(renderer, "rows"):
            return super().list(request, *args, **kwargs)
        paging = set(request.query_params) & set(self.pagination_class.parameters)
        if paging:
            wrong = f"{renderer.format} holds the whole list; leave this out"
            raise ValidationError(dict.fromkeys(sorted(paging), wrong))
        rows = self.filter_queryset(self.get_queryset())
        self.request_id = requestid.current()  # the list outlives the request
        body = () if request.method == "HEAD" else self.lines(renderer, rows)
        name = f"stix_{self.basename}s.{renderer.format.replace('votable', 'vot')}"
        searched = searched_since(self.chosen)
        return StreamingHttpResponse(
            body,
            content_type=f"{renderer.media_type}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'}
            | ({"X-Searched-Since": searched} if searched else {}),
        )

    def lines(self, renderer, queryset):
        """The list as a file, piece by piece; what the team takes of hidden rows is noted."""
        hidden, size = 0, 0
        serializer = self.get_serializer()

        def records():
            nonlocal hidden
            for row in self.paginator.everything(queryset):
                hidden += row.access != "public"
                yield serializer.to_representation(row)

        about = {"name": self.basename, "text": self.get_view_description()}
        more = about if renderer.format == "votable" else {}
        try:
            for piece in renderer.rows(self.headings(), records(), **more):
                size += len(piece)
                yield piece
        finally:
            if hidden:
                self.exported(renderer.format, hidden, size)

    def exported(self, form, number, size):
        """Note that so many records that are not public left as a file."""

    def headings(self):
        """The fields of a record as columns."""
        kinds = {
            serializers.IntegerField: "integer",
            serializers.FloatField: "number",
            serializers.BooleanField: "boolean",
        }
        return [
            Heading(
                name,
                next((kind for of, kind in kinds.items() if isinstance(field, of)), "string"),
                self.units.get(name, ""),
                str(field.help_text or ""),
            )
            for name, field in self.get_serializer().fields.items()
        ]

    def finalize_response(self, request, response, *args, **kwargs):
        """Give the answer its ETag, and answer 304 where the client has it already."""
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Accept", "Authorization", "Cookie"])
        response.headers["Cache-Control"] = "private, no-cache"
        if response.status_code != 200 or response.streaming or request.method == "OPTIONS":
            return response
        changed = self.changed and int(self.changed.timestamp())
        etag = f'"{hashlib.sha256(response.render().content).hexdigest()[:32]}"'
        fresh = get_conditional_response(request._request, etag, changed, response)
        if fresh.status_code == 412:
            detail = "If-Match names another state of the record than the present one."
            fresh = problem_response(412, "Precondition Failed", detail)
        for name in ("Vary", "Cache-Control", "Allow"):
            fresh.headers[name] = response.headers[name]
        fresh.headers["ETag"] = etag
        if changed:
            fresh.headers["Last-Modified"] = http_date(changed)
        return fresh
