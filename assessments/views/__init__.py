"""The pages of assessments, split by noun."""

from assessments.views.rounds import detail, domain, reopen, start, submit

__all__ = ["detail", "domain", "reopen", "start", "submit"]
