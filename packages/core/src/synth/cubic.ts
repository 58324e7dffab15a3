/** @file Cubic convolution, Keys 1981, "Cubic Convolution Interpolation for Digital Image Processing", eq. 15 (a = −1/2). */

/**
 * Weights of the four neighbors at −1, 0, 1 and 2 for a point between 0 and 1.
 *
 * @param t - position after the second neighbor, 0 to 1
 */
export function cubicWeights(t: number): readonly [number, number, number, number] {
  return [
    t * (-0.5 + t * (1 - 0.5 * t)),
    1 + t * t * (-2.5 + 1.5 * t),
    t * (0.5 + t * (2 - 1.5 * t)),
    t * t * (-0.5 + 0.5 * t),
  ];
}
