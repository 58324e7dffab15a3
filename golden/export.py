"""What other programs make of exported recognizers: ONNX's reference evaluator (numpy) and ONNX Runtime for Python.

Each graph is checked by `onnx.checker` with shape inference, then run on two inputs that are written
down below. Nothing here is shared with the TypeScript.

    for n in merba mfdan densemix; do npx telltale export $n --out exported/$n; done
    python3 golden/export.py exported/* > golden/export.json     (made with onnx 1.23.1, onnxruntime 1.30.0)
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx.reference import ReferenceEvaluator

models = []
for folder in map(pathlib.Path, sys.argv[1:]):
    description = json.loads((folder / "model.json").read_text())
    path = str(folder / description["onnx"]["file"])
    graph = onnx.load(path)
    onnx.checker.check_model(graph, full_check=True)
    shape, name, output = description["input"]["shape"], description["input"]["name"], description["output"]["name"]
    i = np.arange(np.prod(shape), dtype=np.float64)
    inputs = [np.sin(0.37 * i) / 3, np.cos(0.011 * i) * (1 + (i % 7)) / 4]
    inputs = [x.astype(np.float32).reshape(shape) for x in inputs]
    plain = ReferenceEvaluator(graph)
    runtime = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    models.append(
        {
            "network": description["network"],
            "weights": description["weights"],
            "reference": [[float(p) for p in plain.run([output], {name: x})[0][0]] for x in inputs],
            "runtime": [[float(p) for p in runtime.run([output], {name: x})[0][0]] for x in inputs],
        }
    )
made = f"golden/export.py, onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}"
print(json.dumps({"made": made, "models": models}, indent=1))
