"""What staff enter: moments (``moments``, with ``local_times`` beneath), and who takes part (``people``)."""

from programs.forms.local_times import LocalTimeInput, settle
from programs.forms.moments import ExtensionForm, MilestoneChoice, MilestoneForm
from programs.forms.people import SupporterForm, WithdrawalForm

__all__ = [
    "ExtensionForm",
    "LocalTimeInput",
    "MilestoneChoice",
    "MilestoneForm",
    "SupporterForm",
    "WithdrawalForm",
    "settle",
]
