"""The spine in the admin: what runs (``catalog``) and who takes part (``taking_part``)."""

from programs.admin import catalog, taking_part

__all__ = ["catalog", "taking_part"]
