"""How a child says what it is doing."""

from collections.abc import Callable

#: Called with the stage that begins: reading, fitting, measuring, logging, ...
Report = Callable[[str], None]
