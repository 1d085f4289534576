"""``manage.py load_program`` and ``clone_cohort`` as a person at a terminal meets them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from programs.definition import catalog
from programs.models import Cohort, Program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
KNOWN = "health-equity-2024, quality-training-program, rural-and-urban, underserved-communities"


def run(*words: str, **options: object) -> str:
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def test_a_program_is_loaded_and_its_changes_are_shown():
    lines = run("load_program", "quality-training-program").splitlines()
    assert lines[:3] == [
        "quality-training-program: 15 changes, 0 unchanged",
        "  added      program quality-training-program",
        "  added      cohort qtp-2018-dallas",
    ]
    assert run("load_program", "quality-training-program") == "quality-training-program: 0 changes, 15 unchanged\n"


def test_all_are_loaded():
    run("load_program", all=True)
    assert ", ".join(Program.objects.order_by("code").values_list("code", flat=True)) == KNOWN


def test_a_file_is_loaded_by_its_path_and_its_change_is_shown(tmp_path):
    run("load_program", "health-equity-2024")
    path = tmp_path / "changed.yaml"
    path.write_text(
        catalog()["health-equity-2024"].read_text().replace("title: Quarterly update 1", "title: First update")
    )
    assert run("load_program", str(path)).splitlines() == [
        "health-equity-2024: 1 changes, 18 unchanged",
        "  changed    milestone health-equity-2024/update-1: title: Quarterly update 1 -> First update",
    ]


def test_an_unknown_name_gets_the_list_of_known_ones():
    for words, start in ((["nope"], "There is no program “nope”."), ([], "Name a program or a file, or say --all.")):
        with pytest.raises(CommandError) as refused:
            run("load_program", *words)
        assert str(refused.value) == f"{start} Known programs: {KNOWN}."


def test_of_a_broken_file_and_a_good_one_nothing_is_loaded(tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text(catalog()["health-equity-2024"].read_text().replace("starts: 2024-05-01", "starts: May 1"))
    with pytest.raises(CommandError) as refused:
        run("load_program", "rural-and-urban", str(path))
    first, *lines = str(refused.value).splitlines()
    assert first == "Nothing was loaded."
    assert [line.partition(": ")[0].rpartition(":")[0] for line in lines] == ["broken.yaml"]
    assert "cohorts[0].milestones[1].starts: “May 1” is not a date." in lines[0]
    assert not Program.objects.exists()


def test_a_refusal_by_the_database_loads_nothing(tmp_path):
    run("load_program", "health-equity-2024")
    path = tmp_path / "thief.yaml"
    path.write_text(catalog()["health-equity-2024"].read_text().replace("code: health-equity-2024", "code: thief", 1))
    with pytest.raises(CommandError, match=r"Nothing was loaded\. The cohort “health-equity-2024” belongs to"):
        run("load_program", "rural-and-urban", str(path))
    assert list(Program.objects.values_list("code", flat=True)) == ["health-equity-2024"]


def test_a_cohort_is_cloned():
    run("load_program", "health-equity-2024")
    lines = run("clone_cohort", "health-equity-2024", "he-2025", weeks=52, title="2025").splitlines()
    assert lines[0] == "he-2025: starts on 2025-06-25"
    assert "  qtp-1                2025-07-10 to 2025-07-11" in lines
    assert "  update-1             2025-09-30" in lines
    for words, text in (
        (("nope", "x"), "There is no cohort “nope”. Known cohorts: he-2025, health-equity-2024."),
        (("he-2025", "he-2025"), "There is a cohort with the code “he-2025” already. Choose another code."),
    ):
        with pytest.raises(CommandError) as refused:
            run("clone_cohort", *words, weeks=1, title="X")
        assert str(refused.value) == text
    assert Cohort.objects.count() == 2
