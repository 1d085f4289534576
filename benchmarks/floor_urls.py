"""What the bare server serves: one page with 13 fields for somebody who is signed in, and the POST that writes 13 rows."""

from functools import cache

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import RequestContext, Template
from django.urls import path

from benchmarks.applicants import LONG, QUESTIONS

PAGE = Template(
    "<!doctype html><title>Form</title><form method=post>{% csrf_token %}{{ form.as_p }}<button>Save</button></form>"
)


class Bare(forms.Form):
    def __init__(self, *words: object, **named: object) -> None:
        super().__init__(*words, **named)
        for number in range(QUESTIONS):
            widget = forms.Textarea if number < LONG else forms.TextInput
            self.fields[f"q{number}"] = forms.CharField(required=False, widget=widget, label=f"Question {number}?")


@login_required
def page(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        form = Bare(request.POST)
        assert form.is_valid()
        rows = [(request.user.pk, name, value) for name, value in form.cleaned_data.items()]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO floor (person, name, words) VALUES (%s, %s, %s)"
                " ON CONFLICT (person, name) DO UPDATE SET words = excluded.words",
                rows,
            )
        return redirect("/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, words FROM floor WHERE person = %s", [request.user.pk])
        form = Bare(initial=dict(cursor.fetchall()))
    return HttpResponse(_page().render(RequestContext(request, {"form": form})))


@cache
def _page() -> Template:
    return Template(PAGE)


urlpatterns = [path("", page)]
