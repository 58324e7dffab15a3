"""OpenCV's TV-L1 as a worker of tvl1.mjs: one JSON request per line in, one answer per line out."""
import json
import sys
import time

import cv2
import numpy as np

default_threads = cv2.getNumThreads()
print(json.dumps(dict(version=cv2.__version__, threads=default_threads)), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    cv2.setNumThreads(1 if request["single"] else default_threads)
    shape = (request["height"], request["width"])
    images = [np.fromfile(request[name], np.uint8).reshape(shape) for name in ("from", "to")]
    method = cv2.optflow.DualTVL1OpticalFlow_create()
    start = time.perf_counter()
    flow = method.calc(*images, None)
    seconds = time.perf_counter() - start
    np.ascontiguousarray(np.moveaxis(flow, -1, 0), np.float32).tofile(request["flow"])
    print(json.dumps(dict(milliseconds=1000 * seconds)), flush=True)
