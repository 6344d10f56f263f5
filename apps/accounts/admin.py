"""Accounts in the admin: users and their roles, tokens, and the list of exports."""

from functools import partial

from axes.utils import reset
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import admin as auth
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from apps.accounts.forms import AccountForm, invite
from apps.accounts.managers import may_manage
from apps.accounts.models import Export, Token
from apps.accounts.roles import ROLES
from apps.core.admin import RecordAdmin
from apps.core.templatetags.portal import size

User = get_user_model()
admin.site.unregister(User)


@admin.register(User)
class UserAdmin(auth.UserAdmin):
    """People with an account. They are invited by mail; nobody sets another's password."""

    form = add_form = AccountForm
    add_form_template = None
    list_display = ("username", "full_name", "email", "roles", "state", "last_login")
    list_filter = ("is_active", "groups", "is_superuser")
    list_per_page = 50
    show_full_result_count = False
    actions = ("invite_again", "deactivate", "activate", "end_wait")
    person = ("username", "first_name", "last_name", "email")
    times = ("last_login", "date_joined")

    def get_urls(self):
        """Leave out the page that sets another's password."""
        return admin.ModelAdmin.get_urls(self)

    def get_queryset(self, request):
        """Users with their groups at once."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request, account=None):
        """The person and the roles; only an admin sees and makes admins."""
        role = ("groups", "is_superuser") if request.user.is_superuser else ("groups",)
        if account is None:
            return [(None, {"fields": self.person}), ("Role", {"fields": role})]
        return [
            (None, {"fields": (*self.person, "is_active")}),
            ("Role", {"fields": role}),
            ("Times (UTC, Earth)", {"fields": self.times}),
        ]

    def get_readonly_fields(self, request, account=None):
        """Times are read only, and so is one's own role: it is for others to change."""
        own = ("is_active", "groups", "is_superuser") if account == request.user else ()
        return (*self.times, *own)

    def formfield_for_manytomany(self, field, request, **options):
        """A box for each group; a curator gives no groups but the three roles."""
        if field.name == "groups":
            options["widget"] = forms.CheckboxSelectMultiple
            every = Group.objects.order_by("name")
            own = every if request.user.is_superuser else every.filter(name__in=ROLES)
            options["queryset"] = own
        return super(auth.UserAdmin, self).formfield_for_manytomany(field, request, **options)

    def has_change_permission(self, request, account=None):
        """An account with more rights than a curator is for admins."""
        may = super().has_change_permission(request, account)
        return may and (account is None or may_manage(request.user, account))

    def has_delete_permission(self, request, account=None):
        """As with changes; nobody deletes the account in use."""
        may = super().has_delete_permission(request, account)
        return may and account != request.user

    def save_model(self, request, account, form, change):
        """Keep it; a new one has no password until its owner sets one."""
        if not change:
            account.set_unusable_password()
        super().save_model(request, account, form, change)

    def save_related(self, request, form, formsets, change):
        """Open the admin to whoever has a role, and invite whoever is new."""
        super().save_related(request, form, formsets, change)
        account = form.instance
        account.is_staff = account.is_superuser or account.groups.exists()
        account.save(update_fields=["is_staff"])
        if not change:
            transaction.on_commit(partial(self.send_invitation, request, account))

    def send_invitation(self, request, account):
        """Send the mail, and say whether it went."""
        try:
            invite(account, request.user, request)
        except OSError as error:
            text = f"No mail to {account.email}: {error}. Mend it, then send the invitation again."
            self.message_user(request, text, messages.ERROR)
        else:
            text = f"An invitation is on its way to {account.email}; it is valid for seven days."
            self.message_user(request, text, messages.SUCCESS)

    @admin.display(description="name")
    def full_name(self, account):
        """First and last name."""
        return account.get_full_name() or "–"

    @admin.display(description="role")
    def roles(self, account):
        """Its groups, and whether it is an admin."""
        names = sorted(group.name for group in account.groups.all())
        return ", ".join((["admin"] if account.is_superuser else []) + names) or "visitor"

    @admin.display(description="state")
    def state(self, account):
        """Whether it can sign in."""
        if not account.is_active:
            return "deactivated"
        return "active" if account.has_usable_password() else "invited, no password yet"

    def manageable(self, request, accounts):
        """Those of a selection that this curator may change, never the own account."""
        others = [account for account in accounts if account != request.user]
        chosen = [account for account in others if may_manage(request.user, account)]
        if left := len(accounts) - len(chosen):
            text = f"{left} left alone: your own account, or with more rights than yours."
            self.message_user(request, text, messages.WARNING)
        return chosen

    @admin.action(description="Send the invitation again", permissions=["change"])
    def invite_again(self, request, accounts):
        """A fresh link to those who are active; those with a password ask for a new one."""
        for account in self.manageable(request, accounts):
            if account.is_active and account.email and not account.has_usable_password():
                self.send_invitation(request, account)
                self.log_change(request, account, "Sent the invitation again.")
            else:
                text = f"{account.username} got no mail: it has a password, no address, or no leave"
                self.message_user(request, f"{text} to sign in.", messages.WARNING)

    @admin.action(description="Deactivate: no sign-in, tokens closed", permissions=["change"])
    def deactivate(self, request, accounts):
        """Close accounts; sessions and tokens end with it."""
        self.set_active(request, accounts, active=False)

    @admin.action(description="Activate", permissions=["change"])
    def activate(self, request, accounts):
        """Open accounts that were closed."""
        self.set_active(request, accounts, active=True)

    def set_active(self, request, accounts, *, active):
        """Open or close accounts, and keep who did it."""
        chosen = self.manageable(request, accounts)
        for account in chosen:
            account.is_active = active
            account.save(update_fields=["is_active"])
            self.log_change(request, account, "Activated." if active else "Deactivated.")
        done = "activated" if active else "deactivated"
        self.message_user(request, f"{len(chosen)} {done}.", messages.SUCCESS)

    @admin.action(description="End the wait after failed sign-ins", permissions=["change"])
    def end_wait(self, request, accounts):
        """Forget failed attempts with these names."""
        ended = sum(bool(reset(username=account.username)) for account in accounts)
        self.message_user(request, f"{ended} had failed attempts; they may try again now.")


@admin.register(Token)
class TokenAdmin(RecordAdmin):
    """API tokens of all users: an admin may revoke one, nobody sees its secret."""

    fields = ("name", "user", "ending", "created", "expiry")
    list_display = ("name", "user", "ending", "created", "expiry")
    list_select_related = ("user",)
    search_fields = ("name", "user__username")


@admin.register(Export)
class ExportAdmin(RecordAdmin):
    """What members of the team took; nobody changes or removes it."""

    list_display = ("at", "user", "what", "number", "volume", "request_id")
    list_filter = ("at",)
    list_select_related = ("user",)
    search_fields = ("user__username", "what", "request_id")

    @admin.display(description="size", ordering="size")
    def volume(self, export):
        """With its unit."""
        return size(export.size)

    def has_delete_permission(self, request, export=None):
        """An audit that can be emptied is none."""
        return False
