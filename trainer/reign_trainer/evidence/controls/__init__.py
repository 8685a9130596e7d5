"""Cases whose answer is known, measured in every cycle as the real comparison is: a gate that errs on them is broken."""

from .controls import controls

__all__ = ["controls"]
