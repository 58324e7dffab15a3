"""Makes opencv-tvl1.json: OpenCV's TV-L1 flow and the flow image made from it, for one pair of faces.

Run from the repository root with Python 3, OpenCV (with optflow) and numpy:
    python3 golden/flow/opencv_tvl1.py

The face is cropped from a photograph that the npm development dependency @vladmandic/face-api ships,
and moved by a smooth field with cv2.remap.
"""
import base64
import json
import pathlib

import cv2
import numpy as np

SIZE = 128
BOX = dict(left=13.5, top=30.25, width=96.0, height=92.5)

photo = cv2.imread("node_modules/@vladmandic/face-api/demo/sample1.jpg", cv2.IMREAD_GRAYSCALE)
face = cv2.resize(photo[190:450, 1470:1730], (SIZE, SIZE), interpolation=cv2.INTER_AREA)

y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)


def bump(cx, cy, spread):
    return np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * spread**2))


u = 1.6 * bump(80, 84, 12) - 1.6 * bump(44, 84, 12) + 0.3 * bump(40, 44, 10)
v = -1.2 * bump(80, 84, 12) - 1.2 * bump(44, 84, 12) - 1.5 * bump(40, 44, 10) - 1.5 * bump(76, 40, 10)
moved = cv2.remap(face, x - u.astype(np.float32), y - v.astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)

flow = cv2.optflow.DualTVL1OpticalFlow_create().calc(face, moved, None)
# Kept as whole ten-thousandths of a pixel.
kept = np.rint(flow * 1e4).astype(np.int16)
fu, fv = kept[..., 0] / 1e4, kept[..., 1] / 1e4
uy, ux = np.gradient(fu)
vy, vx = np.gradient(fv)
strain = np.sqrt(ux**2 + vy**2 + 0.5 * (uy + vx) ** 2)


def shares(start, extent):
    """How much of each of 28 cells every pixel covers, counted in 1000 samples a cell; pixel i reaches from i to i + 1."""
    places = np.floor(start + (np.arange(28 * 1000) + 0.5) * extent / (28 * 1000)).astype(int)
    out = np.zeros((28, SIZE))
    np.add.at(out, (np.arange(28 * 1000) // 1000, places), 1 / 1000)
    return out


def cells(plane):
    """Area average of the box into 28 by 28 cells."""
    return shares(BOX["top"], BOX["height"]) @ plane @ shares(BOX["left"], BOX["width"]).T


def stretched(plane):
    small = cells(plane)
    return np.rint(255 * (small - small.min()) / (small.max() - small.min())).astype(int)


def packed(array, dtype):
    return base64.b64encode(np.ascontiguousarray(array, dtype).tobytes()).decode()


golden = dict(
    made_by=f"OpenCV {cv2.__version__}, DualTVL1OpticalFlow with its defaults; numpy {np.__version__}",
    width=SIZE,
    height=SIZE,
    box=BOX,
    from_bytes=packed(face, np.uint8),
    to_bytes=packed(moved, np.uint8),
    flow=packed(np.stack([kept[..., 0], kept[..., 1]]), np.int16),
    image=np.stack([stretched(fu), stretched(fv), stretched(strain)], -1).ravel().tolist(),
    strain_rows={str(row): [round(float(s), 5) for s in strain[row, ::8]] for row in (0, 40, 84, 127)},
)
pathlib.Path("golden/flow/opencv-tvl1.json").write_text(json.dumps(golden) + "\n")
