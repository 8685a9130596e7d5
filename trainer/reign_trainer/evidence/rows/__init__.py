"""The rows of a holdout that are judged, as stored predictions have them."""
