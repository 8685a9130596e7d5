"""What is seen in features and labels before anything is judged: shift, leaks, labels that have flipped."""

from .alarm import is_unreferenced
from .observe import observations_bytes, observe
from .shift import score_shift

__all__ = ["is_unreferenced", "observations_bytes", "observe", "score_shift"]
