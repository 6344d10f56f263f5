"""The curators' desk: what its lists, forms and actions have in common, jobs, decisions."""

from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from simple_history.admin import SimpleHistoryAdmin

from apps.core.curation import DecisionRefused, stored_as
from apps.core.filters import InstantsForm, is_key
from apps.core.forms import ReasonForm
from apps.core.models import Curation, Job
from apps.core.tables import MOST, CappedCount
from apps.core.tasks import AT_ONCE, submit

SHOWN = 50
"""Records of a decision that its page names."""


class TimeRangeFilter(admin.FieldListFilter):
    """Rows whose time lies in a range of UTC as people type it; the index of the column answers."""

    template = "admin/time_range.html"

    def __init__(self, field, request, params, model, model_admin, field_path):
        super().__init__(field, request, params, model, model_admin, field_path)
        given = {name: values[-1] for name, values in self.used_parameters.items()}
        self.form = InstantsForm(given)

    def expected_parameters(self):
        """The same names as on every page."""
        return ["start", "stop"]

    def queryset(self, request, queryset):
        """Rows from start on, before stop; none where one of them cannot be read."""
        if not self.form.is_valid():
            return queryset.none()
        borders = {"start": "gte", "stop": "lt"}
        found = {
            f"{self.field_path}__{borders[name]}": instant
            for name, instant in self.form.cleaned_data.items()
            if instant
        }
        return queryset.filter(**found)

    def choices(self, changelist):
        """No choices to click: a form, which keeps the other filters."""
        kept = changelist.get_filters_params().items()
        self.kept = [
            (name, value)
            for name, values in kept
            for value in values
            if name not in self.expected_parameters()
        ]
        if changelist.query:
            self.kept.append(("q", changelist.query))
        return []

    def has_output(self):
        """Always."""
        return True


class ReasonedAdmin(admin.ModelAdmin):
    """A change form whose last field is the reason; a new record needs none."""

    form = ReasonForm

    def get_fields(self, request, record=None):
        """The fields of the record alone."""
        return [name for name in super().get_fields(request, record) if name != "reason"]

    def get_fieldsets(self, request, record=None):
        """The record's own fields, then the reason where something can be changed."""
        fieldsets = list(super().get_fieldsets(request, record))
        asks = record is not None and self.has_change_permission(request, record)
        if asks and "reason" not in flatten_fieldsets(fieldsets):
            fieldsets.append((None, {"fields": ["reason"]}))
        return fieldsets

    def get_form(self, request, record=None, change=False, **options):
        """The form, without the reason where it is not shown."""
        form = super().get_form(request, record, change, **options)
        if "fields" not in options and "reason" not in flatten_fieldsets(
            self.get_fieldsets(request, record)
        ):
            form.base_fields.pop("reason", None)
        return form


class CuratedAdmin(ReasonedAdmin, SimpleHistoryAdmin):
    """Records that people write: each change is kept with its author and reason.

    For models that derive from `core.models.Curated`.
    """

    def save_model(self, request, record, form, change):
        """Keep the reason with the change."""
        record._change_reason = form.cleaned_data.get("reason", "")
        super().save_model(request, record, form, change)


class RecordAdmin(admin.ModelAdmin):
    """Records that programs made: people read them, and change only what is named `editable`."""

    editable = ()

    def get_readonly_fields(self, request, record=None):
        """Everything that is computed."""
        return [field.name for field in self.opts.fields if field.name not in self.editable]

    def has_add_permission(self, request):
        """Records come from files and tasks, not from forms."""
        return False

    def has_change_permission(self, request, record=None):
        """Without a field to change there is nothing to save."""
        return bool(self.editable) and super().has_change_permission(request, record)


class DecidingAdmin(admin.ModelAdmin):
    """Actions that ask for a reason, show their effect first, and can be taken back."""

    def decide(self, request, chosen, decision):
        """Show the page of a decision; act when it comes back complete."""
        if "decided" in request.POST:
            given = request.POST.get("chosen", "").split(",")
            ids = [int(text) for text in given if is_key(text)]
        else:
            ids = list(chosen.values_list("pk", flat=True)[: MOST + 1])
        if len(ids) > MOST:
            words = (
                f"More than {CappedCount(MOST)} rows are chosen; narrow the list by its filters."
            )
            return self.message_user(request, words, messages.ERROR)
        form = decision.form_class(request.POST if "decided" in request.POST else None)
        records = list(self.get_queryset(request).filter(pk__in=ids))
        if form.is_bound and form.is_valid():
            return decision.carry_out(request, form.cleaned_data, records)
        context = {
            **self.admin_site.each_context(request),
            **{"opts": self.opts, "title": decision.title, "decision": decision, "form": form},
            **{"records": records, "chosen": ",".join(str(record.pk) for record in records)},
            **decision.effect(records),
        }
        return render(request, "admin/decision.html", context)

    def curate(self, request, records, values, *, kind, title, reason):
        """Give records new values as one decision: at once, or as a job where they are many."""
        facts = {"kind": kind, "title": title, "reason": reason, "made_by": request.user}
        try:
            with transaction.atomic():
                curation = Curation.objects.create(made_at=timezone.now(), **facts)
                changed = self._carried_out(curation, [record.pk for record in records], values)
                if not changed:
                    curation.delete()
        except DecisionRefused as refusal:
            return self.message_user(request, str(refusal), messages.ERROR)
        if not changed:
            return self.message_user(request, f"{title}: it was so already.", messages.WARNING)
        return self.message_user(request, _told(curation))

    def _carried_out(self, curation, ids, values):
        """How many records are changed now, or by the job."""
        if len(ids) <= AT_ONCE:
            return Curation.objects.apply(curation, self.model.objects.filter(pk__in=ids), values)
        kept = {name: stored_as(value) for name, value in values.items()}
        about = {"curation": curation.pk, "model": self.opts.label_lower, "values": kept}
        curation.job = submit(curation.kind, "apps.core.tasks.curate", ids, **about)
        curation.save(update_fields=["job"])
        return len(ids)


def _told(curation):
    """What was done, with the way back, or to the job that does it."""
    if curation.job:
        address = reverse("admin:core_job_change", args=[curation.job.pk])
        return format_html('{}: <a href="{}">a job works on it</a>.', curation.title, address)
    address = reverse("admin:core_curation_undo", args=[curation.pk])
    return format_html('{}. <a href="{}">Undo</a> (for 24 hours)', curation.title, address)


@admin.register(Job)
class JobAdmin(RecordAdmin):
    """Long work: what waits, runs, failed; it can be cancelled."""

    editable = ("access", "release_at")
    list_display = ("kind", "state", "bar", "step", "failure", "created_at", "changed_at")
    list_filter = ("state", ("created_at", TimeRangeFilter))
    ordering = ("-pk",)
    sortable_by = ("created_at",)
    actions = ("cancel",)

    @admin.display(description="progress")
    def bar(self, job):
        """The finished part as a bar and a number."""
        percent = round(100 * job.progress)
        label = f"{job.kind} {job.pk}: {percent} % finished"
        words = '<progress max="100" value="{}" aria-label="{}"></progress> {} %'
        return format_html(words, percent, label, percent)

    @admin.display(description="error")
    def failure(self, job):
        """The beginning of what went wrong."""
        return job.error[:120]

    @admin.action(description="Cancel the chosen jobs", permissions=["change"])
    def cancel(self, request, chosen):
        """Ask the workers to stop; what waits is cancelled at once."""
        number = Job.objects.filter(pk__in=chosen.values("pk")).cancel()
        self.message_user(
            request, f"{number} jobs are cancelled, or will be after the portion they work on."
        )


@admin.register(Curation)
class CurationAdmin(RecordAdmin):
    """What curators decided, and the way back for 24 hours."""

    list_display = ("title", "kind", "reason", "number", "made_by", "made_at", "way_back")
    list_filter = (("made_at", TimeRangeFilter),)
    list_select_related = ("made_by", "undone_by", "job")
    sortable_by = ()

    def get_readonly_fields(self, request, curation=None):
        """The decision, what became of it, and what it changed."""
        return [*super().get_readonly_fields(request, curation), "way_back", "changed"]

    def has_delete_permission(self, request, curation=None):
        """What was decided stays on record."""
        return False

    @admin.display(description="undo")
    def way_back(self, curation):
        """The link that takes it back, or why there is none."""
        if curation.undone_at:
            return f"undone {curation.undone_at:%Y-%m-%d %H:%M:%S} by {curation.undone_by}"
        if not curation.undoable(timezone.now()):
            return "–"
        address = reverse("admin:core_curation_undo", args=[curation.pk])
        return format_html('<a href="{}" aria-label="Undo: {}">Undo</a>', address, curation.title)

    @admin.display(description="what it changed")
    def changed(self, curation):
        """The first records with their values before and after."""
        changes = curation.changes.all()[:SHOWN]
        return format_html_join("", "<p>{}: {}</p>", ((c.name, c.in_words()) for c in changes))

    def get_urls(self):
        """The page that takes a decision back."""
        undo = self.admin_site.admin_view(self.undo)
        return [path("<int:object_id>/undo/", undo, name="core_curation_undo"), *super().get_urls()]

    def undo(self, request, object_id):
        """Show what would be put back and what is left alone; do it when it is asked."""
        found = Curation.objects.select_related("job", "undone_by")
        curation = get_object_or_404(found, pk=object_id)
        changes = list(curation.changes.all())
        models = {change.model for change in changes}
        if not models or not all(map(partial(_may_change, request.user), models)):
            raise PermissionDenied
        now = timezone.now()
        if request.method == "POST":
            return self._undo(request, curation, changes, now)
        with transaction.atomic():
            standing = Curation.objects.standing(changes)
        context = {
            **self.admin_site.each_context(request),
            **{"opts": self.opts, "title": f"Undo: {curation.title}", "curation": curation},
            **{"back": [change for change, record in standing if record]},
            **{"left": [change for change, record in standing if not record]},
            **{"possible": curation.undoable(now), "shown": SHOWN},
        }
        return render(request, "admin/undo.html", context)

    def _undo(self, request, curation, changes, now):
        level = messages.SUCCESS
        try:
            with transaction.atomic():
                if not Curation.objects.begin_undo(curation, request.user, now):
                    words, level = "It can no longer be undone.", messages.ERROR
                elif len(changes) > AT_ONCE:
                    ids = [change.pk for change in changes]
                    job = submit("undo", "apps.core.tasks.undo", ids, curation=curation.pk)
                    words = f"Job {job.pk} undoes it."
                else:
                    back = Curation.objects.undo(changes)
                    left = len(changes) - back
                    alone = f", {left} left alone because changed since" if left else ""
                    words = f"Undone: {back} put back{alone}."
        except DecisionRefused as refusal:
            words, level = str(refusal), messages.ERROR
        self.message_user(request, words, level)
        return HttpResponseRedirect(reverse("admin:core_curation_change", args=[curation.pk]))


def _may_change(user, label):
    app, _, model = label.partition(".")
    return user.has_perm(f"{app}.change_{model}")
