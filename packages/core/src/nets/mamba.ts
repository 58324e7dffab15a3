/**
 * @file The Mamba mixer of MambaVision over the tokens of a window, with scans in several directions.
 *
 * Written from the equations of Hatamizadeh and Kautz 2024, "MambaVision",
 * arXiv:2407.08083, the scan inside it from Gu and Dao 2023, "Mamba",
 * arXiv:2312.00752. A direction for each group of channels is MERba's.
 *
 *     in ─┬─ conv ─ SiLU ─ selective scan, a direction per channel group ─┬─ out
 *         └─ conv ─ SiLU ─────────────────────────────────────────────────┘
 *
 * Glossary: `l` tokens of a window, `m` windows, `d` channels, `e = d/2` channels
 * that are scanned, `s` state size, `r` rank of the step size.
 */
import {
  add,
  concat,
  constant,
  conv,
  decayingRecurrence,
  exp,
  gather,
  linear,
  matmul,
  mul,
  neg,
  reshape,
  silu,
  softplus,
  split,
  sum,
  transpose,
  type Parameter,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import {
  applyNorm,
  filled,
  initLinear,
  initNorm,
  parameter,
  uniform,
  type Linear,
  type Norm,
} from './layers.ts';
import { isWithout } from './parts.ts';

/** Order in which a scan visits the tokens of a window: Horizontal or Vertical, forward or backward. */
export type Scan = 'Hf' | 'Hb' | 'Vf' | 'Vb';

/** The directions in words. */
export const SCAN_NAMES: Readonly<Record<Scan, string>> = {
  Hf: 'rows forward',
  Hb: 'rows backward',
  Vf: 'columns forward',
  Vb: 'columns backward',
};

/** Scan order of the tokens of a window. */
export interface Scanning {
  /** Side of a window, tokens. */
  readonly window: number;
  /** Directions; each scans an equal part of the channels. */
  readonly scans: readonly Scan[];
  /**
   * `normalized`: B and C are layer-normalized, the skip D starts small, the steps Δ learn at a rate of their own, and
   * channels that are scanned along columns are convolved along columns. Without it the scan vanishes beside the skip
   * (docs/experiments.md). @defaultValue `plain`, as in MambaVision
   */
  readonly selection?: 'plain' | 'normalized';
  /** Parts that are taken out: `scan`, or one direction of it, such as `scan-Hf`. */
  readonly without?: readonly string[];
}

/** Mamba mixer with a symmetric branch. */
export interface Mixer {
  /** `[d, d]` */
  readonly inProj: Linear;
  /** Along the tokens, one filter per channel, `[d, 1, 3]`. */
  readonly conv: Parameter;
  /** The selection: from a token to the low-rank Δ, B and C, `[r + 2s, e]`. */
  readonly xProj: Linear;
  /** From the low-rank Δ to the step size of each channel, `[e, r]`. */
  readonly dtProj: Linear;
  /** log(−A), `[e, s]`. */
  readonly logDecay: Parameter;
  /** D, `[e]`. */
  readonly skip: Parameter;
  /** Of B and of C, `[s]`; present where the selection is normalized. */
  readonly bNorm?: Norm;
  readonly cNorm?: Norm;
  /** `[d, d]` */
  readonly outProj: Linear;
}

/** Factor between the stored and the used bias of the normalized steps: AdamW moves it this many times as fast. */
const STEP_RATE = 5;

/** Step sizes of the normalized selection start log-uniform between these. */
const NORMALIZED_STEPS = [0.02, 0.5] as const;

/** D of the normalized selection at the start. */
const NORMALIZED_SKIP = 0.1;

/**
 * Step sizes start log-uniform in 0.001–0.1, decays at −1 … −s (Gu and Dao 2023, §3.6); in the normalized selection
 * (ours) steps in 0.02–0.5, so that a window of 49 tokens is short and long for them, and a small skip.
 */
export function initMixer(
  d: number,
  s: number,
  random: Random,
  selection: Scanning['selection'] = 'plain',
): Mixer {
  const isNormalized = selection === 'normalized';
  const [least, most] = isNormalized ? NORMALIZED_STEPS : [0.001, 0.1];
  const rate = isNormalized ? STEP_RATE : 1;
  const e = d / 2;
  const r = Math.ceil(d / 16);
  const steps = parameter([e], random, () => least * (most / least) ** random.uniform());
  return {
    inProj: initLinear({ from: d, to: d, bias: false }, random),
    conv: uniform([d, 1, 3], 1 / Math.sqrt(3), random),
    xProj: initLinear({ from: e, to: r + 2 * s, bias: false }, random),
    dtProj: {
      weight: uniform([e, r], 1 / Math.sqrt(r), random),
      bias: { ...steps, data: steps.data.map((dt) => (dt + Math.log(-Math.expm1(-dt))) / rate) }, // softplus⁻¹
    },
    logDecay: { ...parameter([e, s], random, (i) => Math.log((i % s) + 1)), decay: false },
    skip: filled([e], isNormalized ? NORMALIZED_SKIP : 1, random),
    ...(isNormalized && { bNorm: initNorm(s, random), cNorm: initNorm(s, random) }),
    outProj: initLinear({ from: d, to: d, bias: false }, random),
  };
}

/**
 * Mamba mixer over the tokens of each window; `[l, m, d] → [l, m, d]`.
 *
 * Between the projections, channels are the outermost axis and windows the
 * innermost: the projections write and read this order without a transpose, and
 * the convolution and the scan run along whole vectors.
 *
 * @see Hatamizadeh and Kautz 2024, equations 6 and 7; scans in several directions are MERba's
 */
export function mixer(p: Symbolic<Mixer>, x: Tensor, scanning: Scanning): Tensor {
  const { window, scans } = scanning;
  const [l, m, d] = x.shape as [number, number, number];
  const [e, s] = p.logDecay.shape as [number, number];
  const r = p.dtProj.weight.shape[1]!;
  const project = (weight: Tensor, t: Tensor): Tensor => matmul(weight, reshape(t, [-1, l * m]));
  const rows = reshape(x, [l * m, d]);
  const projected = reshape(matmul(p.inProj.weight, transpose(rows, [1, 0])), [1, d, l, m]);
  const kernel = reshape(p.conv, [d, 1, 3, 1]);
  const padding = [
    [1, 1],
    [0, 0],
  ] as const;
  const along = scanning.selection === 'normalized' ? columns(scanning, d) : undefined;
  const turned = along ? inColumns(projected, along) : projected;
  const filtered = conv(turned, kernel, { padding, groups: d }); //               [1, d, l, m]
  const mixed = silu(along ? inColumns(filtered, along) : filtered);
  const [u, z] = split(reshape(mixed, [d, l, m]), 0, 2) as [Tensor, Tensor]; // [e, l, m]
  const selected = reshape(project(p.xProj.weight, u), [r + 2 * s, l, m]);
  const [dt, ...given] = split(selected, 0, [r, s, s]) as [Tensor, Tensor, Tensor];
  const b = p.bNorm ? normalizedStates(p.bNorm, given[0]) : given[0];
  const c = p.cNorm ? normalizedStates(p.cNorm, given[1]) : given[1];
  const bias = reshape(p.dtProj.bias!, [e, 1]);
  const steps = add(project(p.dtProj.weight, dt), p.bNorm ? mul(bias, STEP_RATE) : bias);
  const delta = reshape(softplus(steps), [e, l, m]);
  const orders = scans.map((scan) => scanOrder(scan, window));
  const driven = scans.map(
    (scan) => !(isWithout(scanning, 'scan') || isWithout(scanning, `scan-${scan}`)),
  );
  const y = scanned(p, { u, delta, b, c }, orders, driven); //                  [e, l, m]
  const both = reshape(concat([y, z], 0), [d, l * m]);
  return reshape(linear(transpose(both, [1, 0]), p.outProj.weight), [l, m, d]);
}

/** Which channels are convolved along columns, and the side of a window. */
interface Columns {
  readonly window: number;
  /** Runs of channels, in order. */
  readonly runs: readonly { readonly size: number; readonly isColumn: boolean }[];
}

/** Those of the scanned half are as their scans; of the other half the first are along rows, as many as above. */
function columns({ window, scans }: Scanning, d: number): Columns {
  const size = d / 2 / scans.length;
  const half = scans.map((scan) => ({ size, isColumn: scan.startsWith('V') }));
  return { window, runs: [...half, ...half] };
}

/** Rows and columns of a window exchanged in the channels that run along columns; `[1, d, l, m]`, its own inverse. */
function inColumns(x: Tensor, { window, runs }: Columns): Tensor {
  const order = scanOrder('Vf', window);
  const parts = split(
    x,
    1,
    runs.map(({ size }) => size),
  );
  return concat(
    parts.map((part, i) => (runs[i]!.isColumn ? gather(part, 2, order) : part)),
    1,
  );
}

/** Layer normalization over the states of each token, `[s, l, m] → [s, l, m]`. */
function normalizedStates(norm: Symbolic<Norm>, x: Tensor): Tensor {
  return transpose(applyNorm(norm, transpose(x, [1, 2, 0])), [2, 0, 1]);
}

/**
 * The selective scan, each group of channels in its own order:
 * `hₜ = exp(Δₜ A) hₜ₋₁ + Δₜ Bₜ uₜ`, `yₜ = Cₜ hₜ + D uₜ`; u and Δ `[e, l, m]`, B and C `[s, l, m]` → `[e, l, m]`.
 *
 * All groups share one recurrence.
 *
 * @param isDriven - whether the state of each group is driven; B counts as 0 where it is not
 * @see Gu and Dao 2023, equation 2 and algorithm 2
 */
function scanned(
  p: Symbolic<Mixer>,
  x: { readonly u: Tensor; readonly delta: Tensor; readonly b: Tensor; readonly c: Tensor },
  orders: readonly (readonly number[])[],
  isDriven: readonly boolean[],
): Tensor {
  const [e, l, m] = x.u.shape as [number, number, number];
  const s = p.logDecay.shape[1]!;
  const o = orders.length;
  if (e % o !== 0) throw indivisible(e, o);
  const k = e / o;
  /** `[e, l, m] → [l, e, m]`, each group in its order. */
  const perChannel = (t: Tensor): Tensor =>
    concat(
      split(transpose(t, [1, 0, 2]), 1, o).map((group, i) => gather(group, 0, orders[i]!)),
      1,
    );
  /** `[s, l, m] → [l, s, o, 1, m]`, once in each order. */
  const perState = (t: Tensor): Tensor => {
    const steps = reshape(transpose(t, [1, 0, 2]), [l, s, 1, m]);
    const inOrders = orders.map((order) => gather(steps, 0, order));
    return reshape(concat(inOrders, 2), [l, s, o, 1, m]);
  };
  const delta = perChannel(x.delta);
  const rate = reshape(transpose(neg(exp(p.logDecay)), [1, 0]), [s, e, 1]); //  A
  const decay = mul(reshape(delta, [l, 1, e, m]), rate); //                     [l, s, e, m]
  const driven = mul(delta, perChannel(x.u));
  const all = perState(x.b);
  const b = isDriven.every(Boolean)
    ? all
    : mul(all, constant(Float32Array.from(isDriven, Number), [1, 1, o, 1, 1]));
  const drive = mul(reshape(driven, [l, 1, o, k, m]), b); //                    [l, s, o, k, m]
  const h = decayingRecurrence(decay, reshape(drive, [l, s, e, m]));
  const outputs = mul(reshape(h, [l, s, o, k, m]), perState(x.c));
  const groups = split(sum(outputs, [1]), 1, o); //                                [l, 1, k, m]
  const back = groups.map((group, i) => gather(group, 0, inverse(orders[i]!)));
  const y = transpose(reshape(concat(back, 1), [l, e, m]), [1, 0, 2]);
  return add(y, mul(x.u, reshape(p.skip, [e, 1, 1])));
}

/** Token numbers (row by row) of a window in the order of a scan. */
function scanOrder(scan: Scan, w: number): number[] {
  const rows = Array.from({ length: w * w }, (_, i) => i);
  const order = scan.startsWith('H') ? rows : rows.map((i) => (i % w) * w + Math.floor(i / w));
  return scan.endsWith('f') ? order : order.reverse();
}

/** The permutation that undoes `order`. */
function inverse(order: readonly number[]): number[] {
  const undo: number[] = [];
  order.forEach((from, to) => (undo[from] = to));
  return undo;
}

function indivisible(channels: number, scans: number): TelltaleError {
  return new TelltaleError(
    'OPTION_INVALID',
    `${channels} scanned channels do not divide among ${scans} scans`,
    'Choose channels that are a multiple of twice the number of scans.',
  );
}
