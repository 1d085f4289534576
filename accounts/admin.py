"""People in the admin. Everything that changes a person goes through the services, so that it leaves its audit row."""

from collections.abc import Callable
from typing import Any

from allauth.account import admin as allauth_admin  # noqa: F401 - registers what is taken off below
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa import admin as allauth_mfa_admin  # noqa: F401
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth import admin as auth_admin  # noqa: F401
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import services
from accounts.forms import NewPersonForm, PersonForm
from accounts.models import User
from core.refusals import Refused

# allauth's sign-in, with its limits and second factors, is the only one.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Addresses and factors belong to their owners; the person's page shows them, services change them.
# Groups decide nothing here: what a person may do follows from the role and the teams.
admin.site.unregister([EmailAddress, Authenticator, Group])

CHANGES_BY_SERVICE = {"role", "is_active"}


@admin.register(User)
class PersonAdmin(admin.ModelAdmin):
    list_display = ["name", "email", "role", "profession", "asco_membership", "is_confirmed", "is_active", "joined_at"]
    list_filter = [
        "role",
        "is_active",
        "asco_membership",
        ("membership_confirmed_at", admin.EmptyFieldListFilter),
        "is_synthetic",
    ]
    search_fields = ["name", "email", "asco_member_number"]
    list_per_page = 50
    show_full_result_count = False
    readonly_fields = [
        "email",
        "factors",
        "membership_confirmed_at",
        "membership_confirmed_by",
        "joined_at",
        "mail_failed_at",
        "is_synthetic",
    ]
    actions = ["confirm_membership", "mail_access_link", "reset_factors", "deactivate", "activate"]

    @admin.display(boolean=True, description="membership confirmed")
    def is_confirmed(self, user: User) -> bool:
        return user.membership_confirmed_at is not None

    @admin.display(description="second factors")
    def factors(self, user: User) -> str:
        kinds = Authenticator.objects.filter(user=user).order_by("type").values_list("type", flat=True).distinct()
        return ", ".join(Authenticator.Type(kind).label for kind in kinds) or "none"

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = NewPersonForm if obj is None else PersonForm
        return super().get_form(request, obj, form=form, fields=form.Meta.fields)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return NewPersonForm.Meta.fields if obj is None else [*PersonForm.Meta.fields, *self.readonly_fields]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return [] if obj is None else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say a service's refusal as a message; what was begun is rolled back."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(request.path)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        if not change:
            obj.pk = services.welcome_person(by=request.user, **form.cleaned_data).pk
            obj.refresh_from_db()
            return
        person = User.objects.get(pk=obj.pk)  # obj carries the form's values already; services compare with what was
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        profile = {name: value for name, value in values.items() if name not in CHANGES_BY_SERVICE}
        if profile:
            services.update_profile(person, by=request.user, **profile)
        if "role" in values:
            services.change_role(person, values["role"], by=request.user)
        if "is_active" in values:
            act = services.activate if values["is_active"] else services.deactivate
            act(person, by=request.user)

    @admin.action(description="Confirm the ASCO membership of the selected people")
    def confirm_membership(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._each(request, people, services.confirm_membership, "Membership confirmed of")

    @admin.action(description="Mail the selected people a one-time link to set a password")
    def mail_access_link(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._each(request, people, services.send_access_link, "One-time link mailed to")

    @admin.action(description="Remove second factors and password, and mail a one-time link")
    def reset_factors(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._each(request, people, services.reset_mfa_by_mail, "Factors removed and one-time link mailed to")

    @admin.action(description="Deactivate the selected people")
    def deactivate(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._each(request, people, services.deactivate, "Deactivated:")

    @admin.action(description="Activate the selected people")
    def activate(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._each(request, people, services.activate, "Activated:")

    def _each(self, request: HttpRequest, people: QuerySet[User], act: Callable, done: str) -> None:
        """One service call a person; a refusal concerns only its own person."""
        names = []
        for person in people:
            try:
                act(person, by=request.user)
                names.append(person.name)
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
        if names:
            self.message_user(request, f"{done} {', '.join(names)}.", messages.SUCCESS)
