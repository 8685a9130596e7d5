"""Forgets what to return."""


def build():
    return {"model": "LogisticRegression"}
