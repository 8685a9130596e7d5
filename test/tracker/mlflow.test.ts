// What needs a real MLflow, in one file, because all of it shares one server.
import './mlflow/answers.ts';
import './mlflow/attempts.ts';
import './mlflow/projection.ts';
import './mlflow/deletion.ts';
import './mlflow/otherInstallations.ts';
