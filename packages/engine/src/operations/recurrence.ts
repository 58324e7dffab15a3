/**
 * @file Linear recurrences and the selective scan of Mamba.
 *
 * Gu and Dao 2023, "Mamba: Linear-Time Sequence Modeling with Selective State
 * Spaces", arXiv:2312.00752, algorithm 2. The recurrence runs as one ONNX Scan
 * over axis 0; its gradient is the same recurrence in the other direction.
 */
import type { Graph } from '../onnx/graph.ts';
import {
  applyCustom,
  range,
  sameShape,
  shapeError,
  sizeOf,
  withGradient,
  type Tensor,
} from '../tensor.ts';
import { reshape } from './broadcast.ts';
import { add, exp, mul } from './elementwise.ts';
import { pad, slice, transpose, type PadWidth } from './layout.ts';
import { product } from './matmul.ts';

/** Direction of a recurrence. */
export interface Direction {
  /** From the last step to the first. @defaultValue false */
  readonly reverse?: boolean;
}

/** `hₜ = aₜ · hₜ₋₁ + bₜ` along axis 0, from `h = 0`; both `[steps, …]`. */
export function linearRecurrence(a: Tensor, b: Tensor, options: Direction = {}): Tensor {
  const reverse = options.reverse ?? false;
  const h = add(carried(a, b, reverse), b);
  return withGradient(h, [a, b], (g) => {
    const db = backward(a, g, !reverse);
    return [mul(db, shift(h, reverse ? -1 : 1)), db];
  });
}

/**
 * `hₜ = exp(xₜ) · hₜ₋₁ + bₜ` along axis 0, from `h = 0`; both `[steps, …]`.
 *
 * The value carried over by each step is stored: its product with the
 * cotangent of b is the gradient of x.
 */
export function decayingRecurrence(x: Tensor, b: Tensor, options: Direction = {}): Tensor {
  const reverse = options.reverse ?? false;
  const a = exp(x);
  const carry = carried(a, b, reverse);
  return withGradient(add(carry, b), [x, b], (g) => {
    const db = backward(a, g, !reverse);
    return [mul(db, carry), db];
  });
}

/** `aₜ · hₜ₋₁` of the recurrence. */
function carried(a: Tensor, b: Tensor, reverse: boolean): Tensor {
  if (!sameShape(a.shape, b.shape) || a.shape.length < 1) {
    throw shapeError('linearRecurrence', [a.shape, b.shape], 'both must have one shape');
  }
  return scan('Recurrence', [a, b], {
    reverse,
    body: (graph, { state, first, second }) => {
      const product = graph.one('Mul', [first, state]);
      return { next: graph.one('Add', [product, second]), kept: product };
    },
  });
}

/** Cotangent of b: `vₜ = gₜ + aₛ · vₛ`, where s is the step after t. */
function backward(a: Tensor, g: Tensor, reverse: boolean): Tensor {
  return scan('RecurrenceBackward', [a, g], {
    reverse,
    body: (graph, { state, first, second }) => {
      const total = graph.one('Add', [second, state]);
      return { next: graph.one('Mul', [first, total]), kept: total };
    },
  });
}

/** One pass over the steps with a state from zero. The next state and the stored value differ, so neither is copied. */
function scan(
  name: string,
  [first, second]: readonly [Tensor, Tensor],
  {
    reverse,
    body: write,
  }: {
    readonly reverse: boolean;
    readonly body: (
      graph: Graph,
      names: { readonly state: string; readonly first: string; readonly second: string },
    ) => { readonly next: string; readonly kept: string };
  },
): Tensor {
  const steps = first.shape[0]!;
  const rest = sizeOf(first.shape.slice(1));
  const flat = applyCustom({
    name,
    inputs: [reshape(first, [steps, rest]), reshape(second, [steps, rest])],
    shapes: [[steps, rest]],
    signature: `${name}${Number(reverse)}`,
    emit: (graph, names) => {
      const body = graph.body();
      const input = (): string => body.input(body.fresh(), [rest]);
      const { next, kept } = write(body, { state: input(), first: input(), second: input() });
      body.output(next, body.fresh(), [rest]);
      body.output(kept, body.fresh(), [rest]);
      const start = graph.one('Expand', [graph.scalar(0), graph.integers([rest])]);
      const outputs = graph.node('Scan', [start, ...names], {
        attributes: {
          body: { graph: body },
          num_scan_inputs: 2,
          ...(reverse && { scan_input_directions: [1, 1], scan_output_directions: [1] }),
        },
        outputs: 2,
      });
      return [outputs[1]!];
    },
  })[0]!;
  return reshape(flat, first.shape);
}

/** Shifts by one step along axis 0 and pads with zero: 1 forward in time, -1 backward. */
function shift(x: Tensor, by: 1 | -1): Tensor {
  const steps = x.shape[0]!;
  const rest = range(x.shape.length - 1).map((): PadWidth => [0, 0]);
  if (steps === 1) return mul(x, 0);
  return by === 1
    ? pad(slice(x, [{ axis: 0, start: 0, end: steps - 1 }]), [[1, 0], ...rest])
    : pad(slice(x, [{ axis: 0, start: 1, end: steps }]), [[0, 1], ...rest]);
}

/** Operands of {@link selectiveScan}: `n` batch, `l` steps, `d` channels, `s` state size. */
export interface ScanOperands {
  /** Step sizes Δ, positive, `[n, l, d]`. */
  readonly delta: Tensor;
  /** State matrix A, negative, `[d, s]`. */
  readonly a: Tensor;
  /** Input matrix B, `[n, l, s]`. */
  readonly b: Tensor;
  /** Output matrix C, `[n, l, s]`. */
  readonly c: Tensor;
  /** Skip connection D, `[d]`. */
  readonly skip?: Tensor | null;
}

/**
 * The selective scan: `hₜ = exp(Δₜ A) hₜ₋₁ + Δₜ Bₜ uₜ`, `yₜ = Cₜ hₜ + D uₜ`.
 *
 * @param u - `[n, l, d]`
 * @returns `[n, l, d]`
 */
export function selectiveScan(u: Tensor, operands: ScanOperands, options: Direction = {}): Tensor {
  const { delta, a, b, c, skip } = operands;
  const [n, l, d] = u.shape as [number, number, number];
  const s = a.shape[1]!;
  const fits =
    u.shape.length === 3 &&
    sameShape(delta.shape, u.shape) &&
    sameShape(a.shape, [d, s]) &&
    sameShape(b.shape, [n, l, s]) &&
    sameShape(c.shape, [n, l, s]) &&
    (!skip || sameShape(skip.shape, [d]));
  if (!fits) {
    throw shapeError(
      'selectiveScan',
      [u.shape, delta.shape, a.shape, b.shape, c.shape],
      'needs u [n, l, d], delta [n, l, d], a [d, s], b [n, l, s], c [n, l, s]',
    );
  }
  // Steps outermost for Scan, channels innermost so that broadcasts over the state stay vectorized.
  const steps = (x: Tensor): Tensor => transpose(x, [1, 0, 2]);
  const [ul, dl, bl, cl] = [steps(u), steps(delta), steps(b), steps(c)];
  const decay = mul(reshape(dl, [l, n, 1, d]), transpose(a, [1, 0])); //             [l, n, s, d]
  const drive = mul(reshape(mul(dl, ul), [l, n, 1, d]), reshape(bl, [l, n, s, 1])); // [l, n, s, d]
  const h = decayingRecurrence(decay, drive, options); //                            [l, n, s, d]
  const y = reshape(product(reshape(cl, [l, n, 1, s]), h), [l, n, d]);
  return steps(skip ? add(y, mul(ul, skip)) : y);
}
