"""Kernel sets in the admin: what is in them, adding new ones, and which one answers."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join

from apps.ancillary import ingest, storage
from apps.ancillary.effect import switch_effect
from apps.ancillary.forms import KernelUploadForm
from apps.ancillary.kernels import KernelError
from apps.ancillary.kernelset import KernelSetError
from apps.ancillary.managers import NoKernels
from apps.ancillary.models import KernelSet
from apps.core.admin import CuratedAdmin, DecidingAdmin
from apps.core.curation import Decision
from apps.core.forms import DecisionForm

SPANS = 12
"""Spans of attitude that the page of a set names."""


@admin.register(KernelSet)
class KernelSetAdmin(DecidingAdmin, CuratedAdmin):
    """The sets: files and coverage are facts, name and note are people's."""

    list_display = ("name", "answers", "orbit", "attitude_until", "files", "short_id", "added_at")
    search_fields = ("name", "set_id", "note")
    sortable_by = ("added_at",)
    actions = ("activate",)
    fields = (
        *("name", "note", "answers", "set_id", "orbit", "attitude", "files"),
        *("kernel_table", "missing_files", "added_at", "added_by"),
    )
    readonly_fields = fields[2:]

    def has_delete_permission(self, request, kernel_set=None):
        """What answers were computed with stays."""
        return False

    @admin.display(description="answers")
    def answers(self, kernel_set):
        """Whether the portal answers with it, and whether it is approximate."""
        words = "active" if kernel_set.active else "–"
        return f"{words}, APPROXIMATE" if kernel_set.approximate else words

    @admin.display(description="orbit (UTC)")
    def orbit(self, kernel_set):
        """First and last instant."""
        return f"{kernel_set.start:%Y-%m-%d %H:%M} to {kernel_set.stop:%Y-%m-%d %H:%M}"

    @admin.display(description="attitude (UTC)")
    def attitude(self, kernel_set):
        """Spans that attitude kernels cover."""
        spans = kernel_set.coverage.get("attitude", [])
        shown = "; ".join(" to ".join(map(_minute, span)) for span in spans[:SPANS])
        more = f"; and {len(spans) - SPANS} more" if len(spans) > SPANS else ""
        return shown + more or "none: the nominal attitude is shown, and said so"

    @admin.display(description="attitude until (UTC)")
    def attitude_until(self, kernel_set):
        """End of the last span."""
        spans = kernel_set.coverage.get("attitude", [])
        return _minute(spans[-1][1]) if spans else "no attitude"

    @admin.display(description="files")
    def files(self, kernel_set):
        """Their number and size."""
        return f"{len(kernel_set.kernels)}, {filesizeformat(kernel_set.size_bytes)}"

    @admin.display(description="set id")
    def short_id(self, kernel_set):
        """First digits of the checksum."""
        return kernel_set.set_id[:12]

    @admin.display(description="in the order of loading")
    def kernel_table(self, kernel_set):
        """Each file with kind, size and checksum."""
        rows = (
            (one["kind"], one["name"], filesizeformat(one["size_bytes"]), one["sha256"])
            for one in kernel_set.kernels
        )
        return format_html_join("", "<p>{} {}, {}<br><small>SHA-256 {}</small></p>", rows)

    @admin.display(description="listed by the metakernel, not given")
    def missing_files(self, kernel_set):
        """Their number and the first of them."""
        names = kernel_set.missing
        shown = ", ".join(names[:SPANS])
        return f"{len(names)}: {shown}{' …' if len(names) > SPANS else ''}" if names else "none"

    def get_urls(self):
        """The page that asks before it switches."""
        one = self.admin_site.admin_view(self.activate_one)
        name = "ancillary_kernelset_activate"
        return [path("<int:object_id>/activate/", one, name=name), *super().get_urls()]

    def add_view(self, request, form_url="", extra_context=None):
        """Choose files; they are checked before anything is kept."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = KernelUploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            answer = self._added(request, form)
            if answer:
                return answer
        context = {
            **self.admin_site.each_context(request),
            **{"opts": self.opts, "title": "Add kernels", "form": form},
        }
        return render(request, "admin/ancillary/upload.html", context)

    def _added(self, request, form):
        """Keep the set and show it; None where it was refused, with the reasons in the form."""
        facts = {name: form.cleaned_data[name] for name in ("name", "note")}
        try:
            outcome = ingest.add(form.uploads, user=request.user, **facts)
        except (KernelSetError, storage.KernelStorageError) as error:
            form.add_error("files", str(error).split("; "))
            return None
        words = f"{outcome.kernel_set} was {outcome.status}"
        if outcome.status == ingest.KNOWN:
            words += " before: the same files were there already"
        level = messages.SUCCESS if outcome.status == ingest.ADDED else messages.WARNING
        self.message_user(request, ". ".join([words, *outcome.remarks]) + ".", level)
        address = reverse("admin:ancillary_kernelset_change", args=[outcome.kernel_set.pk])
        return HttpResponseRedirect(address)

    @admin.action(description="Answer with the chosen set", permissions=["change"])
    def activate(self, request, chosen):
        """Ask, with what changes for readers, and switch."""
        if chosen.count() != 1 and "decided" not in request.POST:
            words = "One set answers: choose one."
            return self.message_user(request, words, messages.ERROR)
        return self.decide(request, chosen, self._decision())

    def activate_one(self, request, object_id):
        """The same from the page of a set."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        kernel_set = get_object_or_404(KernelSet, pk=object_id)
        answer = self.decide(request, KernelSet.objects.filter(pk=object_id), self._decision())
        if answer is not None:
            return answer
        address = reverse("admin:ancillary_kernelset_change", args=[kernel_set.pk])
        return HttpResponseRedirect(address)

    def _decision(self):
        title = "Answer with this kernel set"
        return Decision("activate", title, DecisionForm, effect, self._switch)

    def _switch(self, request, answers, records):
        try:
            made = ingest.activate(records[0], reason=answers["reason"], user=request.user)
        except KernelError as error:
            words = f"Not switched: {error}. Nothing changed."
            return self.message_user(request, words, messages.ERROR)
        if made is None:
            words = f"{records[0]} answers now."
            return self.message_user(request, words, messages.SUCCESS)
        undo = reverse("admin:core_curation_undo", args=[made.pk])
        words = '{} answers now, everywhere within a second. <a href="{}">Undo</a> (for 24 hours)'
        return self.message_user(request, format_html(words, records[0], undo))


def _minute(instant):
    """An instant of the coverage, to the minute."""
    return instant[:16].replace("T", " ")


def effect(records):
    """What changes for readers: names, coverage, and the largest differences of numbers."""
    if len(records) != 1:
        return {"facts": []}
    chosen = records[0]
    facts = [("Then", chosen.label), ("Then covered", " to ".join(chosen.coverage["orbit"][0]))]
    try:
        active = KernelSet.objects.geometry()
        facts.insert(0, ("Answering now", active.provenance.label))
        if faults := storage.faults(chosen):
            raise KernelError("; ".join(faults[:SPANS]))
        facts += switch_effect(active, KernelSet.objects.geometry_of(chosen))
    except NoKernels as error:
        facts.insert(0, ("Answering now", str(error)))
    except ValueError as error:
        facts.append(("Cannot be used", str(error)))
    return {"facts": facts}
