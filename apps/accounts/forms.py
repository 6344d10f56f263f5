"""The forms of accounts, and the two letters that lead to a password."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from apps.accounts.models import Token

DAYS = 365
"""The longest life of a token."""

TOKENS = 20
"""How many valid tokens a user may have."""

LETTERS = ThreadPoolExecutor(max_workers=1, thread_name_prefix="letters")
"""Sends what a visitor asked for: the answer must not take longer where an address is known."""


def invite(account, by, request):
    """Send the mail in which a new account learns how to set its password.

    Parameters
    ----------
    account, by : User
        Who is invited, and the curator who invites.
    request : HttpRequest
        Gives the address of the portal.

    Raises
    ------
    OSError
        If the mail server does not take it.
    """
    link = reverse(
        "accounts:password-new",
        args=(
            urlsafe_base64_encode(force_bytes(account.pk)),
            default_token_generator.make_token(account),
        ),
    )
    context = {
        "account": account,
        "by": by,
        "link": request.build_absolute_uri(link),
        "portal": request.build_absolute_uri("/"),
        "ask": by.email or settings.CONTACT_EMAIL,
    }
    text = render_to_string("accounts/mail/invitation.txt", context)
    send_mail("Your account at the STIX Data Center", text, None, [account.email])


class NewPasswordForm(PasswordResetForm):
    """Ask for a mail with a link; who is invited and has no password yet may ask as well."""

    email = forms.EmailField(
        label="E-mail address of your account",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )

    def get_users(self, email):
        """Active accounts with this address."""
        return get_user_model().objects.filter(email__iexact=email, is_active=True)

    def send_mail(self, *arguments, **options):
        """Send it behind the answer; what goes wrong is logged."""
        LETTERS.submit(super().send_mail, *arguments, **options)


class AccountForm(forms.ModelForm):
    """An account as curators edit it; the mail address is the way to a password."""

    class Meta:
        model = get_user_model()
        fields = ("username", "first_name", "last_name", "email", "groups")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "email" in self.fields:
            self.fields["email"].required = True
            self.fields["email"].help_text = "The invitation and new passwords go there."
        if "groups" in self.fields:
            self.fields["groups"].help_text = "Without a group it is a visitor's account."

    def clean_username(self):
        """A name that differs from another only in capitals would deceive people."""
        return self._free("username", self.cleaned_data["username"])

    def clean_email(self):
        """One account for each address."""
        return self._free("email", self.cleaned_data["email"])

    def _free(self, field, value):
        others = get_user_model().objects.exclude(pk=self.instance.pk)
        if other := others.filter(**{f"{field}__iexact": value}).first():
            raise forms.ValidationError(f"The account {other.username} has it already.")
        return value


class TokenForm(forms.Form):
    """A new token: what it is for, and how long it lives."""

    name = forms.CharField(
        max_length=60, label="Name", help_text="What it is for, such as a script or a computer."
    )
    until = forms.DateField(
        label="Last day (UTC)",
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "A day is written as 2026-03-28: year, month, day."},
        help_text=f"As 2026-03-28; at most {DAYS} days from today.",
    )

    def __init__(self, data=None, *, user, now):
        self.user, self.now = user, now
        first = (now + timedelta(days=1)).date()
        last = (now + timedelta(days=DAYS)).date()
        super().__init__(data, initial={"until": (now + timedelta(days=90)).date().isoformat()})
        self.span = (first, last)

    def clean_name(self):
        """One name, one token: or one would revoke the wrong one."""
        name = self.cleaned_data["name"]
        if Token.objects.valid(self.user, self.now).filter(name__iexact=name).exists():
            raise forms.ValidationError(f"You have a token named {name} already; revoke it first.")
        return name

    def clean_until(self):
        """A day of the future, and not for ever."""
        until, (first, last) = self.cleaned_data["until"], self.span
        if not first <= until <= last:
            raise forms.ValidationError(f"{until} is not from {first} to {last}; choose a day.")
        return until

    def clean(self):
        """No more tokens than one can keep an eye on."""
        if Token.objects.valid(self.user, self.now).count() >= TOKENS:
            raise forms.ValidationError(f"You have {TOKENS} tokens; revoke one first.")
        return super().clean()

    def save(self):
        """Make it: the record and the secret. It lives to the end of its last day."""
        end = datetime.combine(self.cleaned_data["until"], time.max, UTC)
        return Token.objects.issue(self.user, self.cleaned_data["name"], end, self.now)
