"""Accounts in the admin: the list of exports."""

from django.contrib import admin

from apps.accounts.models import Export
from apps.core.admin import RecordAdmin


@admin.register(Export)
class ExportAdmin(RecordAdmin):
    """What members of the team took; nobody changes or removes it."""

    list_display = ("at", "user", "what", "number", "size", "request_id")
    list_filter = ("at",)
    list_select_related = ("user",)
    search_fields = ("user__username", "what", "request_id")

    def has_delete_permission(self, request, export=None):
        """An audit that can be emptied is none."""
        return False
