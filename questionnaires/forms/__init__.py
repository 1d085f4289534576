"""Questions as form fields, and a section as a form."""

from questionnaires.forms.fields import AnswerField, counted_words
from questionnaires.forms.sections import NEVER_SEEN, SectionForm
from questionnaires.forms.tables import TableInput

__all__ = ["NEVER_SEEN", "AnswerField", "SectionForm", "TableInput", "counted_words"]
