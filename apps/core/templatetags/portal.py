"""What every template needs: icons, times, lengths, numbers, and addresses with changes."""

import math
from datetime import datetime

from django import template
from django.templatetags.static import static
from django.utils.html import format_html

from apps.core.timeaxis import iso

register = template.Library()


@register.simple_tag
def icon(name):
    """A symbol of the sprite; decoration, so the text beside it must say the same."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("portal/icons.svg"),
        name,
    )


@register.filter
def utc(instant, style="second"):
    """`<time>` of an instant, to the second (whole ISO text on hover), or to the `"day"`."""
    if not isinstance(instant, datetime):
        return "–"
    full = iso(instant)
    text = full[:10] if style == "day" else full[:19].replace("T", " ")
    return format_html('<time datetime="{}" title="{}">{}</time>', full, full, text)


@register.filter
def typed_utc(instant):
    """An instant as the time bar writes it: ISO 8601 without the zone, which stands beside."""
    return iso(instant).removesuffix("Z")


@register.filter
def duration(seconds):
    """A length of time in its two largest units, as `1 d 2 h`, `1 m 04 s` or `4 s`.

    Examples
    --------
    >>> duration(64), duration(93_600), duration(0.25)
    ('1 m 04 s', '1 d 2 h', '0.25 s')
    """
    if seconds is None:
        return "–"
    if abs(seconds) < 60:
        return f"{seconds:g} s"
    sign, whole = ("−" if seconds < 0 else ""), round(abs(seconds))
    for size, large, small, part in ((86_400, "d", "h", 3600), (3600, "h", "m", 60)):
        if whole >= size:
            rest = whole % size // part
            return f"{sign}{whole // size} {large}" + (f" {rest} {small}" if rest else "")
    return f"{sign}{whole // 60} m" + (f" {whole % 60:02d} s" if whole % 60 else "")


@register.filter
def number(value, digits=None):
    """A number with thin spaces between thousands; nothing is an en dash.

    Examples
    --------
    >>> number(12010), number(0.33125, 2), number(None)
    ('12\u202f010', '0.33', '–')
    >>> number(-0.004, 1)  # never minus zero
    '0.0'
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "–"
    pattern = f"z,.{digits}f" if digits is not None else ("," if isinstance(value, int) else ",g")
    return format(value, pattern).replace(",", "\u202f")


@register.filter
def size(count):
    """A number of bytes in kiB, or MiB from one on.

    Examples
    --------
    >>> size(900), size(2_500_000)
    ('0.9\u202fkiB', '2.4\u202fMiB')
    """
    unit, scale = ("MiB", 1 << 20) if count >= 1 << 20 else ("kiB", 1 << 10)
    value = count / scale
    return f"{number(value, 1 if value < 100 else 0)}\u202f{unit}"


@register.simple_tag(takes_context=True)
def query(context, **changes):
    """The present address's query with changes; a value of None takes a name out."""
    request = context.get("request")
    parameters = request.GET.copy() if request else None
    if parameters is None:
        return "?"
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = typed_utc(value) if isinstance(value, datetime) else str(value)
    return "?" + parameters.urlencode(safe=":")


@register.simple_tag(takes_context=True)
def range_query(context):
    """The range of the page as a query, for links to other pages about the same time."""
    span = context.get("span")
    return f"?start={typed_utc(span.start)}&stop={typed_utc(span.stop)}" if span else ""


@register.simple_tag(takes_context=True)
def drop(context, name):
    """The present address's query without one name, and from the first page."""
    return query(context, **{name: None, "page": None})
