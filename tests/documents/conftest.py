import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.services import open_call, start_application
from practices.models import MemberRole
from practices.services import add_member
from questionnaires.services import load_form
from tests.applications.conftest import Applying, april
from tests.documents import corpus

__all__ = ["april"]

SECTIONS = [
    {
        "code": "evidence",
        "title": "Evidence",
        "questions": [
            {"code": "why", "kind": "long_text", "text": "Why does it matter?", "max_words": 5},
            {"code": "chart", "kind": "file", "text": "Show us a chart"},
            {"code": "more", "kind": "file", "text": "Anything else?", "required": "never"},
        ],
    },
]


def upload(name: str = "plan.pdf", content: bytes = corpus.PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    """Each test stores into a folder of its own."""
    settings.MEDIA_ROOT, settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads", tmp_path / "incoming"
    settings.MEDIA_ROOT.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()


@pytest.fixture
def draft(cast, april) -> Applying:
    """An application whose form asks for files."""
    call = open_call(cast.cohort, form=load_form("with-files", "Application", SECTIONS))
    application = start_application(
        call, practice=cast.practice, team_name="Applicants", leader=cast.leader, by=cast.leader
    )
    add_member(application.enrollment.team, cast.colleague, MemberRole.CORE, by=cast.leader)
    return Applying(**vars(cast), call=call, application=application)
