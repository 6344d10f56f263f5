"""Terms of the glossary in templates, and the way to a page's help."""

from django import template
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from apps.core.managers import is_team
from apps.pages.models import Article, Term
from apps.pages.rendering import explained

register = template.Library()

KEPT_S = 60
"""How long the list of pages with a help is kept: every page asks for it."""


def helps(user):
    """Slugs of the help texts that a viewer may read."""
    found = Article.objects.visible_to(user).filter(slug__startswith="help-")
    return set(found.values_list("slug", flat=True))


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
    user = getattr(request, "user", AnonymousUser())
    if slug not in cache.get_or_set(f"help-{is_team(user)}", lambda: helps(user), KEPT_S):
        return ""
    return format_html('<a href="{}">Help</a>', reverse("pages:article", args=[slug]))
