"""The chain of the audit trail: making it (``sealer``), telling its head outside (``heads``), walking it (``verifier``)."""

from core.sealing.heads import (
    HEAD_BEAT,
    Head,
    HeadUnreadable,
    Told,
    accept_head,
    head,
    noted_head,
    parse_head,
    tell_head,
)
from core.sealing.sealer import SEALER_BEAT, seal, seal_waiting
from core.sealing.verifier import Finding, Tally, verify

__all__ = [
    "HEAD_BEAT",
    "SEALER_BEAT",
    "Finding",
    "Head",
    "HeadUnreadable",
    "Tally",
    "Told",
    "accept_head",
    "head",
    "noted_head",
    "parse_head",
    "seal",
    "seal_waiting",
    "tell_head",
    "verify",
]
