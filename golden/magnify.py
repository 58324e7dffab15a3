"""Linear Eulerian video magnification in NumPy and SciPy, after Wu et al. 2012: makes magnify.json.

Written from the paper, one band-pass for every coefficient of every Laplacian level, as the paper has it.
Run: python3 golden/magnify.py (NumPy 1.24, SciPy 1.10, OpenCV 4.6)
"""
import base64
import json
from pathlib import Path

import cv2
import numpy as np
from scipy import signal

WIDTH, HEIGHT, FRAMES, RATE = 45, 39, 24, 30.0
SHOWN = [6, 23]
TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
TO_RGB = np.array([[1, 0.956, 0.621], [1, -0.272, -0.647], [1, -1.106, 1.703]])


def clip():
    """A moving grating, slower brightness, and some texture; magnify.test.ts makes the same."""
    t, y, x, c = np.meshgrid(*(np.arange(n) for n in (FRAMES, HEIGHT, WIDTH, 3)), indexing="ij")
    sway = 0.3 * np.sin(0.9 * t)
    value = 128 + 50 * np.sin(2 * np.pi * (x + sway) / 12 + c) + 30 * np.cos(y / 5 + 0.2 * t)
    return np.floor(value + (x * 7 + y * 13 + t * 5) % 7 + 0.5).clip(0, 255)


def band_pass(series, kind, low, high, order):
    """Along axis 0; recursive filters start at rest in the first frame."""
    if kind == "ideal":
        spectrum = np.fft.fft(series, axis=0)
        frequency = np.abs(np.fft.fftfreq(len(series), 1 / RATE))
        spectrum[(frequency < low) | (frequency > high)] = 0
        return np.fft.ifft(spectrum, axis=0).real
    if kind == "butterworth":
        sos = signal.butter(order, [low, high], "bandpass", fs=RATE, output="sos")
        start = signal.sosfilt_zi(sos)[(...,) + (None,) * (series.ndim - 1)] * series[0]
        return signal.sosfilt(sos, series, axis=0, zi=start)[0]
    fast, slow = (1 - np.exp(-2 * np.pi * f / RATE) for f in (high, low))
    middle = 2 * np.pi * np.sqrt(low * high) / RATE
    heights = [signal.freqz([r], [1, r - 1], worN=[middle])[1][0] for r in (fast, slow)]
    quick = lazy = series[0]
    out = []
    for frame in series:
        quick = quick + fast * (frame - quick)
        lazy = lazy + slow * (frame - lazy)
        out.append(quick - lazy)
    return np.array(out) / abs(heights[0] - heights[1])


def pyramid(frame, levels):
    out = []
    for _ in range(levels):
        smaller = cv2.pyrDown(frame)
        out.append(frame - cv2.pyrUp(smaller, dstsize=frame.shape[1::-1]))
        frame = smaller
    return out + [frame]


def collapse(levels):
    frame = levels[-1]
    for level in levels[-2::-1]:
        frame = level + cv2.pyrUp(frame, dstsize=level.shape[1::-1])
    return frame


def magnify(frames, kind="iir", low=0.5, high=10.0, order=2, alpha=10.0, wavelength=16.0,
            levels=3, chroma=0.0, finest=False, color=False):
    delta = wavelength / 8 / (1 + alpha)  # the largest movement that may have all of alpha
    gains = [np.clip(2 ** (l + 2.5) / 8 / delta - 1, 0, alpha) for l in range(levels)] + [0]
    if not finest:
        gains[0] = 0
    if color:
        gains = [0] * levels + [alpha]
    yiq = frames @ TO_YIQ.T
    change = np.zeros_like(yiq)
    for c, share in enumerate([1, chroma, chroma]):
        pyramids = [pyramid(np.ascontiguousarray(frame[..., c]), levels) for frame in yiq]
        amplified = [
            gain * share * band_pass(np.array(level), kind, low, high, order)
            for gain, level in zip(gains, zip(*pyramids))
        ]
        change[..., c] = [collapse(list(levels_of_frame)) for levels_of_frame in zip(*amplified)]
    return np.rint((frames + change @ TO_RGB.T)).clip(0, 255).astype(np.uint8)


CASES = [
    ({}, {}),
    (dict(chroma=0.5, alpha=4, wavelength=10, levels=3, low=1, high=6),
     dict(chroma=0.5, alpha=4, wavelength=10, levels=3, low=1, high=6)),
    (dict(filter="butterworth", low=0.8, high=5), dict(kind="butterworth", low=0.8, high=5)),
    (dict(filter="butterworth", order=1, finest=True, chroma=1, alpha=6),
     dict(kind="butterworth", order=1, finest=True, chroma=1, alpha=6)),
    (dict(filter="ideal", low=2, high=7, chroma=0.1), dict(kind="ideal", low=2, high=7, chroma=0.1)),
    (dict(mode="color", alpha=20, low=0.75, high=4, levels=2),
     dict(kind="ideal", color=True, alpha=20, low=0.75, high=4, chroma=1, levels=2)),
]
frames = clip()
cases = []
for options, ours in CASES:
    magnified = magnify(frames, **ours)
    shown = {str(t): base64.b64encode(magnified[t].tobytes()).decode() for t in SHOWN}
    cases.append(dict(options=options, frames=shown))

filters = []
for order, low, high, rate in [(1, 0.5, 10, 30), (2, 0.5, 10, 30), (2, 0.83, 1, 30), (3, 2, 20, 200), (4, 5, 60, 200)]:
    sos = signal.butter(order, [low, high], "bandpass", fs=rate, output="sos")
    impulse = np.zeros(48)
    impulse[4] = 1
    filters.append(dict(order=order, low=low, high=high, rate=rate, impulse=signal.sosfilt(sos, impulse).tolist()))

size = dict(width=WIDTH, height=HEIGHT, frames=FRAMES, rate=RATE)
text = json.dumps(dict(size=size, cases=cases, butterworth=filters), indent=1)
Path(__file__).with_suffix(".json").write_text(text + "\n")
