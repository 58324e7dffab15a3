"""Linear Eulerian magnification in plain NumPy and OpenCV, as a worker of magnify.mjs: one JSON request per line in, one answer out.

Idiomatic use of both libraries: float32, OpenCV's pyramids and color matrix, one vectorized low-pass
update for each level that has a gain, nothing per pixel in Python.
"""
import json
import sys
import time

import cv2
import numpy as np

TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]], np.float32)
TO_RGB = np.array([[1, 0.956, 0.621], [1, -0.272, -0.647], [1, -1.106, 1.703]], np.float32)


class Magnifier:
    def __init__(self, request):
        self.gains, self.chroma = request["gains"], request["chroma"]
        self.fast, self.slow, self.scale = request["fast"], request["slow"], request["gain"]
        self.states = None

    def pyramid(self, frame):
        levels = []
        for _ in self.gains[:-1]:
            smaller = cv2.pyrDown(frame)
            levels.append(frame - cv2.pyrUp(smaller, dstsize=frame.shape[1::-1]))
            frame = smaller
        return levels

    def next(self, frame):
        pixels = frame.astype(np.float32)
        colors = self.chroma > 0
        planes = cv2.transform(pixels, TO_YIQ if colors else TO_YIQ[:1])
        levels = self.pyramid(planes)
        if self.states is None:
            self.states = [[level.copy(), level.copy()] for level in levels]
        change = None
        for gain, level, state in reversed(list(zip(self.gains, levels, self.states))):
            size = level.shape[1::-1]
            change = None if change is None else cv2.pyrUp(change, dstsize=size)
            if gain == 0:
                continue
            state[0] += self.fast * (level - state[0])
            state[1] += self.slow * (level - state[1])
            band = (gain * self.scale) * (state[0] - state[1])
            change = band if change is None else change + band
        if colors:
            change[..., 1:] *= self.chroma
            pixels += cv2.transform(change, TO_RGB)
        else:
            pixels += change[..., None] if change.ndim == 2 else change
        np.rint(pixels, out=pixels)
        return np.clip(pixels, 0, 255, out=pixels).astype(np.uint8)


default_threads = cv2.getNumThreads()
print(json.dumps(dict(version=cv2.__version__, numpy=np.__version__, threads=default_threads)), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    cv2.setNumThreads(default_threads)
    shape = (-1, request["height"], request["width"], 3)
    frames = np.fromfile(request["frames"], np.uint8).reshape(shape)
    magnifier = Magnifier(request)
    magnifier.next(frames[0])
    out = []
    start, work = time.perf_counter(), time.process_time()
    for i in range(1, request["count"]):
        last = magnifier.next(frames[i % len(frames)])
    seconds, busy = time.perf_counter() - start, time.process_time() - work
    last.tofile(request["last"])
    frames_done = request["count"] - 1
    print(json.dumps(dict(wall=1000 * seconds / frames_done, busy=1000 * busy / frames_done)), flush=True)
