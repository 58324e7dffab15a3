/**
 * @file Fully connected layers.
 *
 * Where the input is a layer normalization (Ba, Kiros and Hinton 2016), its
 * scale and shift are folded into the weights: with x̂ the standardized rows,
 * W(γ ∘ x̂ + β) + b = (W diag γ) x̂ + (Wβ + b). No pass over
 * the rows is needed for them, forward or backward; what remains of their
 * gradients has the size of the weights.
 */
import { applyCustom, applyOperator, shapeError, sizeOf, type Tensor } from '../tensor.ts';
import { reshape, sum } from './broadcast.ts';
import { add, mul, sub } from './elementwise.ts';
import { product } from './matmul.ts';
import { normalizationOf, type Affine } from './normalization.ts';
import { mean } from './reduce.ts';

/** `x · weightᵀ + bias`: x `[…, in]`, weight `[out, in]`, bias `[out]`. */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  if (weight.shape.length !== 2 || x.shape.at(-1) !== weight.shape[1]) {
    throw shapeError('linear', [x.shape, weight.shape], 'needs [..., in] and [out, in]');
  }
  const [out, width] = weight.shape as [number, number];
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== out)) {
    throw shapeError('linear', [weight.shape, bias.shape], `the bias needs shape [${out}]`);
  }
  const rows = [sizeOf(x.shape) / width, width];
  const norm = normalizationOf(x, width);
  const y = norm
    ? normalizedLinear(reshape(norm.source, rows), norm, { weight, bias })
    : plainLinear(reshape(x, rows), weight, bias);
  return reshape(y, [...x.shape.slice(0, -1), out]);
}

function plainLinear(x: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  if (!bias) return product(x, weight, { transposeB: true });
  return applyOperator('Gemm', [x, weight, bias], {
    shape: [x.shape[0]!, weight.shape[0]!],
    attributes: { transB: 1 },
    gradient: (g) => [product(g, weight), product(g, x, { transposeA: true }), sum(g, [0])],
  });
}

function normalizedLinear(
  x: Tensor,
  norm: Affine & { readonly epsilon: number },
  { weight, bias }: { readonly weight: Tensor; readonly bias: Tensor | null },
): Tensor {
  const [rows, width] = x.shape as [number, number];
  const out = weight.shape[0]!;
  return applyCustom({
    name: 'NormalizedLinear',
    inputs: [x, norm.weight, norm.bias, weight, ...(bias ? [bias] : [])],
    shapes: [
      [rows, out],
      [rows, width],
      [rows, 1],
      [rows, 1],
    ],
    signature: `NormalizedLinear${norm.epsilon}`,
    emit: (graph, [source, scale, shift, matrix, offset]) => {
      const attributes = { axis: -1, epsilon: { float: norm.epsilon } };
      if (graph.target === 'portable') {
        const normal = graph.one('LayerNormalization', [source!, scale!, shift!], attributes);
        const operands = [normal, matrix!, ...(bias ? [offset!] : [])];
        return [graph.one('Gemm', operands, { transB: 1 }), '', '', ''];
      }
      const neutral = [graph.filled(1, [width]), graph.filled(0, [width])];
      const standard = graph.node('LayerNormalization', [source!, ...neutral], {
        attributes,
        outputs: 3,
      });
      const moved = graph.one('MatMul', [matrix!, shift!]);
      const operands = [
        standard[0]!,
        graph.one('Mul', [matrix!, scale!]),
        bias ? graph.one('Add', [moved, offset!]) : moved,
      ];
      return [graph.one('Gemm', operands, { transB: 1 }), ...standard];
    },
    gradient:
      ([, unit, , inverse]) =>
      ([g]) => {
        // Rows of the scaled weights without their mean give cotangents of x̂ without theirs.
        const scaled = mul(weight, norm.weight);
        const centered = sub(scaled, mean(scaled, [1], { keep: true }));
        const along = mul(product(g!, centered), inverse!);
        const slope = mean(mul(along, unit!), [1], { keep: true });
        const projected = product(g!, unit!, { transposeA: true }); //               [out, width]
        const total = sum(g!, [0]);
        const spread = mul(reshape(total, [out, 1]), norm.bias);
        return [
          sub(along, mul(unit!, slope)),
          sum(mul(weight, projected), [0]),
          product(total, weight),
          add(mul(projected, norm.weight), spread),
          total,
        ];
      },
  })[0]!;
}
