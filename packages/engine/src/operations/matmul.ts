/**
 * @file Matrix products.
 *
 * Products with a transposed operand are written as ONNX Runtime's FusedMatMul
 * where the target allows it, which avoids materializing the transpose.
 */
import { applyCustom, range, sameShape, shapeError, sizeOf, type Tensor } from '../tensor.ts';
import { broadcastShape, reshape, unbroadcast } from './broadcast.ts';

/** Which operands are transposed in their last two axes. */
export interface ProductOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** `a · b` over the last two axes: `[…, m, k] · […, k, n] → […, m, n]`; leading axes broadcast. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length < 2 || b.shape.length < 2) {
    throw shapeError('matmul', [a.shape, b.shape], 'both need two axes');
  }
  const plainA = untransposed(a);
  const plainB = untransposed(b);
  return product(plainA ?? a, plainB ?? b, {
    transposeA: plainA !== null,
    transposeB: plainB !== null,
  });
}

/** Matrix product with optional transposes of the last two axes. */
export function product(a: Tensor, b: Tensor, options: ProductOptions = {}): Tensor {
  const { transposeA = false, transposeB = false } = options;
  if (a.shape.length === 1) {
    return reshape(product(reshape(a, [1, -1]), b, options), [b.shape[transposeB ? 0 : 1]!]);
  }
  const [m, k] = lastTwo(a, transposeA);
  const [other, n] = lastTwo(b, transposeB);
  if (k !== other) {
    throw shapeError('matmul', [a.shape, b.shape], `inner sizes ${k} and ${other} differ`);
  }
  const lead = broadcastShape('matmul', a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...lead, m, n];
  if (b.shape.length === 2 && a.shape.length > 2 && !transposeA) {
    // One tall product instead of a batch of them.
    return reshape(product(reshape(a, [sizeOf(lead) * m, k]), b, { transposeB }), shape);
  }
  return applyCustom({
    name: 'MatMul',
    inputs: [a, b],
    shapes: [shape],
    signature: `MatMul${Number(transposeA)}${Number(transposeB)}`,
    emit: (graph, [left, right]) => {
      if (!transposeA && !transposeB) return graph.node('MatMul', [left!, right!]);
      if (graph.target === 'native') {
        return graph.node('FusedMatMul', [left!, right!], {
          domain: 'com.microsoft',
          attributes: { transA: Number(transposeA), transB: Number(transposeB) },
        });
      }
      const turned = (name: string, rank: number): string =>
        graph.one('Transpose', [name], { perm: lastSwapped(rank) });
      return graph.node('MatMul', [
        transposeA ? turned(left!, a.shape.length) : left!,
        transposeB ? turned(right!, b.shape.length) : right!,
      ]);
    },
    gradient:
      () =>
      ([g]) => {
        const da = transposeA
          ? product(b, g!, { transposeA: transposeB, transposeB: true })
          : product(g!, b, { transposeB: !transposeB });
        const db = transposeB
          ? product(g!, a, { transposeA: true, transposeB: transposeA })
          : product(a, g!, { transposeA: !transposeA });
        return [unbroadcast(da, a.shape), unbroadcast(db, b.shape)];
      },
  })[0]!;
}

function lastTwo(x: Tensor, transposed: boolean): [number, number] {
  const [rows, columns] = [x.shape.at(-2)!, x.shape.at(-1)!];
  return transposed ? [columns, rows] : [rows, columns];
}

function lastSwapped(rank: number): number[] {
  return [...range(rank - 2), rank - 1, rank - 2];
}

/** What `x` is the last-two-axes transpose of, or null. */
function untransposed(x: Tensor): Tensor | null {
  const operation = x.operation;
  if (operation?.name !== 'Transpose') return null;
  const order = operation.attributes['perm'] as readonly number[];
  return sameShape(order, lastSwapped(order.length)) ? operation.inputs[0]! : null;
}
