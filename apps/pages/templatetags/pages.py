"""Terms of the glossary in templates, and the way to a page's help."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from apps.pages.models import Article, Term
from apps.pages.rendering import explained

register = template.Library()


@register.simple_tag(takes_context=True)
def term(context, name, text=None):
    """A term with its explanation, as `{% term "RCR" %}`; the bare word where none is known.

    The glossary is asked for once a page.
    """
    request = context.get("request")
    if request is None:
        return text or name
    if not hasattr(request, "_glossary"):
        rows = Term.objects.visible_to(request.user).explained()
        request._glossary = {key: row for row in rows for key in row.names}
        request._explained = []
    found = request._glossary.get(name)
    if found is None:
        return text or name
    request._explained.append(found.slug)
    html = explained(found, text or name, request._explained.count(found.slug))
    return mark_safe(html)


@register.simple_tag(takes_context=True)
def help_link(context):
    """A link to the help of the page one is on, `/docs/help-<its name>/`; nothing without one."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    if match is None or not match.view_name:
        return ""
    slug = "help-" + match.view_name.replace(":", "-")
    if not Article.objects.visible_to(request.user).filter(slug=slug).exists():
        return ""
    return format_html('<a href="{}">Help</a>', reverse("pages:article", args=[slug]))
