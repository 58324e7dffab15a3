/**
 * @file Arithmetic and activation functions, element by element.
 *
 * Binary operations broadcast as NumPy does; a plain number is a scalar.
 */
import { applyOperator, applyCustom, scalar, withGradient, type Tensor } from '../tensor.ts';
import { broadcastShape, unbroadcast } from './broadcast.ts';

/** A tensor, or a number in its place. */
export type Operand = Tensor | number;

const lift = (x: Operand): Tensor => (typeof x === 'number' ? scalar(x) : x);

function binary(
  operator: string,
  left: Operand,
  right: Operand,
  gradient: (g: Tensor, a: Tensor, b: Tensor, y: Tensor) => readonly [Tensor, Tensor],
): Tensor {
  const a = lift(left);
  const b = lift(right);
  return applyOperator(operator, [a, b], {
    shape: broadcastShape(operator.toLowerCase(), a.shape, b.shape),
    gradient: (g, y) => {
      const [ga, gb] = gradient(g, a, b, y);
      return [unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)];
    },
  });
}

function unary(operator: string, x: Tensor, gradient: (g: Tensor, y: Tensor) => Tensor): Tensor {
  return applyOperator(operator, [x], { shape: x.shape, gradient: (g, y) => [gradient(g, y)] });
}

/** `a + b`. */
export function add(a: Operand, b: Operand): Tensor {
  return binary('Add', a, b, (g) => [g, g]);
}

/** `a - b`. */
export function sub(a: Operand, b: Operand): Tensor {
  return binary('Sub', a, b, (g) => [g, neg(g)]);
}

/** `a · b`. */
export function mul(a: Operand, b: Operand): Tensor {
  return binary('Mul', a, b, (g, x, y) => [mul(g, y), mul(g, x)]);
}

/** `a / b`. */
export function div(a: Operand, b: Operand): Tensor {
  return binary('Div', a, b, (g, _, divisor, y) => {
    const q = div(g, divisor);
    return [q, neg(mul(q, y))];
  });
}

/** The smaller of both; equal values share the gradient. */
export function minimum(a: Operand, b: Operand): Tensor {
  return neg(maximum(neg(lift(a)), neg(lift(b))));
}

/** The larger of both; equal values share the gradient. */
export function maximum(a: Operand, b: Operand): Tensor {
  return binary('Max', a, b, (g, x, y) => {
    const larger = mul(add(step(sub(x, y)), step(sub(x, y), 1)), 0.5);
    return [mul(g, larger), mul(g, sub(1, larger))];
  });
}

/** `-x`. */
export function neg(x: Tensor): Tensor {
  return unary('Neg', x, (g) => neg(g));
}

/** `eˣ`. */
export function exp(x: Tensor): Tensor {
  return unary('Exp', x, (g, y) => mul(g, y));
}

/** Natural logarithm. */
export function log(x: Tensor): Tensor {
  return unary('Log', x, (g) => div(g, x));
}

/** Square root; its gradient at 0 is infinite. */
export function sqrt(x: Tensor): Tensor {
  return unary('Sqrt', x, (g, y) => div(mul(g, 0.5), y));
}

/** `1 / x`. */
export function reciprocal(x: Tensor): Tensor {
  return unary('Reciprocal', x, (g, y) => neg(mul(g, mul(y, y))));
}

/** Absolute value; its gradient at 0 is 0. */
export function abs(x: Tensor): Tensor {
  return unary('Abs', x, (g) => mul(g, sub(step(x), step(neg(x)))));
}

/** Logistic function. */
export function sigmoid(x: Tensor): Tensor {
  return unary('Sigmoid', x, (g, y) => mul(g, mul(y, sub(1, y))));
}

/** Hyperbolic tangent. */
export function tanh(x: Tensor): Tensor {
  return unary('Tanh', x, (g, y) => mul(g, sub(1, mul(y, y))));
}

/** `max(x, 0)`; its gradient at 0 is 0. */
export function relu(x: Tensor): Tensor {
  return unary('Relu', x, (g, y) => mul(g, step(y)));
}

/** `x · sigmoid(x)`, also called swish. */
export function silu(x: Tensor): Tensor {
  const s = sigmoid(x);
  const y = mul(x, s);
  return withGradient(y, [x], (g) => [mul(g, mul(s, add(sub(x, y), 1)))]);
}

/** Gaussian error linear unit, exact: `x · Φ(x)` (Hendrycks and Gimpel 2016). */
export function gelu(x: Tensor): Tensor {
  return applyCustom({
    name: 'Gelu',
    inputs: [x],
    shapes: [x.shape],
    signature: 'Gelu',
    emit: (graph, [input]) => {
      if (graph.target === 'native') {
        return graph.node('Gelu', [input!], { domain: 'com.microsoft' });
      }
      const erf = graph.one('Erf', [graph.one('Mul', [input!, graph.scalar(Math.SQRT1_2)])]);
      const half = graph.one('Mul', [input!, graph.scalar(0.5)]);
      return [graph.one('Mul', [half, graph.one('Add', [erf, graph.scalar(1)])])];
    },
    gradient:
      () =>
      ([g]) => {
        // Φ(x) + x·φ(x), with u = x/√2 and the constant of the density in its exponent.
        const u = mul(x, Math.SQRT1_2);
        const density = mul(exp(sub(-Math.log(Math.PI) / 2, mul(u, u))), u);
        return [mul(g!, add(halved(erf(u)), density))];
      },
  })[0]!;
}

/** `log(1 + eˣ)`, without overflow. ONNX Runtime's own Softplus is 60 times slower than Exp. */
export function softplus(x: Tensor): Tensor {
  const y = add(relu(x), log(add(exp(neg(abs(x))), 1)));
  return withGradient(y, [x], (g) => [mul(g, sigmoid(x))]);
}

/** `x²`. */
export function square(x: Tensor): Tensor {
  const y = mul(x, x);
  return withGradient(y, [x], (g) => [mul(g, mul(x, 2))]);
}

/** `(x + 1) / 2` for x in -1…1, in one pass. It has no gradient. */
function halved(x: Tensor): Tensor {
  return applyOperator('HardSigmoid', [x], {
    shape: x.shape,
    attributes: { alpha: { float: 0.5 }, beta: { float: 0.5 } },
  });
}

/** Gauss error function. */
function erf(x: Tensor): Tensor {
  return unary('Erf', x, (g) => mul(g, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))));
}

/**
 * 1 where `x > 0`, else 0; with `atZero = 1`, 1 where `x >= 0`. One vectorized
 * pass: a comparison, cast and product costs six times as much. It has no
 * gradient. A NaN passes through.
 */
export function step(x: Tensor, atZero: 0 | 1 = 0): Tensor {
  return applyOperator('HardSigmoid', [x], {
    shape: x.shape,
    attributes: { alpha: { float: 1e30 }, beta: { float: atZero } },
    gradient: () => [null],
  });
}
