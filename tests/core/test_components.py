"""The component tags: what they render, what they escape, and what they leave out."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

from core import clock
from core.templatetags import components

NOW = datetime(2024, 4, 29, 3, 59, tzinfo=UTC)
CLOSE = datetime(2024, 5, 2, 3, 59, tzinfo=UTC)


def render(source: str, **context) -> str:
    html = Template("{% load components %}" + source).render(Context(context))
    return re.sub(r"\s+", " ", html).strip()


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip()


class SampleForm(forms.Form):
    name = forms.CharField(label="Name")
    email = forms.EmailField(label="Email", error_messages={"invalid": "Enter an email address"})
    setting = forms.ChoiceField(label="Setting", choices=[("a", "A")], widget=forms.RadioSelect)
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        if self.data.get("email") == "closed":
            raise forms.ValidationError("The call is closed.")


@pytest.mark.parametrize(
    ("given", "shown"), [*((t, t) for t in components.TONES), ("error", "danger"), ("purple", "neutral")]
)
def test_status_tag_has_words_a_shape_and_a_tone(given, shown):
    html = render("{% status_tag words tone %}", words="In progress", tone=given)
    assert f'class="status status-{shown}"' in html
    assert "<svg" in html
    assert text(html) == "In progress"


def test_each_tone_has_its_own_shape():
    shapes = {
        re.search(r"<svg.*</svg>", render("{% status_tag 'x' tone %}", tone=tone)).group() for tone in components.TONES
    }
    assert len(shapes) == len(components.TONES)


def test_words_are_escaped():
    assert "<b>" not in render("{% status_tag w %}{% notice w %}{% page_header w w w %}{% empty_state w w %}", w="<b>")


def test_task_list_links_only_what_can_be_opened():
    tasks = [
        {"title": "The team", "url": "/team/", "status": "Completed", "tone": "success"},
        SimpleNamespace(title="Submit", url="", status="Cannot start yet", tone="", hint="Complete the rest first."),
    ]
    html = render("{% task_list tasks 'heading' %}", tasks=tasks)
    assert re.findall(r'href="([^"]+)"', html) == ["/team/"]
    assert 'aria-labelledby="heading"' in html
    assert text(html) == "The team Completed Submit Complete the rest first. Cannot start yet"
    assert render("{% task_list tasks %}", tasks=[]) == ""


def test_deadline_for_a_signed_in_reader():
    with clock.at(NOW), timezone.override("America/Los_Angeles"):
        html = render("{% deadline at 'America/New_York' %}", at=CLOSE)
    assert text(html) == "May 1, 2024, 11:59 PM Eastern (8:59 PM for you), in 3 days"
    assert 'datetime="2024-05-02T03:59:00Z"' in html
    assert "data-own-zone" not in html


def test_deadline_leaves_an_unknown_reader_to_the_browser():
    with clock.at(NOW):
        html = render("{% deadline at 'America/New_York' %}", at=CLOSE)
    assert text(html) == "May 1, 2024, 11:59 PM Eastern, in 3 days"
    assert 'data-own-zone="America/New_York"' in html


def test_a_passed_deadline_is_quiet():
    with clock.at(datetime(2024, 5, 5, 4, 0, tzinfo=UTC)):
        html = render("{% deadline at 'America/New_York' %}", at=CLOSE)
    assert text(html).endswith("3 days ago")
    assert "deadline-past" in html


def test_moment_and_day():
    with timezone.override("America/Chicago"):
        assert text(render("{% moment at %}", at=CLOSE)) == "May 1, 2024, 10:59 PM"
        assert text(render("{% day at %}", at=CLOSE)) == "May 1, 2024"
    with timezone.override("UTC"):
        assert text(render("{% moment at %}", at=CLOSE)) == "May 2, 2024, 3:59 AM UTC"
    assert text(render("{% day d %}", d=date(2024, 5, 1))) == "May 1, 2024"
    assert render("{% moment none %}{% day none %}{% deadline none 'UTC' %}", none=None) == ""


def test_error_summary_links_every_field_and_names_the_bare_ones():
    html = render("{% error_summary form %}", form=SampleForm({"email": "x"}))
    assert re.findall(r'<a href="#([^"]+)">([^<]+)</a>', html) == [
        ("id_name", "Name: Fill in this field."),
        ("id_email", "Enter an email address"),
        ("id_setting_0", "Setting: Fill in this field."),
    ]
    assert 'role="alert"' in html
    assert 'tabindex="-1"' in html


def test_error_summary_takes_forms_formsets_and_nothing():
    formset = forms.formset_factory(SampleForm, extra=0)(
        {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "0",
            "form-0-email": "x",
            "form-0-name": "N",
            "form-0-setting": "a",
        }
    )
    closed = SampleForm({"email": "closed", "name": "N", "setting": "a"})
    html = render("{% error_summary closed formset none missing %}", closed=closed, formset=formset, none=None)
    assert re.findall(r"<li>(.*?)</li>", html) == [
        "The call is closed.",
        '<a href="#id_email">Enter an email address</a>',
        '<a href="#id_form-0-email">Enter an email address</a>',
    ]


def test_error_summary_is_silent_without_errors():
    fine = SampleForm({"email": "a@example.org", "name": "N", "setting": "a"})
    assert render("{% error_summary fine blank %}", fine=fine, blank=SampleForm()) == ""


def test_crispy_field_ties_hint_and_error_to_its_input():
    source = "{% load crispy_forms_filters %}{{ form|crispy }}"
    html = render(source, form=SampleForm({"email": "x", "name": "N", "setting": "a"}))
    assert 'aria-describedby="id_email_error"' in html
    assert 'id="id_email_error"' in html
    assert html.index('id="id_email_error"') < html.index('id="id_email"')
    assert "*" not in text(html)


@pytest.mark.parametrize(("is_required", "words"), [(True, "Choose one"), (False, "Not said")])
def test_an_empty_choice_says_so_in_words(is_required, words):
    choices = [("", "---------"), ("a", "A --------- b")]
    field = forms.ChoiceField(choices=choices, required=is_required)
    html = render("{% load crispy_forms_filters %}{{ form|crispy }}", form=type("One", (forms.Form,), {"one": field})())
    assert f'<option value="" selected>{words}</option>' in html and ">A --------- b<" in html


def test_timeline():
    entries = [
        {"title": "Baseline", "when": "April 1, 2024", "state": "late", "state_label": "3 days late", "url": "/b/"},
        {
            "title": "Update",
            "when": "July 1, 2024",
            "state": "current",
            "default_note": "(assumed)",
            "detail": "Online.",
        },
    ]
    html = render("{% timeline entries %}", entries=entries)
    assert text(html) == "April 1, 2024 Baseline 3 days late July 1, 2024 (assumed) Update Online."
    assert html.count('aria-current="step"') == 1


def test_summary_list_says_what_is_missing_and_keeps_zero():
    rows = [
        {"label": "Fax", "value": "", "change_url": "/fax/"},
        {"label": "Late", "value": 0},
        {"label": "Note", "value": None},
    ]
    html = render("{% summary_list rows %}", rows=rows)
    assert text(html) == "Fax Not answered Change Fax Late 0 Note Not answered"


def test_action_form_posts_with_its_token():
    html = render("{% action_form '/go/' 'Submit' name='key' value='7' %}", csrf_token="secret")
    assert 'method="post" action="/go/"' in html
    assert 'name="csrfmiddlewaretoken" value="secret"' in html
    assert 'name="key" value="7"' in html
    assert "<details" not in html


def test_action_form_asks_again_without_script():
    html = render("{% action_form '/go/' 'Withdraw' tone='danger' confirm='You can reopen it.' %}", csrf_token="secret")
    assert "<details" in html
    assert text(html) == "Withdraw You can reopen it. Yes, withdraw"


def test_empty_state_stat_breadcrumbs_and_table():
    assert 'href="/new/"' in render("{% empty_state 'None' 'Start one.' '/new/' 'Start' %}")
    assert "href" not in render("{% empty_state 'None' %}")
    assert text(render("{% stat 0 'Late' 'of 12 teams' %}")) == "0 Late of 12 teams"
    crumbs = render("{% breadcrumbs 'Home' '/' 'Team' %}")
    assert text(crumbs) == "HomeTeam"
    assert '<span aria-current="page">Team</span>' in crumbs
    table = render("{% data_table name %}<table></table>{% end_data_table %}", name="Teams & charts")
    assert 'role="region" aria-label="Teams &amp; charts" tabindex="0"><table></table></div>' in table


def test_no_space_comes_between_a_moment_and_the_comma_after_it():
    with timezone.override("UTC"):
        assert text(render("{% moment at %}, Ada", at=CLOSE)).endswith("AM UTC, Ada")
        assert text(render("{% day at %}. Next", at=CLOSE)).endswith("2024. Next")
