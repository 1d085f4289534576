"""Teams and invitations in the admin. What changes a team goes through the services."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core.admin import SeenAdmin
from core.refusals import Refused
from practices import services
from practices.admin.inlines import ReadOnlyInline
from practices.forms import TeamForm
from practices.models import Invitation, Member, Sponsor, Team


class MemberInline(ReadOnlyInline):
    model = Member
    fields = ["user", "role", "joined_on", "left_on", "left_reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        return super().get_queryset(request).select_related("user")


class SponsorInline(ReadOnlyInline):
    model = Sponsor
    fields = ["name", "email", "position", "since_on", "until_on"]


class InvitationInline(ReadOnlyInline):
    model = Invitation
    fields = ["email", "role", "invited_at", "expires_at", "accepted_at", "revoked_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        return super().get_queryset(request).select_related("team")


@admin.register(Team)
class TeamAdmin(SeenAdmin):
    form = TeamForm
    list_display = ["name", "practice", "created_at"]
    list_select_related = ["practice"]
    search_fields = ["name", "practice__name", "members__user__name", "members__user__email"]
    list_per_page = 50
    show_full_result_count = False
    readonly_fields = ["practice", "created_at"]
    inlines = [MemberInline, SponsorInline, InvitationInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a team begins with its application

    def has_delete_permission(self, request: HttpRequest, obj: Team | None = None) -> bool:
        return False

    def view_on_site(self, obj: Team) -> str:
        """Invitations, the sponsor and leaving members are on the team's own page, which staff may edit."""
        return reverse("practices:team", args=[obj.public_id])

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say a service's refusal as a message; what was begun is rolled back."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(request.path)

    def save_model(self, request: HttpRequest, obj: Team, form: ModelForm, change: bool) -> None:
        team = Team.objects.get(pk=obj.pk)
        services.rename_team(team, name=form.cleaned_data["name"], by=request.user)
        if member := form.cleaned_data["new_leader"]:
            services.change_leader(team, member, reason=form.cleaned_data["reason"], by=request.user)


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    list_display = ["email", "to", "role", "invited_by", "invited_at", "expires_at", "accepted_at", "revoked_at"]
    list_select_related = ["team", "practice", "invited_by"]
    list_filter = [
        "role",
        ("accepted_at", admin.EmptyFieldListFilter),
        ("revoked_at", admin.EmptyFieldListFilter),
    ]
    search_fields = ["email", "team__name", "practice__name"]
    list_per_page = 50
    show_full_result_count = False
    actions = ["renew", "revoke"]

    @admin.display(description="to")
    def to(self, invitation: Invitation) -> str:
        return str(invitation.team or invitation.practice)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    @admin.action(description="Send the selected invitations again")
    def renew(self, request: HttpRequest, invitations: QuerySet[Invitation]) -> None:
        for invitation in invitations:
            self._say(request, invitation, services.renew_invitation, "Sent again to")

    @admin.action(description="Take the selected invitations back")
    def revoke(self, request: HttpRequest, invitations: QuerySet[Invitation]) -> None:
        for invitation in invitations:
            self._say(request, invitation, services.revoke_invitation, "Taken back from")

    def _say(self, request: HttpRequest, invitation: Invitation, act: Callable, done: str) -> None:
        try:
            act(invitation, by=request.user)
            self.message_user(request, f"{done} {invitation.email}.", messages.SUCCESS)
        except Refused as refusal:
            self.message_user(request, f"{invitation.email}: {refusal}", messages.ERROR)
