"""The one error of this package."""


class MeasureError(ValueError):
    """The rows or predictions cannot be measured. The message says what is wrong and what to do.

    It names columns, counts and bounds, never a row's values.
    """
