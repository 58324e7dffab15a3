/**
 * @file What is done to frames to make recordings poor: less light, noise, blur, a hand before the mouth, a turn of the
 * head; and clips that are mirrored, or kept so that they are rendered once.
 */
import { closeSync, openSync, readSync, renameSync, statSync, writeSync } from 'node:fs';

import { createRandom } from '../packages/core/dist/base/random.js';

/** Standard normal numbers, from a place that the frame decides. */
const normals = Float32Array.from({ length: 1 << 20 }, ((random) => () => random.normal())(createRandom(5))); // prettier-ignore

/** A clip with less light, with noise, and blurred. */
export function degraded(clip, { gain = 1, noise = 0, blur = 0 }) {
  if (gain === 1 && noise === 0 && blur === 0) return clip;
  return {
    ...{ name: clip.name, width: clip.width, height: clip.height, rate: clip.rate },
    async *frames() {
      for await (const frame of clip.frames()) {
        let data;
        const { index, time, width, height, channels } = frame;
        const source = frame;
        yield {
          ...{ index, time, width, height, channels },
          get data() {
            return (data ??= spoil(source, { gain, noise, blur }));
          },
        };
      }
    },
  };
}

function spoil(frame, { gain, noise, blur }) {
  const { width, height, channels, index } = frame;
  const from = blur > 0 ? blurred(frame, blur) : frame.data;
  const out = new Uint8ClampedArray(from.length);
  let at = (index * 786_433) & (normals.length - 1);
  for (let i = 0; i < width * height * channels; i++) {
    out[i] = gain * from[i] + noise * normals[at];
    at = (at + 1) & (normals.length - 1);
  }
  return out;
}

/** Three box filters of the same variance as a Gaussian. */
function blurred({ data, width, height, channels }, sigma) {
  const radius = Math.max(1, Math.round((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2));
  let from = Float32Array.from(data);
  const line = (count, start, step) => {
    const window = 2 * radius + 1;
    let sum = 0;
    const at = (i) => start + step * Math.max(0, Math.min(count - 1, i));
    const copy = new Float32Array(count);
    for (let i = 0; i < count; i++) copy[i] = from[at(i)];
    const clamp = (i) => copy[Math.max(0, Math.min(count - 1, i))];
    for (let i = -radius; i <= radius; i++) sum += clamp(i);
    for (let i = 0; i < count; i++) {
      from[at(i)] = sum / window;
      sum += clamp(i + radius + 1) - clamp(i - radius);
    }
  };
  for (let pass = 0; pass < 3; pass++) {
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++) line(width, y * width * channels + c, channels);
      for (let x = 0; x < width; x++) line(height, x * channels + c, width * channels);
    }
  }
  return from;
}

/** An image or a frame, left and right exchanged. */
export function mirrored({ data, width, height, channels }) {
  const out = new Uint8ClampedArray(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = channels * (y * width + width - 1 - x);
      for (let c = 0; c < channels; c++) out[channels * (y * width + x) + c] = data[from + c];
    }
  }
  return { data: out, width, height, channels };
}

/** A hand that comes to the mouth, and one that wipes over it; a head that turns and returns. Nothing else moves but a blink. */
export const disturbances = {
  hand: (time) => ({ hand: Math.max(between(time, 1.9, 2.2) - between(time, 2.6, 2.9), between(time, 3.5, 3.7) - between(time, 3.8, 4)) }), // prettier-ignore
  turn: (time) => ({ turn: 8 * bump(time, 1.8, 2.3) + 14 * bump(time, 3, 3.8) - 6 * bump(time, 4.2, 4.5) }), // prettier-ignore
};
const between = (time, from, to) => Math.max(0, Math.min(1, (time - from) / (to - from)));
const bump = (time, from, to) =>
  time > from && time < to ? (1 - Math.cos((2 * Math.PI * (time - from)) / (to - from))) / 2 : 0;
/** A frame with a hand before the mouth, or a face turned as if it were a dome; pixels at 80 between the eyes. */
export function disturbed({ data, width, height, channels }, points, { hand = 0, turn = 0 }) {
  const out = Uint8ClampedArray.from(data);
  const at = (i) => [points[2 * i], points[2 * i + 1]];
  const [[noseX, noseY], [mouthX, mouthY], [cheekX, cheekY]] = [at(1), at(13), at(50)];
  const skin = channels * (Math.round(cheekY) * width + Math.round(cheekX));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = channels * (y * width + x);
      if (turn !== 0) {
        const dome = Math.max(0, 1 - ((x - noseX) / 110) ** 2 - ((y - noseY) / 150) ** 2);
        const from = Math.max(0, Math.min(width - 1.01, x - turn * dome));
        const [left, part] = [Math.floor(from), from - Math.floor(from)];
        const j = channels * (y * width + left);
        for (let c = 0; c < 3; c++) out[i + c] = data[j + c] * (1 - part) + data[j + channels + c] * part; // prettier-ignore
      }
      if (hand > 0) {
        const centerY = mouthY + 160 * (1 - hand);
        const [dx, dy] = [(x - mouthX) / 48, (y - centerY - 25) / 60];
        const edge = 1 - Math.hypot(dx, dy);
        const finger = 1 - 0.12 * Math.cos((x - mouthX) / 3.2) ** 8 - 0.15 * (dy + 0.4) ** 2;
        const opacity = Math.max(0, Math.min(1, edge * 25));
        for (let c = 0; c < 3; c++) out[i + c] += opacity * (data[skin + c] * finger - out[i + c]);
      }
    }
  }
  return out;
}

/** A clip whose frames are all in one file after they were read for the first time; frames of three channels. */
export function keptClip(clip, path) {
  const { name, width, height, rate, truth } = clip;
  const size = 3 * width * height;
  const part = `${path}.${process.pid}`;
  const isKept = () => statSync(path, { throwIfNoEntry: false })?.size > 0;
  return {
    ...{ name, width, height, rate, truth },
    async *frames() {
      if (isKept()) {
        const file = openSync(path);
        try {
          const count = statSync(path).size / size;
          for (let index = 0; index < count; index++) {
            const data = new Uint8ClampedArray(size);
            readSync(file, data, 0, size, index * size);
            yield { index, time: index / rate, width, height, channels: 3, data };
          }
        } finally {
          closeSync(file);
        }
        return;
      }
      const file = openSync(part, 'w');
      try {
        for await (const frame of clip.frames()) {
          writeSync(file, frame.data);
          yield frame;
        }
        renameSync(part, path);
      } finally {
        closeSync(file);
      }
    },
  };
}
