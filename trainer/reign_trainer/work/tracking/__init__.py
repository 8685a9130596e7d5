"""What a fit and its evidence leave in MLflow."""
