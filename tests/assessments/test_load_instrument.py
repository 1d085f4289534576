"""``manage.py load_instrument``: nothing is changed before ``--apply``, and every error has its line."""

import io

import pytest
from django.core.management import CommandError, call_command

from assessments import services
from assessments.definition import text_of
from assessments.models import InstrumentVersion
from tests.assessments.conftest import small


def run(path, *options: str) -> str:
    out = io.StringIO()
    call_command("load_instrument", str(path), *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(text_of(small()), encoding="utf-8")
    return path


def test_it_prints_and_takes_only_when_told(cast, file):
    assert run(file) == "“Small instrument (illustrative)” is new: 2 domains, 3 items.\n"
    assert not InstrumentVersion.objects.exists()
    assert "Taken: Small instrument (illustrative) (version 1)." in run(file, "--apply")
    assert "says already" in run(file)
    file.write_text(text_of(small(**{"Item C.": "Item C reworded."})), encoding="utf-8")
    assert run(file) == "Item “Item C.” now reads “Item C reworded.”.\n"


def test_what_staff_have_edited_is_left_alone(cast, file, instrument):
    services.put_settings(instrument, {"display_max": 5}, by=cast.staff)
    with pytest.raises(CommandError, match="Staff have edited “equity-illustrative”"):
        run(file, "--apply")


def test_bad_files(cast, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "nothing.yaml")
    (tmp_path / "a.yaml").write_text("code: a\ntitle: A\nrule: median\ndomains: []\n")
    with pytest.raises(CommandError, match="“median” is no scoring rule"):
        run(tmp_path / "a.yaml")
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "b.yaml")
