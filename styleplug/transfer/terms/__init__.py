"""The terms of the loss that features enter, each in a file of its own."""

from __future__ import annotations

from styleplug.transfer.terms.content import ContentTerm
from styleplug.transfer.terms.preserve import PreserveTerm
from styleplug.transfer.terms.style import StyleTerm
from styleplug.transfer.terms.term import Term

TERMS: tuple[type[Term], ...] = (ContentTerm, PreserveTerm, StyleTerm)
"""All of them; those of a kind count by their weights."""
