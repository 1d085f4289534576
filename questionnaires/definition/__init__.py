"""What a form is made of, how it stands in a file, and how two editions differ (pure: pydantic and PyYAML, no Django).

The format is documented in ``docs/applications.md``.
"""

from questionnaires.definition.changes import changes
from questionnaires.definition.dictionary import COLUMNS, csv_of, read_table
from questionnaires.definition.reading import FormFileError, read_text, text_of
from questionnaires.definition.schema import (
    MOST_ROWS,
    AskIf,
    ChoiceDefinition,
    ColumnDefinition,
    FormDefinition,
    FormFile,
    FormPlan,
    QuestionDefinition,
    SectionDefinition,
    SectionPlan,
)

__all__ = [
    "COLUMNS",
    "MOST_ROWS",
    "AskIf",
    "ChoiceDefinition",
    "ColumnDefinition",
    "FormDefinition",
    "FormFile",
    "FormFileError",
    "FormPlan",
    "QuestionDefinition",
    "SectionDefinition",
    "SectionPlan",
    "changes",
    "csv_of",
    "read_table",
    "read_text",
    "text_of",
]
