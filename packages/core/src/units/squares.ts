/**
 * @file Regularized least squares with weights, and what it answers for groups of rows that it did not see.
 *
 * Rifkin, Yeo and Poggio 2003, "Regularized Least-Squares Classification", with the leave-one-out formula of its §5
 * for groups: the answer of a fit without group g follows from the fit with it,
 *
 *     f₋g = y_g − (I − H_gg)⁻¹ (y_g − f_g),   H = X (XᵀWX + λI)⁻¹ Xᵀ W
 */

/** A symmetric positive definite matrix by rows; only its lower triangle is read. */
export interface Gram {
  readonly size: number;
  /** Shape `[size, size]`. */
  readonly data: Float64Array;
}

/** Adds `weight · xᵀx` for each row to the lower triangle of a matrix. */
export function addRows(
  { size, data }: Gram,
  rows: readonly Float64Array[],
  weight: (row: number) => number,
): void {
  rows.forEach((row, r) => {
    const factor = weight(r);
    if (factor === 0) return;
    for (let i = 0; i < size; i++) {
      const scaled = factor * row[i]!;
      const at = i * size;
      for (let j = 0; j <= i; j++) data[at + j]! += scaled * row[j]!;
    }
  });
}

/**
 * The lower triangle L with L Lᵀ = G + λI.
 *
 * @see Golub and Van Loan 2013, "Matrix Computations", algorithm 4.2.1
 */
export function factorize({ size, data }: Gram, ridge: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const a = i * size;
    for (let j = 0; j <= i; j++) {
      const b = j * size;
      let sum = data[a + j]!;
      for (let k = 0; k < j; k++) sum -= lower[a + k]! * lower[b + k]!;
      lower[a + j] = i === j ? Math.sqrt(sum + ridge) : sum / lower[b + j]!;
    }
  }
  return lower;
}

/** Solves L z = x. */
export function solveLower(lower: Float64Array, x: Float64Array): Float64Array {
  const z = Float64Array.from(x);
  const size = z.length;
  for (let i = 0; i < size; i++) {
    let sum = z[i]!;
    for (let k = 0; k < i; k++) sum -= lower[i * size + k]! * z[k]!;
    z[i] = sum / lower[i * size + i]!;
  }
  return z;
}

/** Solves Lᵀ x = z. */
export function solveUpper(lower: Float64Array, z: Float64Array): Float64Array {
  const x = Float64Array.from(z);
  const size = x.length;
  for (let i = size - 1; i >= 0; i--) {
    x[i]! /= lower[i * size + i]!;
    for (let k = 0; k < i; k++) x[k]! -= lower[i * size + k]! * x[i]!;
  }
  return x;
}

/** One row of a fit, for {@link unseenAnswers}. */
export interface FittedRow {
  /** L⁻¹ x. */
  readonly projected: Float64Array;
  readonly weight: number;
  readonly target: number;
  /** What the fit answers. */
  readonly answer: number;
}

/** What a fit without these rows, all else equal, would answer for them. */
export function unseenAnswers(rows: readonly FittedRow[]): number[] {
  const n = rows.length;
  // (I − H)ᵀ is not symmetric where weights differ; elimination with pivots solves it.
  const matrix = rows.map(({ projected }, i) =>
    Float64Array.from({ length: n + 1 }, (_, j) => {
      if (j === n) return rows[i]!.target - rows[i]!.answer;
      return (i === j ? 1 : 0) - dot(projected, rows[j]!.projected) * rows[j]!.weight;
    }),
  );
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i + 1; r < n; r++)
      if (Math.abs(matrix[r]![i]!) > Math.abs(matrix[pivot]![i]!)) pivot = r;
    [matrix[i], matrix[pivot]] = [matrix[pivot]!, matrix[i]!];
    for (let r = i + 1; r < n; r++) {
      const factor = matrix[r]![i]! / matrix[i]![i]!;
      for (let k = i; k <= n; k++) matrix[r]![k]! -= factor * matrix[i]![k]!;
    }
  }
  const errors = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let sum = matrix[i]![n]!;
    for (let k = i + 1; k < n; k++) sum -= matrix[i]![k]! * errors[k]!;
    errors[i] = sum / matrix[i]![i]!;
  }
  return rows.map(({ target }, i) => target - errors[i]!);
}

/** Inner product. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
