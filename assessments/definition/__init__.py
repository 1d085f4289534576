"""What an instrument is made of, how it stands in a file, and how two editions differ (pure: pydantic and PyYAML, no Django).

The format is documented in ``docs/assessments.md``.
"""

from assessments.definition.changes import Comparison, ItemComparison, Kind, compare, level_set
from assessments.definition.dictionary import COLUMNS, csv_of, read_table
from assessments.definition.reading import (
    CATALOG,
    KNOWN_FIELDS,
    InvalidInstrument,
    parse,
    parse_strategies,
    read,
    shipped,
    shipped_codes,
    shipped_strategies,
    text_of,
)
from assessments.definition.schema import (
    CODE,
    GATED,
    MOST_LEVELS,
    DomainDefinition,
    DomainPlan,
    InstrumentFile,
    InstrumentPlan,
    ItemDefinition,
    LevelDefinition,
    LinkDefinition,
    StrategyDefinition,
    StrategyFile,
)

__all__ = [
    "CATALOG",
    "CODE",
    "COLUMNS",
    "GATED",
    "KNOWN_FIELDS",
    "MOST_LEVELS",
    "Comparison",
    "DomainDefinition",
    "DomainPlan",
    "InstrumentFile",
    "InstrumentPlan",
    "InvalidInstrument",
    "ItemComparison",
    "ItemDefinition",
    "Kind",
    "LevelDefinition",
    "LinkDefinition",
    "StrategyDefinition",
    "StrategyFile",
    "compare",
    "csv_of",
    "level_set",
    "parse",
    "parse_strategies",
    "read",
    "read_table",
    "shipped",
    "shipped_codes",
    "shipped_strategies",
    "text_of",
]
