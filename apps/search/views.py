"""The page of the search box: straight to the one record that is meant, else all answers."""

from django.shortcuts import redirect, render
from django.views import View

from apps.core import registry
from apps.core.managers import is_team
from apps.search.forms import SearchForm
from apps.search.phrases import read


class Search(View):
    """Ask every app that answers, and go to a single exact hit at once."""

    options_form = SearchForm

    def get(self, request):
        """Show the answers, or what can be searched."""
        form = self.options_form(request.GET)
        entries = registry.search.open_to(is_team(request.user))
        context = {
            "title": "Search",
            "form": form,
            "typed": request.GET.get("q", ""),
            "knows": [
                pair for entry in entries for pair in entry.options.get("examples", {}).items()
            ],
        }
        if not form.is_valid():
            return render(request, "search/search.html", context, status=400)
        phrase = read(form.cleaned_data["q"])
        if not phrase.text:
            return render(request, "search/search.html", context)
        hits = [hit for entry in entries for hit in entry.provide(phrase.text, request.user)]
        exact = {hit.address for hit in hits if hit.exact and (len(hits) == 1 or not hit.word)}
        if len(exact) == 1:
            return redirect(exact.pop())
        context |= {"phrase": phrase, "number": len(hits), "groups": grouped(hits)}
        return render(request, "search/search.html", context)


def grouped(hits):
    """Hits by their kind, exact ones first: list of (kind, hits)."""
    groups = {}
    for hit in sorted(hits, key=lambda hit: not hit.exact):
        groups.setdefault(hit.kind, []).append(hit)
    return list(groups.items())
