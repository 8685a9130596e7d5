"""Reign from a notebook: the rows of a definition, the champion, and the evidence about two columns of predictions.

Examples
--------
>>> import mlflow, reign
>>> with mlflow.start_run():
...     train, holdout = reign.load("flight-delay", as_of="2001-06-04")
...     model.fit(train.X, train.y)
"""

from reign.challenger import challenge
from reign.command import ReignError
from reign.measured import Measured, measure
from reign.reigning import champion
from reign.rows import Loaded, Rows, load

__all__ = ["Loaded", "Measured", "ReignError", "Rows", "challenge", "champion", "load", "measure"]
