import { stringify } from 'yaml';

/** A definition to begin with: that of the loans of the README, under another name. */
export const definitionOf = (model: string): string => `# docs/definition.md explains every field.
model: ${stringify(model).trim()}
task: binary
source:
  # One row for each loan, with all that was known when it was applied for.
  query: select loan_id, applied_at, income, debt, purpose, outcome from loans
  rowId: loan_id
  eventTime: applied_at
  label: outcome
  labels: complete
  features: [income, debt, purpose]
label: { classes: [paid, defaulted], positive: defaulted }
windows:
  horizon: P90D     # how long until the outcome can be known
  lag: P1D          # how long until it is in the database
  train: P1Y
  holdout: P2M
pipeline: { entrypoint: pipeline.py:build }
gate: { primary: roc_auc }
`;

/** The pipeline beside it. */
export const pipeline = `from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def build():
    """Returns the pipeline, unfitted. Your own transformers and any estimator with fit and predict work."""
    columns = ColumnTransformer([
        ("numbers", StandardScaler(), ["income", "debt"]),
        ("categories", OneHotEncoder(handle_unknown="ignore"), ["purpose"]),
    ])
    return Pipeline([("columns", columns), ("model", LogisticRegression())])
`;
