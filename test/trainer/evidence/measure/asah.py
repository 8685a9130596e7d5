"""The WFNS grades of 113 patients with a subarachnoid haemorrhage, by outcome: R pROC's own example, as counts.

N. Turck et al., "A multiparameter panel method for outcome prediction following aneurysmal subarachnoid hemorrhage",
Intensive Care Medicine 36, 2010; what pROC publishes of it: X. Robin et al., "pROC: an open-source package for R and S+
to analyze and compare ROC curves", BMC Bioinformatics 12, 2011, and the package's manual.
"""

import numpy as np

GOOD = np.array([37, 20, 3, 8, 4])
POOR = np.array([2, 12, 1, 8, 18])
"""Patients of grades 1 to 5."""

AUC = 0.823678861788618
LOW, HIGH = 0.7485, 0.8988
"""pROC's ``auc`` and its 95 % interval by DeLong, with the normal distribution."""


def grades() -> tuple[np.ndarray, np.ndarray]:
    """Give a row for each patient: outcome (1: poor) and grade as a score between 0 and 1."""
    grade = np.arange(1, 6) / 5
    outcome = np.repeat([0, 1], [GOOD.sum(), POOR.sum()])
    return outcome, np.concatenate([np.repeat(grade, GOOD), np.repeat(grade, POOR)])
