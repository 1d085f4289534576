"""How the list of applications is narrowed down, beside what the columns offer themselves."""

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from applications import selectors
from applications.models import Application, ApplicationState, Letter
from practices.models import Member, MemberRole, Practice

Choices = list[tuple[str, str]]


class LetterFilter(admin.SimpleListFilter):
    title = "letter of support"
    parameter_name = "letter"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Choices:
        return [("done", "Done"), ("unconfirmed", "Done, to be confirmed by staff"), ("none", "Not there")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application] | None:
        done = Letter.objects.filter(application=OuterRef("pk"), done_at__isnull=False, ended_at=None)
        handled = Q(link_copied_at__isnull=False) | Q(uploaded_by__isnull=False)
        wanted = {
            "done": Exists(done),
            "unconfirmed": Exists(done.filter(handled, confirmed_at=None)),
            "none": ~Exists(done),
        }
        return queryset.filter(wanted[self.value()]) if self.value() in wanted else None


class MembershipFilter(admin.SimpleListFilter):
    """Whether staff have looked the leader's ASCO membership up."""

    title = "membership of the leader"
    parameter_name = "membership"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Choices:
        return [("confirmed", "Confirmed"), ("unconfirmed", "Not confirmed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application] | None:
        leaders = Member.objects.current().filter(role=MemberRole.LEADER, team=OuterRef("enrollment__team"))
        confirmed = Exists(leaders.filter(user__membership_confirmed_at__isnull=False))
        wanted = {"confirmed": confirmed, "unconfirmed": ~confirmed}
        return queryset.filter(wanted[self.value()]) if self.value() in wanted else None


class CorrectionFilter(admin.SimpleListFilter):
    title = "returned for changes"
    parameter_name = "returned"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Choices:
        return [("asked", "Changes requested"), ("answered", "Changes made, to be looked at")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application] | None:
        if self.value() not in ("asked", "answered"):
            return None
        waiting = self.value() == "asked"
        return selectors.with_open_requests(queryset, is_answered=not waiting)


class RegionFilter(admin.SimpleListFilter):
    """The regions that practices entered. Django's own filter has a link without words for those who left it empty."""

    title = "state or region"
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Choices:
        entered = Practice.objects.visible_to(request.user).exclude(region="").order_by("region")
        return [(region, region) for region in entered.values_list("region", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application] | None:
        return queryset.filter(enrollment__team__practice__region=self.value()) if self.value() else None


class VerdictFilter(admin.SimpleListFilter):
    title = "screening"
    parameter_name = "verdict"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Choices:
        return [("none", "Not screened"), *selectors.VERDICTS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application] | None:
        if self.value() == "none":
            return queryset.filter(screening=None, state=ApplicationState.SUBMITTED)
        return queryset.filter(screening__verdict=self.value()) if self.value() else None


class DuplicateFilter(admin.SimpleListFilter):
    title = "possible duplicates"
    parameter_name = "duplicates"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Choices:
        return [("yes", "Same practice, name, domain, address or leader")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application] | None:
        return selectors.with_possible_duplicates(queryset) if self.value() == "yes" else None
