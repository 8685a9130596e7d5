"""A fitted model, as it is kept and saved: what fitting, scoring and tracking know of it."""
