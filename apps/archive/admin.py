"""Archive in the admin: decisions about products, ingests, the quarantine, the series store."""

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from apps.archive import storage
from apps.archive.effect import access_effect, access_title, depending, named, standing_effect
from apps.archive.filters import (
    SOON,
    VERSION,
    LevelFilter,
    ReviewFilter,
    TypeFilter,
    beginning,
    ending_soon,
)
from apps.archive.forms import AccessForm, ProductForm
from apps.archive.ingest import REFUSED, TAKEN_IN, ingest_again
from apps.archive.models import DataProduct, IngestRun, Quarantined, Series, SeriesBlock
from apps.archive.tasks import ingest_refused
from apps.core.admin import (
    SHOWN,
    DecidingAdmin,
    ReasonedAdmin,
    RecordAdmin,
    TimeRangeFilter,
)
from apps.core.curation import Decision
from apps.core.forms import DecisionForm
from apps.core.models import Curation
from apps.core.policy import Access
from apps.core.tables import MOST
from apps.core.tasks import AT_ONCE, submit


@admin.register(DataProduct)
class DataProductAdmin(DecidingAdmin, ReasonedAdmin, RecordAdmin):
    """Files of the archive: who sees them, and which version stands."""

    form = ProductForm
    exclude = ("raw_files",)  # links that ingest makes; the public page shows them
    editable = ("access", "release_at")
    list_display = (
        *("name", "product_type", "level", "version_label", "start"),
        *("who", "standing", "origin", "site"),
    )
    list_filter = (
        *(("start", TimeRangeFilter), ReviewFilter, "access", "superseded", "withdrawn"),
        *(LevelFilter, TypeFilter),
    )
    sortable_by = ("start",)
    search_fields = ("stem",)
    search_help_text = (
        "Beginning of a file name, a whole request id (UID) or a whole SHA-256: each is looked up "
        "in an index, so it is quick among millions of files. Parts of names: the public list."
    )
    actions = ("change_access", "withdraw", "restore", "read_again")

    def get_queryset(self, request):
        """Rows without their headers; one record loads its own."""
        return super().get_queryset(request).defer("header", "report")

    def get_search_results(self, request, queryset, search_term):
        """Rows whose name begins so, or whose id or checksum is just that."""
        text = search_term.strip()
        if not text:
            return queryset, False
        if text.isascii() and text.isdigit() and len(text) < 19:
            return queryset.filter(uid=int(text)), False
        if len(text) == 64:
            return queryset.filter(sha256=text.lower()), False
        if version := VERSION.search(text):
            return queryset.filter(stem=text[: version.start()], name__startswith=text), False
        return queryset.filter(beginning("stem", text)), False

    def get_readonly_fields(self, request, product=None):
        """Computed facts, and what was decided about the file."""
        return [*super().get_readonly_fields(request, product), "decisions"]

    @admin.display(description="version", ordering="version")
    def version_label(self, product):
        """`V02U` and so on."""
        return product.version_label

    @admin.display(description="access")
    def who(self, product):
        """The level, with the end of an embargo."""
        until = f" until {product.release_at:%Y-%m-%d %H:%M}" if product.release_at else ""
        return f"{product.get_access_display()}{until}"

    @admin.display(description="stands")
    def standing(self, product):
        """Whether it is the version people get, and why not."""
        if product.withdrawn:
            return "withdrawn"
        return "superseded" if product.superseded else "stands"

    @admin.display(description="origin")
    def origin(self, product):
        """A word: ticks and crosses would tell good from bad."""
        return "simulated" if product.simulated else "measured"

    @admin.display(description="on site")
    def site(self, product):
        """The public page."""
        words = '<a href="{}" aria-label="View {} on site">View</a>'
        return format_html(words, product.get_absolute_url(), product.name)

    @admin.display(description="decisions")
    def decisions(self, product):
        """The history of access and version, with reasons."""
        made = Curation.objects.of(product)[:AT_ONCE]
        lines = (
            (
                reverse("admin:core_curation_change", args=[one.pk]),
                f"{one.made_at:%Y-%m-%d %H:%M}",
                one.title,
                one.made_by or "",
                one.reason,
                f", undone {one.undone_at:%Y-%m-%d %H:%M}" if one.undone_at else "",
            )
            for one in made
        )
        words = '<p><a href="{0}">{1} UTC</a>: {2}, by {3}{5}. Reason: {4}</p>'
        return format_html_join("", words, lines) or "none yet"

    def history_view(self, request, object_id, extra_context=None):
        """The decisions: nothing else of a file ever changes."""
        product = self.get_object(request, object_id)
        made = {"decisions": self.decisions(product)} if product else {}
        return super().history_view(request, object_id, made | (extra_context or {}))

    def waiting(self):
        """Embargoes that end soon."""
        number = ending_soon(DataProduct.objects.all()).count()
        address = reverse("admin:archive_dataproduct_changelist") + "?review=embargo"
        return [(f"embargoes that end within {SOON.days} days", number, address)]

    def has_delete_permission(self, request, product=None):
        """The archive forgets nothing: a file is hidden or superseded."""
        return False

    def save_model(self, request, product, form, change):
        """Keep the access as a decision, in the store as well."""
        answers = form.cleaned_data
        values = {"access": answers["access"], "release_at": answers["release_at"]}
        title = access_title(1, **values)
        self.curate(
            request, [product], values, kind="access", title=title, reason=answers["reason"]
        )

    @admin.action(description="Change access …", permissions=["change"])
    def change_access(self, request, chosen):
        """Make files public, embargo them, or leave them to the team."""
        decision = Decision(
            "change_access", "Change access", AccessForm, self.effect_of_access, self.carry_access
        )
        return self.decide(request, chosen, decision)

    def effect_of_access(self, files):
        """Each level with how many files a visitor would see, then what else depends on them."""
        now = timezone.now()
        effects = [(level, access_effect(files, level, now)) for level in Access]
        return {
            "heads": ("Decision", "files that change", "seen by visitors before", "after"),
            "choices": [
                (level.capitalize(), effect["changed"], effect["before"], effect["after"])
                for level, effect in effects
            ],
            "facts": [*depending(files), *self.other_versions(files)],
        }

    def other_versions(self, files):
        """How many other versions of the same products keep their access."""
        stems, own = {file.stem for file in files}, {file.pk for file in files}
        others = DataProduct.objects.filter(stem__in=stems).exclude(pk__in=own).count()
        return [("Other versions of these products (their access stays)", others)]

    def carry_access(self, request, answers, files):
        """Keep who may see the files."""
        values = {"access": answers["access"], "release_at": answers["release_at"]}
        title = access_title(len(files), **values)
        self.curate(request, files, values, kind="access", title=title, reason=answers["reason"])

    @admin.action(description="Withdraw (supersede) …", permissions=["change"])
    def withdraw(self, request, chosen):
        """Let another version stand, for instance because a file is corrupted."""
        return self.settle(request, chosen, "withdraw", "Withdraw files", withdrawn=True)

    @admin.action(description="Restore withdrawn …", permissions=["change"])
    def restore(self, request, chosen):
        """Let the files stand again if no better version does."""
        return self.settle(request, chosen, "restore", "Restore files", withdrawn=False)

    def settle(self, request, chosen, action, title, *, withdrawn):
        """Decide whether versions count."""

        def effect(files):
            stems = {file.stem for file in files}
            versions = self.get_queryset(request).filter(stem__in=stems)
            found = standing_effect({file.pk for file in files}, versions, withdrawn)
            return {
                "facts": [
                    ("Products that get another standing version", found["another"]),
                    ("Products left without a standing version", found["none"]),
                    ("Products whose standing version stays", found["same"]),
                    *depending(files),
                ]
            }

        def carry_out(request, answers, files):
            words = "withdrawn" if withdrawn else "restored"
            self.curate(
                request,
                files,
                {"withdrawn": withdrawn},
                kind="version",
                title=f"{named(files)} {words}",
                reason=answers["reason"],
            )

        return self.decide(
            request, chosen, Decision(action, title, DecisionForm, effect, carry_out)
        )

    @admin.action(description="Read again (re-ingest) …", permissions=["change"])
    def read_again(self, request, chosen):
        """Read headers and samples of archived files anew, after the portal learned to."""
        decision = Decision(
            "read_again",
            "Read files again",
            DecisionForm,
            self.effect_of_reading,
            self.carry_reading,
        )
        return self.decide(request, chosen, decision)

    def effect_of_reading(self, files):
        """What is made anew; nothing is lost where a file cannot be read."""
        return {"facts": [*depending(files), ("Bytes to read", sum(file.size for file in files))]}

    def carry_reading(self, request, answers, files):
        """Read them now, or as a job where they are many."""
        facts = {"kind": "re-ingest", "reason": answers["reason"], "made_by": request.user}
        facts |= {"title": f"{named(files)} read again", "made_at": timezone.now()}
        if len(files) > AT_ONCE:
            ids = [file.pk for file in files]
            with transaction.atomic():
                job = submit("re-ingest", "apps.archive.tasks.read_again", ids)
                Curation.objects.create(job=job, **facts)
            self.message_user(request, f"Job {job.pk} reads {len(files)} files again.")
            return
        Curation.objects.create(**facts)
        outcomes = [ingest_again(file) for file in files]
        refused = [outcome.reason for outcome in outcomes if outcome.status == REFUSED]
        self.message_user(request, f"{len(outcomes) - len(refused)} of {len(files)} files read.")
        for reason in refused[:SHOWN]:
            self.message_user(request, reason, messages.ERROR)


@admin.register(IngestRun)
class IngestRunAdmin(RecordAdmin):
    """What each ingest did."""

    list_display = ("name", "outcome", "reason", "started_at", "took")
    list_filter = (("started_at", TimeRangeFilter), "outcome")
    search_fields = ("name",)
    search_help_text = "Beginning of a file name, looked up in an index."
    sortable_by = ("started_at",)

    def get_search_results(self, request, queryset, search_term):
        """Rows whose name begins so."""
        text = search_term.strip()
        return (queryset.filter(beginning("name", text)) if text else queryset), False

    def view_on_site(self, run):
        """The page of the product it made."""
        return run.product.get_absolute_url() if run.product else None

    @admin.display(description="seconds", ordering="seconds")
    def took(self, run):
        """Hundredths are enough."""
        return f"{run.seconds:.2f}"


@admin.register(Quarantined)
class QuarantinedAdmin(DecidingAdmin, RecordAdmin):
    """Refused files, each with the reason, until a curator decides."""

    list_display = ("name", "reason", "size", "refused_at")
    list_filter = (("refused_at", TimeRangeFilter),)
    search_fields = ("name", "reason", "sha256")
    search_help_text = "Part of a name, reason or SHA-256; the quarantine is small."
    sortable_by = ("refused_at",)
    actions = ("try_again",)

    def get_readonly_fields(self, request, refused=None):
        """What is known, and what the file says of itself."""
        return [*super().get_readonly_fields(request, refused), "cards"]

    def waiting(self):
        """Everything in the quarantine."""
        number = Quarantined.objects.all()[: MOST + 1].count()
        return [("refused files", number, reverse("admin:archive_quarantined_changelist"))]

    @admin.display(description="its first header")
    def cards(self, refused):
        """The primary header as it stands in the file, readable or not."""
        return format_html("<pre>{}</pre>", storage.first_cards(refused) or "no FITS header")

    def has_try_again_permission(self, request):
        """Those who may change what was refused."""
        return request.user.has_perm("archive.change_quarantined")

    @admin.action(description="Release: ingest again …", permissions=["try_again"])
    def try_again(self, request, chosen):
        """Ingest refused files again, after the portal or its settings changed."""

        def effect(files):
            reasons = [(file.name, file.reason) for file in files[:SHOWN]]
            return {"facts": reasons}

        decision = Decision("try_again", "Ingest again", DecisionForm, effect, self.carry_again)
        return self.decide(request, chosen, decision)

    def carry_again(self, request, answers, files):
        """Try each file; those that are refused again say why now."""
        if len(files) > AT_ONCE:
            words = f"At most {AT_ONCE} refused files are tried at once; choose fewer."
            self.message_user(request, words, messages.ERROR)
            return
        outcomes = [ingest_refused(file) for file in files]
        taken = sum(outcome.status == TAKEN_IN for outcome in outcomes)
        Curation.objects.create(
            kind="quarantine",
            title=f"{named(files)} ingested again, {taken} taken in",
            reason=answers["reason"],
            made_by=request.user,
            made_at=timezone.now(),
        )
        self.message_user(request, f"{taken} of {len(files)} files were taken in.")

    def delete_model(self, request, refused):
        """Remove the file with its row."""
        super().delete_model(request, refused)
        storage.discard_quarantined(refused.path)

    def delete_queryset(self, request, refused):
        """Remove the files with their rows."""
        for record in refused:
            self.delete_model(request, record)


@admin.register(Series)
class SeriesAdmin(RecordAdmin):
    """The time series: what is stored of each."""

    list_display = ("key", "cadence_ms", "days", "generation")
    ordering = ("key",)

    def get_queryset(self, request):
        """Series with the number of their stored days, which an index counts."""
        native = SeriesBlock.objects.filter(series=OuterRef("pk"), level=0).order_by()
        number = native.values("series").annotate(number=Count("pk")).values("number")
        return super().get_queryset(request).annotate(stored=Subquery(number))

    @admin.display(description="stored UTC days")
    def days(self, series):
        """Days with native samples."""
        return series.stored or 0

    def has_delete_permission(self, request, series=None):
        """Made of the archive's files; `rebuild_series` makes it anew."""
        return False
