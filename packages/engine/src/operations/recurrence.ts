/**
 * @file Linear recurrences and the selective scan of Mamba.
 *
 * Gu and Dao 2023, "Mamba: Linear-Time Sequence Modeling with Selective State
 * Spaces", arXiv:2312.00752, algorithm 2. The recurrence runs as one ONNX Scan
 * over axis 0; its gradient is the same recurrence in the other direction.
 */
import { applyCustom, range, sameShape, shapeError, sizeOf, type Tensor } from '../tensor.ts';
import { reshape } from './broadcast.ts';
import { add, exp, mul } from './elementwise.ts';
import { pad, slice, transpose, type Width } from './layout.ts';
import { product } from './matmul.ts';

/** Which way a recurrence runs. */
export interface Direction {
  /** From the last step to the first. @defaultValue false */
  readonly reverse?: boolean;
}

/** `hₜ = aₜ · hₜ₋₁ + bₜ` along axis 0, from `h = 0`; both `[steps, …]`. */
export function linearRecurrence(a: Tensor, b: Tensor, options: Direction = {}): Tensor {
  const reverse = options.reverse ?? false;
  if (!sameShape(a.shape, b.shape) || a.shape.length < 1) {
    throw shapeError('linearRecurrence', [a.shape, b.shape], 'both must have one shape');
  }
  const steps = a.shape[0]!;
  const rest = sizeOf(a.shape.slice(1));
  return applyCustom({
    name: 'LinearRecurrence',
    inputs: [reshape(a, [steps, rest]), reshape(b, [steps, rest])],
    shapes: [a.shape],
    signature: `LinearRecurrence${Number(reverse)}${a.shape.join()}`,
    emit: (graph, [factors, terms]) => {
      const body = graph.body();
      const state = body.input(body.fresh(), [rest]);
      const factor = body.input(body.fresh(), [rest]);
      const term = body.input(body.fresh(), [rest]);
      const next = body.one('Add', [body.one('Mul', [factor, state]), term]);
      body.output(next, body.fresh(), [rest]);
      body.output(next, body.fresh(), [rest]);
      const start = graph.one('Expand', [graph.scalar(0), graph.integers([rest])]);
      const scanned = graph.node('Scan', [start, factors!, terms!], {
        attributes: {
          body: { graph: body },
          num_scan_inputs: 2,
          ...(reverse && { scan_input_directions: [1, 1], scan_output_directions: [1] }),
        },
        outputs: 2,
      })[1]!;
      return a.shape.length === 2
        ? [scanned]
        : [graph.one('Reshape', [scanned, graph.integers(a.shape)])];
    },
    gradient:
      ([h]) =>
      ([g]) => {
        // db runs against the recurrence with the factor of the step it came from; da = db · h of the step before.
        const db = linearRecurrence(shift(a, reverse ? 1 : -1), g!, { reverse: !reverse });
        const da = mul(db, shift(h!, reverse ? -1 : 1));
        return [reshape(da, [steps, rest]), reshape(db, [steps, rest])];
      },
  })[0]!;
}

/** Moves everything by one step along axis 0 and fills up with zero: 1 forward in time, -1 backward. */
function shift(x: Tensor, by: 1 | -1): Tensor {
  const steps = x.shape[0]!;
  const rest = range(x.shape.length - 1).map((): Width => [0, 0]);
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
      'wants u [n, l, d], delta [n, l, d], a [d, s], b [n, l, s], c [n, l, s]',
    );
  }
  // Steps outermost for Scan, channels innermost so that broadcasts over the state stay vectorized.
  const steps = (x: Tensor): Tensor => transpose(x, [1, 0, 2]);
  const [ul, dl, bl, cl] = [steps(u), steps(delta), steps(b), steps(c)];
  const decay = exp(mul(reshape(dl, [l, n, 1, d]), transpose(a, [1, 0]))); //        [l, n, s, d]
  const drive = mul(reshape(mul(dl, ul), [l, n, 1, d]), reshape(bl, [l, n, s, 1])); // [l, n, s, d]
  const h = linearRecurrence(decay, drive, options); //                              [l, n, s, d]
  const y = reshape(product(reshape(cl, [l, n, 1, s]), h), [l, n, d]);
  return steps(skip ? add(y, mul(ul, skip)) : y);
}
