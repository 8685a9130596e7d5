"""Needs a package that the trainer does not have."""

import a_package_that_nobody_has


def build():
    return a_package_that_nobody_has.Model()
