"""Signing in and out, passwords, one's own account and its tokens."""

from math import ceil

from axes.utils import reset
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.api import ResetsOfAddress, ResetsOfClient
from apps.accounts.forms import NewPasswordForm, TokenForm
from apps.accounts.managers import locked_until
from apps.accounts.models import Token
from apps.accounts.roles import in_words
from apps.accounts.tables import ExportTable, TokenTable
from apps.core.api import problem_response
from apps.core.managers import is_team

EXPORTS = 10
"""How many of one's exports the account's page lists."""


def minutes(seconds):
    """A time to wait, in words.

    Examples
    --------
    >>> minutes(899), minutes(61), minutes(12)
    ('15 minutes', '2 minutes', '1 minute')
    """
    count = ceil(seconds / 60)
    return f"{count} minute{'s' if count > 1 else ''}"


@never_cache
def locked_out(request, response, credentials):
    """Answer 429 to a sign-in after too many failures, and say when the next one counts.

    Axes calls it instead of the page that was asked for, that of the admin as well.
    """
    now = timezone.now()
    until = locked_until(request, credentials, now)
    wait = max(1, ceil((until - now).total_seconds()))
    detail = (
        "Too many attempts to sign in failed, with this name or from this network address. "
        f"The next attempt counts at {until:%Y-%m-%d %H:%M:%S} UTC (Earth), {minutes(wait)} from "
        "now. "
        "If you forgot your password, ask for a new one."
    )
    if request.path.startswith("/api/"):
        answer = problem_response(429, "Too many attempts to sign in", detail)
    else:
        typed = request.POST.get("username", "")
        asked = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()})
        context = {
            "form": AuthenticationForm(request, initial={"username": typed}),
            "next": asked if safe else "",
            "detail": detail,
        }
        answer = render(request, "accounts/locked.html", context, status=429)
    answer["Retry-After"] = str(wait)
    return answer


class AskNewPassword(auth.PasswordResetView):
    """Ask for a mail with a link to set a new password."""

    form_class = NewPasswordForm
    template_name = "accounts/password_ask.html"
    email_template_name = "accounts/mail/password.txt"
    subject_template_name = "accounts/mail/password_subject.txt"
    success_url = reverse_lazy("accounts:password-sent")
    extra_context = {"title": "New password"}

    @method_decorator(never_cache)
    def dispatch(self, *args, **kwargs):
        """Keep the form out of every cache."""
        return super().dispatch(*args, **kwargs)

    def form_valid(self, form):
        """Send the mail; the answer is the same whether the address is known or not."""
        client = ResetsOfClient()
        if not client.allow_request(self.request, self):
            wait = ceil(client.wait() or client.duration)
            form.add_error(
                None,
                "Too many new passwords were asked for from this network address. "
                f"Try again in {minutes(wait)}.",
            )
            answer = self.render_to_response(self.get_context_data(form=form), status=429)
            answer["Retry-After"] = str(wait)
            return answer
        if not ResetsOfAddress().allow_request(self.request, form.cleaned_data["email"]):
            return redirect(self.success_url)
        return super().form_valid(form)


class NewPassword(auth.PasswordResetConfirmView):
    """Set a password by the link of a mail: of an invitation, or after one asked for it."""

    template_name = "accounts/password_new.html"
    success_url = reverse_lazy("accounts:login")
    title = "Set your password"

    def form_valid(self, form):
        """Keep it, and end the wait after failed attempts with this name."""
        answer = super().form_valid(form)
        reset(username=self.user.get_username())
        messages.success(self.request, "Your password is set. Sign in with it.")
        return answer


@method_decorator(never_cache, name="dispatch")
class ChangePassword(auth.PasswordChangeView):
    """Change one's password, knowing the old one."""

    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("accounts:account")
    title = "Change password"

    def form_valid(self, form):
        """Keep it; other browsers are signed out by it, this one stays."""
        answer = super().form_valid(form)
        messages.success(
            self.request, "Your password is changed. Every other browser is signed out."
        )
        return answer


@require_safe
@never_cache
@login_required
def account(request):
    """One's own account: who one is here, what one may do, tokens and exports."""
    user = request.user
    exports = ExportTable(user.exports.order_by("-at", "-pk")[:EXPORTS])
    context = {
        "title": "Your account",
        "roles": in_words(user.groups.values_list("name", flat=True), user.is_superuser),
        "facts": [
            ("Username", user.get_username()),
            ("Name", user.get_full_name() or "–"),
            ("E-mail", user.email or "–"),
        ],
        "tokens": Token.objects.valid(user, timezone.now()).count(),
        "exports": exports if is_team(user) else None,
    }
    return render(request, "accounts/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def tokens(request):
    """List one's tokens, and make one: its secret is shown in that answer and never again."""
    now = timezone.now()
    form = TokenForm(request.POST or None, user=request.user, now=now)
    if request.method == "POST" and form.is_valid():
        token, secret = form.save()
        return render(
            request,
            "accounts/token_made.html",
            {"title": "New token", "token": token, "secret": secret},
        )
    table = TokenTable(Token.objects.valid(request.user, now))
    context = {"title": "API tokens", "form": form, "table": table}
    status = 400 if request.method == "POST" else 200
    return render(request, "accounts/tokens.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def revoke(request, key):
    """Revoke one of one's own tokens, after a page that says what follows."""
    token = get_object_or_404(Token.objects.valid(request.user, timezone.now()), token_key=key)
    if request.method == "POST":
        token.delete()
        messages.success(request, f"The token {token.name} is revoked.")
        return redirect("accounts:tokens")
    return render(request, "accounts/token_revoke.html", {"title": "Revoke token", "token": token})
