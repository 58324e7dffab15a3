"""Makes npy.json: small arrays as numpy.save writes them.

Run from the repository root: python3 golden/flow/npy.py
"""
import base64
import io
import json
import pathlib

import numpy as np

files = []
for shape in [(2, 3, 4), (5,), (2, 224, 1)]:
    values = (np.arange(np.prod(shape)) * 0.37 - 1.5).astype(np.float32).reshape(shape)
    file = io.BytesIO()
    np.save(file, values)
    data = file.getvalue()
    length = int.from_bytes(data[8:10], "little")
    files.append(
        dict(
            shape=list(shape),
            values=[float(v) for v in values.ravel()],
            header=data[10 : 10 + length].decode("latin1").strip(),
            base64=base64.b64encode(data).decode(),
        )
    )
golden = dict(made_by=f"numpy {np.__version__}", files=files)
pathlib.Path("golden/flow/npy.json").write_text(json.dumps(golden) + "\n")
