"""The code form: importing, calling and judging what comes back."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from reign_trainer.errors import TrainerError
from reign_trainer.pipeline import build_pipeline, check_pipeline, forget_code, unpack_code
from reign_trainer.shapes import CheckPipelineRequest
from reign_trainer.store import Store

IMPORTS = """
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
"""

LOSSY = f"""{IMPORTS}
class Lossy(TransformerMixin, BaseEstimator):
    def __init__(self, width=1):
        self.w = width
    def fit(self, X, y=None):
        return self
    def transform(self, X):
        return X

def build():
    return Pipeline([('own', Lossy()), ('m', LogisticRegression())])
"""

CODE = {"entrypoint": "pipeline.py:build"}


def returning(expression: str) -> str:
    return f"{IMPORTS}\ndef build():\n    return {expression}\n"


def test_siblings_and_packages_of_the_folder_are_imported(define: Any, write_code: Any) -> None:
    folder = write_code(
        pipeline=f"{IMPORTS}\nimport steps\nfrom parts.scale import FACTOR\ndef build():\n"
        "    return Pipeline([('own', steps.Own(FACTOR)), ('model', LogisticRegression())])\n",
        steps=f"{IMPORTS}\nclass Own(TransformerMixin, BaseEstimator):\n"
        "    def __init__(self, factor=1): self.factor = factor\n"
        "    def fit(self, X, y=None): return self\n    def transform(self, X): return X * self.factor\n",
        parts____init__="",
        parts__scale="FACTOR = 3\n",
    )
    assert build_pipeline(define(CODE), folder).get_params()["own__factor"] == 3


def test_a_file_in_a_folder_finds_its_neighbours_and_the_top(define: Any, write_code: Any) -> None:
    folder = write_code(
        top="A = 1\n",
        models__near="B = 2\n",
        models__pipeline=f"import top, near\n{returning('LogisticRegression(C=top.A + near.B)')}",
    )
    assert build_pipeline(define({"entrypoint": "models/pipeline.py:build"}), folder).C == 3


def test_relative_imports_reach_the_neighbours(define: Any, write_code: Any) -> None:
    folder = write_code(
        shared="A = 1\n",
        models__near="from .nearer import B\n",
        models__nearer="B = 2\n",
        models__pipeline=f"from ..shared import A\nfrom . import near\n{returning('LogisticRegression(C=A + near.B)')}",
    )
    assert build_pipeline(define({"entrypoint": "models/pipeline.py:build"}), folder).C == 3


def test_a_relative_import_where_there_is_no_package_is_explained(define: Any, write_code: Any) -> None:
    folder = write_code(pipeline="import features\n", features="from .units import METRE\n", units="METRE = 1\n")
    with pytest.raises(TrainerError, match="^features.py:1: .* relative import .* import the file by its name"):
        build_pipeline(define(CODE), folder)


def test_a_file_that_did_not_travel_is_named(define: Any, write_code: Any) -> None:
    folder = write_code(pipeline="from pathlib import Path\n(Path(__file__).parent / 'risk.json').read_text()\n")
    with pytest.raises(TrainerError, match=r"pipeline.py:2: .* FileNotFoundError \(risk.json is not among the files"):
        build_pipeline(define(CODE), folder)


def test_two_versions_one_after_the_other_have_their_own_modules(define: Any, write_code: Any) -> None:
    built = []
    for factor in (1, 2):
        folder = write_code(
            pipeline=f"import settings\n{returning('LogisticRegression(C=settings.C)')}", settings=f"C = {factor}\n"
        )
        built.append(build_pipeline(define(CODE), folder).C)
        forget_code(folder)
    assert built == [1, 2]


@pytest.mark.parametrize(
    ("text", "place", "kind"),
    [
        ("import nowhere_to_be_found\n", "pipeline.py:1", r"ModuleNotFoundError \(module nowhere_to_be_found\)"),
        ("x = 1\ndef build(:\n", "pipeline.py:2", "SyntaxError"),
        ("secret = 'row 17'\nraise ValueError(secret)\n", "pipeline.py:2", "ValueError"),
        ("raise SystemExit(3)\n", "pipeline.py:1", "SystemExit"),
    ],
)
def test_a_file_that_does_not_import_is_named_with_its_line_and_without_its_text(
    define: Any, write_code: Any, store: Store, text: str, place: str, kind: str
) -> None:
    with pytest.raises(TrainerError, match=f"^{place}: pipeline.py cannot be imported: {kind}.$") as caught:
        build_pipeline(define(CODE), write_code(pipeline=text), store=store)
    error = caught.value
    assert error.code == "PipelineImport"
    assert "row 17" not in error.message
    assert f"{error.detail.file}:{error.detail.line}" == place
    assert error.detail.traceback is not None
    assert type(error).__name__ == "TrainerError"
    assert kind.split()[0] in store.read_document("tracebacks", error.detail.traceback).decode()


def test_an_error_in_a_sibling_names_the_sibling(define: Any, write_code: Any) -> None:
    folder = write_code(pipeline="import other\n", other="\n\n1 / 0\n")
    with pytest.raises(TrainerError, match="^other.py:3: pipeline.py cannot be imported: ZeroDivisionError.$"):
        build_pipeline(define(CODE), folder)


def test_a_function_that_raises_is_named_with_its_line(define: Any, write_code: Any, store: Store) -> None:
    folder = write_code(pipeline="def build():\n    raise KeyError('row 17')\n")
    with pytest.raises(TrainerError, match="^pipeline.py:2: `build` of pipeline.py raised: KeyError.$") as caught:
        build_pipeline(define(CODE), folder, store=store)
    assert caught.value.code == "PipelineInvalid"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def built(): pass\n", "no function `build`. Did you mean `built`?"),
        ("build = 3\n", "`build` is a int; expected a function"),
        (
            "def build(rows, *, columns): pass\n",
            "takes arguments .rows, columns.; expected a function without arguments",
        ),
        (returning("None"), "returned nothing; expected a scikit-learn Pipeline"),
        (returning("{'model': LogisticRegression()}"), "returned a dict"),
        (returning("LogisticRegression"), "returned the class LogisticRegression"),
        (returning("StandardScaler()"), "returned a StandardScaler; expected .* with `fit` and `predict`"),
        (returning("LinearRegression()"), "is a regressor; expected a classifier"),
        (returning("SGDClassifier()"), "SGDClassifier has no `predict_proba`"),
        (returning("LogisticRegression().fit([[0], [1]], [0, 1])"), "returned a fitted LogisticRegression"),
        (
            returning("Pipeline([('s', StandardScaler()), ('m', LogisticRegression().fit([[0], [1]], [0, 1]))])"),
            "returned a fitted LogisticRegression",
        ),
        (returning("LogisticRegression(max_iter=-5)"), "'max_iter' parameter of LogisticRegression"),
        (returning("Pipeline([('s', 3), ('m', LogisticRegression())])"), "step `s`: a int has no `fit`"),
        (
            returning(
                "Pipeline([('c', ColumnTransformer([('s', StandardScaler(), ['amuont'])])), ('m', LogisticRegression())])"
            ),
            "`s`: there is no feature `amuont`. Did you mean `amount`?",
        ),
        (
            "class Bare:\n    def fit(self, X, y=None): return self\n    def transform(self, X): return X\n"
            + returning(
                "Pipeline([('c', ColumnTransformer([('b', Bare(), ['amount'])])), ('m', LogisticRegression())])"
            ),
            "class Bare.TransformerMixin, BaseEstimator.",
        ),
        (
            LOSSY,
            "`__init__` of your own class must name",
        ),
    ],
)
def test_what_is_no_unfitted_classifier_is_refused(define: Any, write_code: Any, text: str, message: str) -> None:
    with pytest.raises(TrainerError, match=message) as caught:
        build_pipeline(define(CODE), write_code(pipeline=text))
    assert caught.value.code == "PipelineInvalid"


def test_a_transformer_needs_no_base_class_as_a_step_of_a_pipeline(define: Any, write_code: Any) -> None:
    text = (
        "class Bare:\n    def fit(self, X, y=None): return self\n    def transform(self, X): return X[['amount']]\n"
        + returning("Pipeline([('bare', Bare()), ('model', LogisticRegression())])")
    )
    assert build_pipeline(define(CODE), write_code(pipeline=text)).steps[0][0] == "bare"


def test_weights_need_an_estimator_that_takes_them(define: Any, write_code: Any) -> None:
    folder = write_code(
        pipeline=f"from sklearn.neighbors import KNeighborsClassifier\n{returning('KNeighborsClassifier()')}"
    )
    with pytest.raises(TrainerError, match="KNeighborsClassifier.fit takes no `sample_weight`"):
        build_pipeline(define(CODE, source={"weight": "exposure"}), folder)


def test_a_classifier_is_refused_for_a_regression(define: Any, write_code: Any) -> None:
    with pytest.raises(TrainerError, match="is a classifier; expected a regressor"):
        build_pipeline(
            define(CODE, task="regression", label=None), write_code(pipeline=returning("LogisticRegression()"))
        )


def test_the_name_of_a_known_module_is_refused(define: Any, write_code: Any) -> None:
    with pytest.raises(TrainerError, match="has the same name as the module `random`"):
        build_pipeline(define({"entrypoint": "random.py:build"}), write_code(random="def build(): pass\n"))


def test_a_file_that_is_not_there_or_outside_is_refused(define: Any, write_code: Any) -> None:
    folder = write_code(pipeline=returning("LogisticRegression()"))
    for file in ("other.py", "../pipeline.py"):
        with pytest.raises(TrainerError, match="there is no file"):
            build_pipeline(define({"entrypoint": f"{file}:build"}), folder)


def pack(store: Store, files: dict[str, str]) -> str:
    return store.write_document("code", json.dumps({"files": files}, sort_keys=True).encode())


def test_a_check_names_steps_and_environment_and_leaves_nothing_imported(define: Any, store: Store) -> None:
    import sys

    text = returning(
        "Pipeline([('c', ColumnTransformer([('s', StandardScaler(), ['amount'])])), ('m', LogisticRegression())])"
    )
    code_hash = pack(store, {"pipeline.py": text})
    columns = [
        {"name": name, "kind": "number", "sourceType": "float", "postgresType": "double precision"}
        for name in ("applied_at", "amount", "purpose", "outcome")
    ]
    path = list(sys.path)
    request = {"definition": define(CODE).model_dump(by_alias=True), "codeHash": code_hash, "columns": columns}
    result = check_pipeline(CheckPipelineRequest.model_validate(request), store)
    assert result.steps == ["ColumnTransformer(StandardScaler)", "LogisticRegression"]
    assert len(result.environment.hash) == 64
    assert "pipeline" not in sys.modules
    assert sys.path == path
    request["columns"] = columns[1:]
    with pytest.raises(TrainerError, match="the query has no column `applied_at`"):
        check_pipeline(CheckPipelineRequest.model_validate(request), store)


def test_a_code_pack_writes_nothing_outside_of_its_folder(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "code"
    unpack_code(store, pack(store, {"a.py": "x = 'ü'\r\n", "sub/b.py": ""}), folder)
    assert (folder / "a.py").read_bytes() == "x = 'ü'\r\n".encode()
    assert (folder / "sub" / "b.py").exists()
    binary = {"files": {"a.py": ""}, "binary": {"sub/zip.bin": base64.b64encode(b"\x00\xff").decode()}}
    unpack_code(store, store.write_document("code", json.dumps(binary).encode()), folder)
    assert (folder / "sub" / "zip.bin").read_bytes() == b"\x00\xff"
    for name in ("../evil.py", "/tmp/evil.py", "sub/../../evil.py"):
        with pytest.raises(TrainerError) as caught:
            unpack_code(store, pack(store, {name: ""}), folder)
        assert caught.value.code == "StoreCorrupt"
    with pytest.raises(TrainerError, match="not a code pack"):
        unpack_code(store, store.write_document("code", b"[]"), folder)
