"""Do probabilities come true, and whom would the challenger decide otherwise about?"""

from .calibration import calibration
from .swap_set import swap_ins, swap_set

__all__ = ["calibration", "swap_ins", "swap_set"]
