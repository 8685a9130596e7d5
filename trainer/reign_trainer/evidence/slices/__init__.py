"""Parts of the judged rows: those that the policy declares, and those that a search finds."""

from .declared import declared_slices
from .found import found_slices

__all__ = ["declared_slices", "found_slices"]
