"""What other programs make of exported recognizers: ONNX's reference evaluator (numpy) and ONNX Runtime for Python.

Each graph is checked by `onnx.checker` with shape inference, then run on two inputs that are written
down below. One more graph is of another maker: its batch is left open. Nothing here is shared with the
TypeScript.

    for n in merba mfdan mfdan-faces densemix densemix-flow svm-rbf merba-awake; do npx telltale export $n --out exported/$n; done
    python3 golden/export.py exported/* > golden/export.json     (made with onnx 1.23.1, onnxruntime 1.30.0)
"""

import base64
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
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
nodes = [
    helper.make_node("ReduceMean", ["pixels"], ["means"], axes=[2, 3], keepdims=0),
    helper.make_node("Softmax", ["means"], ["chances"]),
]
ends = [
    helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["batch", 3, 28, 28]),
    helper.make_tensor_value_info("chances", TensorProto.FLOAT, ["batch", 3]),
]
graph = helper.make_graph(nodes, "another maker", ends[:1], ends[1:])
other = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.checker.check_model(other, full_check=True)
x = (np.arange(3 * 28 * 28) % 11 / 5).astype(np.float32).reshape(1, 3, 28, 28) * np.float32([[[[1]], [[2]], [[0.5]]]])
(answer,) = ReferenceEvaluator(other).run(["chances"], {"pixels": x})
open_axis = {
    "onnx": base64.b64encode(other.SerializeToString()).decode(),
    "reference": [float(p) for p in answer[0]],
}
made = f"golden/export.py, onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}"
print(json.dumps({"made": made, "models": models, "openAxis": open_axis}, indent=1))
