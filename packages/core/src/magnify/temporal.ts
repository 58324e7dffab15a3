/**
 * @file Which changes over time are magnified: band-passes in hertz for any frame rate.
 *
 * Wu et al. 2012, "Eulerian Video Magnification for Revealing Subtle Changes in the World", ACM TOG 31(4), §3.1 and
 * §5: an ideal band-pass for pulses, recursive ones for motion. Recursive filters start as if the first frame had stood
 * still forever, so that a clip does not begin with a flash.
 */

/** A pass-band, hertz: above 0, below half of the frames per second, `low` below `high`. */
export interface Band {
  /** Hertz. */
  readonly low: number;
  /** Hertz. */
  readonly high: number;
}

/** Difference of two one-pole low-passes, `x ← x + r (input − x)`, times `gain`. */
export interface LowPasses {
  readonly kind: 'iir';
  /** Share of the new frame in the fast low-pass, which cuts above `high`. */
  readonly fast: number;
  /** Share of the new frame in the slow low-pass, which cuts below `low`. */
  readonly slow: number;
  /** Makes the response 1 in the middle of the band. */
  readonly gain: number;
}

/** Numerator `gain`·(1, 0, −1), denominator (1, a1, a2), in powers of one frame's delay. */
export interface Section {
  readonly gain: number;
  readonly a1: number;
  readonly a2: number;
}

/** Second-order sections, one after the other. */
export interface Butterworth {
  readonly kind: 'butterworth';
  readonly sections: readonly Section[];
}

/** Keeps exactly the frequencies of the clip's Fourier transform that lie in the band. */
export interface Ideal extends Band {
  readonly kind: 'ideal';
  /** Frames per second. */
  readonly rate: number;
}

/** A band-pass, ready to run. */
export type TemporalFilter = LowPasses | Butterworth | Ideal;

/**
 * The difference of two one-pole low-passes with their corners at the edges of the band.
 *
 * A pole at cut-off f has r = 1 − exp(−2πf / rate), whatever the frame rate. The response is scaled to 1 at the
 * geometric middle of the band; without that, α would mean less in narrow bands than in wide ones.
 *
 * @param rate - frames per second
 * @see Wu et al. 2012, §5: "a first-order IIR filter … r1, r2"
 */
export function lowPasses({ low, high }: Band, rate: number): LowPasses {
  const share = (hertz: number): number => 1 - Math.exp((-2 * Math.PI * hertz) / rate);
  const plain: LowPasses = { kind: 'iir', fast: share(high), slow: share(low), gain: 1 };
  return { ...plain, gain: 1 / response(plain, Math.sqrt(low * high), rate) };
}

/**
 * Butterworth's band-pass as `order` second-order sections: poles of the low-pass prototype, moved to the band
 * (s → (s² + ω₀²) / (bs)), then the bilinear transform with its frequencies bent beforehand.
 *
 * @param rate - frames per second
 * @param order - of the prototype: 6 dB an octave each, on both sides
 * @see Oppenheim and Schafer 2010, "Discrete-Time Signal Processing", §7.2 and appendix B
 */
export function butterworth({ low, high }: Band, rate: number, order: number): Butterworth {
  const [from, to] = [low, high].map((hertz) => 2 * Math.tan((Math.PI * hertz) / rate)) as [
    number,
    number,
  ];
  const [width, center] = [to - from, Math.sqrt(from * to)];
  const sections: Section[] = [];
  for (let k = 0; k < order; k++) {
    const angle = (Math.PI * (2 * k + 1 + order)) / (2 * order);
    // Poles below the real axis come back as conjugates of those above it.
    if (angle > Math.PI * (1 + 1e-9)) continue;
    const isReal = Math.abs(angle - Math.PI) < 1e-9;
    const half = multiply([Math.cos(angle), isReal ? 0 : Math.sin(angle)], [width / 2, 0]);
    const root = squareRoot(subtract(multiply(half, half), [center * center, 0]));
    const [z1, z2] = [toDiscrete(add(half, root)), toDiscrete(subtract(half, root))];
    if (isReal) sections.push({ gain: 1, ...denominator(z1, z2) });
    else {
      sections.push({ gain: 1, ...denominator(z1, conjugate(z1)) });
      sections.push({ gain: 1, ...denominator(z2, conjugate(z2)) });
    }
  }
  const middle = (rate / Math.PI) * Math.atan(center / 2);
  return {
    kind: 'butterworth',
    sections: sections.map((section) => {
      const alone: Butterworth = { kind: 'butterworth', sections: [section] };
      return { ...section, gain: 1 / response(alone, middle, rate) };
    }),
  };
}

/**
 * How strongly a filter answers a sinusoid: 1 leaves it as it is, 0 removes it.
 *
 * @param frequency - hertz
 * @param rate - frames per second
 */
export function response(filter: TemporalFilter, frequency: number, rate: number): number {
  if (filter.kind === 'ideal') return frequency >= filter.low && frequency <= filter.high ? 1 : 0;
  const angle = (-2 * Math.PI * frequency) / rate;
  const delay: Complex = [Math.cos(angle), Math.sin(angle)];
  if (filter.kind === 'iir') {
    const pole = (share: number): Complex =>
      divide([share, 0], subtract([1, 0], multiply([1 - share, 0], delay)));
    return filter.gain * Math.hypot(...subtract(pole(filter.fast), pole(filter.slow)));
  }
  const twice = multiply(delay, delay);
  return filter.sections.reduce((product, { gain, a1, a2 }) => {
    const below = add(add([1, 0], multiply([a1, 0], delay)), multiply([a2, 0], twice));
    return product * Math.abs(gain) * Math.hypot(...divide(subtract([1, 0], twice), below));
  }, 1);
}

/**
 * What the ideal filter of a clip answers to a single frame: its circular impulse response.
 *
 * @param frames - number of frames of the clip
 * @returns shape `[frames]`; symmetric, so that its Fourier transform is real
 */
export function idealImpulse({ low, high, rate }: Ideal, frames: number): Float64Array {
  const impulse = new Float64Array(frames);
  for (let bin = 1; bin <= frames / 2; bin++) {
    const frequency = (bin * rate) / frames;
    if (frequency < low || frequency > high) continue;
    const weight = (2 * bin === frames ? 1 : 2) / frames;
    for (let t = 0; t < frames; t++) {
      impulse[t]! += weight * Math.cos((2 * Math.PI * ((bin * t) % frames)) / frames);
    }
  }
  return impulse;
}

/**
 * Filters one series, plainly: what the planes of a clip are checked against, and what short series need.
 *
 * @param series - one number a frame
 */
export function filterSeries(
  filter: TemporalFilter,
  series: Float64Array | Float32Array,
): Float64Array {
  const first = series[0] ?? 0;
  if (filter.kind === 'iir') {
    let [fast, slow] = [first, first];
    return Float64Array.from(series, (value) => {
      fast += filter.fast * (value - fast);
      slow += filter.slow * (value - slow);
      return filter.gain * (fast - slow);
    });
  }
  if (filter.kind === 'ideal') {
    const frames = series.length;
    const impulse = idealImpulse(filter, frames);
    return Float64Array.from({ length: frames }, (_, t) => {
      let sum = 0;
      for (let s = 0; s < frames; s++) sum += impulse[(t - s + frames) % frames]! * series[s]!;
      return sum;
    });
  }
  // Each section has a zero at standstill: without the first frame, all states start at 0.
  let out = Float64Array.from(series, (value) => value - first);
  for (const { gain, a1, a2 } of filter.sections) {
    let [s1, s2] = [0, 0];
    out = out.map((value) => {
      const output = gain * value + s1;
      s1 = s2 - a1 * output;
      s2 = -gain * value - a2 * output;
      return output;
    });
  }
  return out;
}

type Complex = readonly [re: number, im: number];

const add = (a: Complex, b: Complex): Complex => [a[0] + b[0], a[1] + b[1]];
const subtract = (a: Complex, b: Complex): Complex => [a[0] - b[0], a[1] - b[1]];
const conjugate = (a: Complex): Complex => [a[0], -a[1]];
const multiply = (a: Complex, b: Complex): Complex => [
  a[0] * b[0] - a[1] * b[1],
  a[0] * b[1] + a[1] * b[0],
];
const divide = (a: Complex, b: Complex): Complex => {
  const [re, im] = multiply(a, conjugate(b));
  const size = b[0] * b[0] + b[1] * b[1];
  return [re / size, im / size];
};
const squareRoot = ([re, im]: Complex): Complex => {
  const size = Math.hypot(re, im);
  const imaginary = Math.sqrt(Math.max(0, (size - re) / 2));
  return [Math.sqrt(Math.max(0, (size + re) / 2)), im < 0 ? -imaginary : imaginary];
};
/** Bilinear transform of a pole, for frequencies in units of the frame rate. */
const toDiscrete = (pole: Complex): Complex => divide(add([2, 0], pole), subtract([2, 0], pole));
const denominator = (a: Complex, b: Complex): { readonly a1: number; readonly a2: number } => ({
  a1: -add(a, b)[0],
  a2: multiply(a, b)[0],
});
