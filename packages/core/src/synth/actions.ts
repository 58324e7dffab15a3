/**
 * @file Which way the skin moves: action units as smooth displacement fields around landmarks.
 *
 * The units are those of Ekman and Friesen 1978, "Facial Action Coding System". A unit is a set of
 * pulls: a landmark of the 478-point mesh, a direction in the frame of the face and a reach. The
 * fields are an imitation for tests with a known answer, not a model of muscle.
 */

/** What {@link synthesize} can plant. */
export type ActionKind =
  | 'brow-raise'
  | 'brow-lower'
  | 'lid-raise'
  | 'cheek-raise'
  | 'nose-wrinkle'
  | 'lip-corner-pull'
  | 'lip-corner-depress'
  | 'chin-raise'
  | 'lower-lip-depress'
  | 'lip-pucker'
  | 'lip-stretch'
  | 'lip-tighten'
  | 'lip-press'
  | 'lips-part'
  | 'jaw-drop'
  | 'lip-suck'
  | 'nostril-dilate';

/** One landmark that moves. */
interface Pull {
  /** Index in the 478-point mesh. */
  readonly point: number;
  /** Outward from the middle of the face, and downward. */
  readonly direction: readonly [outward: number, down: number];
  /** Radius beyond which nothing moves, interocular distances. */
  readonly reach: number;
}

/** An action: its units in FACS numbering, and its pulls. */
export interface Action {
  /** As FACS coders write it: `1+2`. */
  readonly units: string;
  /** Displacements of landmarks, at full strength. */
  readonly pulls: readonly Pull[];
}

/** The same pull on both sides of the face. */
const both = (
  points: readonly (readonly [left: number, right: number])[],
  direction: readonly [number, number],
  reach: number,
): Pull[] =>
  points.flatMap(([left, right]) => [
    { point: left, direction, reach },
    { point: right, direction, reach },
  ]);

/** Landmarks of the brows, image-left before image-right. */
const INNER_BROW = [
  [107, 336],
  [55, 285],
  [66, 296],
  [65, 295],
] as const;
const OUTER_BROW = [
  [105, 334],
  [63, 293],
  [52, 282],
  [53, 283],
] as const;
const LIP_CORNER = [[61, 291]] as const;
const UPPER_LID = [
  [160, 387],
  [159, 386],
  [158, 385],
] as const;
const LOWER_LID = [
  [145, 374],
  [153, 380],
] as const;
const EYE_CORNER = [
  [130, 359],
  [226, 446],
] as const;
const CHEEK = [
  [50, 280],
  [117, 346],
  [118, 347],
] as const;
const NOSE_WING = [
  [129, 358],
  [98, 327],
] as const;
const NOSE_SIDE = [
  [198, 420],
  [236, 456],
  [174, 399],
] as const;
const BESIDE_NOSE = [
  [120, 349],
  [101, 330],
] as const;

const UPPER_LIP = [
  [37, 267],
  [39, 269],
] as const;
const LOWER_LIP = [
  [84, 314],
  [181, 405],
] as const;
const BELOW_LIP = [[83, 313]] as const;
/** Above and below the corners of the mouth, and beside them. */
const MOUTH_END = [
  [40, 270],
  [91, 321],
] as const;
const BESIDE_MOUTH = [
  [57, 287],
  [212, 432],
] as const;
const CHIN_BOSS = [[208, 428]] as const;
const CHIN_EDGE = [
  [148, 377],
  [171, 396],
  [176, 400],
  [150, 379],
] as const;
const NOSTRIL = [
  [64, 294],
  [48, 278],
] as const;

/** The actions that can be planted. */
export const ACTIONS: Readonly<Record<ActionKind, Action>> = {
  'brow-raise': {
    units: '1+2',
    pulls: [...both(INNER_BROW, [0, -1], 0.42), ...both(OUTER_BROW, [0.1, -0.9], 0.42)],
  },
  'brow-lower': {
    units: '4',
    pulls: both(INNER_BROW, [-0.45, 0.9], 0.42),
  },
  'lip-corner-pull': {
    units: '12',
    pulls: [...both(LIP_CORNER, [0.75, -0.66], 0.5), ...both([[205, 425]], [0.3, -0.5], 0.4)],
  },
  'lip-corner-depress': {
    units: '15',
    pulls: both(LIP_CORNER, [0.15, 1], 0.45),
  },
  // The manual: the lid goes up, and nothing else does.
  'lid-raise': {
    units: '5',
    pulls: both(UPPER_LID, [0, -1], 0.17),
  },
  // The manual: the cheek goes up, and skin is drawn towards the eye from below and from the temple.
  'cheek-raise': {
    units: '6',
    pulls: [
      ...both(CHEEK, [-0.1, -1], 0.4),
      ...both(EYE_CORNER, [-0.6, 0.1], 0.25),
      ...both(LOWER_LID, [0, -0.5], 0.2),
    ],
  },
  // The manual: skin along the sides of the nose is pulled up towards its root, and that beside it and the middle of the
  // upper lip along with it; the inner brows go down.
  'nose-wrinkle': {
    units: '9',
    pulls: [
      ...both(NOSE_WING, [0.2, -1], 0.35),
      ...both(NOSE_SIDE, [-0.1, -1], 0.3),
      ...both([[193, 417]], [-0.1, -0.6], 0.25),
      ...both(BESIDE_NOSE, [-0.1, -0.5], 0.3),
      ...both([[37, 267]], [0, -0.4], 0.25),
      ...both([[107, 336], [55, 285]], [-0.2, 0.6], 0.35), // prettier-ignore
    ],
  },
  // The manual: the chin boss and the lower lip are pushed up.
  'chin-raise': {
    units: '17',
    pulls: [...both(CHIN_BOSS, [0, -1], 0.42), ...both(BELOW_LIP, [0, -0.7], 0.35)],
  },
  // The manual: the lower lip goes down and is stretched sideways, the skin below it is drawn along.
  'lower-lip-depress': {
    units: '16',
    pulls: [...both(LOWER_LIP, [0.2, 1], 0.28), ...both(BELOW_LIP, [0.1, 0.6], 0.3)],
  },
  // The manual: the corners of the mouth go towards its middle, the skin around it follows.
  'lip-pucker': {
    units: '18',
    pulls: [
      ...both(LIP_CORNER, [-1, 0], 0.4),
      ...both(MOUTH_END, [-0.6, 0], 0.28),
      ...both(BESIDE_MOUTH, [-0.4, 0], 0.35),
    ],
  },
  // The manual: the corners of the mouth go straight back, the lips become longer and flat, the skin beside them follows.
  'lip-stretch': {
    units: '20',
    pulls: [
      ...both(LIP_CORNER, [1, 0.1], 0.45),
      ...both(BESIDE_MOUTH, [0.7, 0.1], 0.38),
      ...both(MOUTH_END, [0.5, 0], 0.28),
    ],
  },
  // The manual: the red parts of the lips become narrow, the corners are drawn in a little.
  'lip-tighten': {
    units: '23',
    pulls: [
      ...both(UPPER_LIP, [-0.1, 0.8], 0.2),
      ...both(LOWER_LIP, [-0.1, -0.8], 0.2),
      ...both(LIP_CORNER, [-0.9, 0], 0.28),
    ],
  },
  // The manual: the upper lip goes down, the lower lip up, and the skin of the chin with it a little.
  'lip-press': {
    units: '24',
    pulls: [
      ...both(UPPER_LIP, [0, 1], 0.26),
      ...both(LOWER_LIP, [0, -1], 0.26),
      ...both(CHIN_BOSS, [0, -0.4], 0.3),
    ],
  },
  // The manual: the lips come apart, the lower one more than the upper.
  'lips-part': {
    units: '25',
    pulls: [
      ...both(UPPER_LIP, [0, -0.35], 0.26),
      ...both(LOWER_LIP, [0, 1], 0.3),
      ...both(BELOW_LIP, [0, 0.7], 0.26),
    ],
  },
  // The manual: the jaw goes down with chin and lower lip; what lies above the mouth stays.
  'jaw-drop': {
    units: '26',
    pulls: [
      ...both(LOWER_LIP, [0, 0.6], 0.3),
      ...both(CHIN_BOSS, [0, 0.9], 0.45),
      ...both(CHIN_EDGE, [0, 1], 0.45),
    ],
  },
  // The manual: the red parts of the lips are drawn into the mouth, the skin around them towards it.
  'lip-suck': {
    units: '28',
    pulls: [
      ...both(UPPER_LIP, [0, 0.8], 0.3),
      ...both(LOWER_LIP, [0, -1], 0.3),
      ...both(BELOW_LIP, [0, -0.8], 0.32),
    ],
  },
  // The manual: the wings of the nose go apart.
  'nostril-dilate': {
    units: '38',
    pulls: both(NOSTRIL, [1, 0], 0.24),
  },
};

/** Where an action shows: sides are those of the subject, whose left is the right of the image. */
export type ActionSide = 'left' | 'right' | 'both';

/** A displacement for every pixel of a box of the image; zero outside it. */
export interface ActionField {
  /** Left column of the box, pixels. */
  readonly left: number;
  /** Upper row of the box, pixels. */
  readonly top: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Rightward displacement; its largest vector has length 1; shape `[height, width]`. */
  readonly u: Float32Array;
  /** Downward displacement; shape `[height, width]`. */
  readonly v: Float32Array;
}

/** Midpoint of two landmarks, pixels. */
const middle = (points: Float32Array, a: number, b: number): readonly [number, number] => [
  (points[2 * a]! + points[2 * b]!) / 2,
  (points[2 * a + 1]! + points[2 * b + 1]!) / 2,
];

/** Where the eyes are: centers image-left and image-right, and the distance between them, pixels. */
export function eyes(points: Float32Array): {
  readonly left: readonly [number, number];
  readonly right: readonly [number, number];
  readonly distance: number;
} {
  const left = middle(points, 33, 133);
  const right = middle(points, 362, 263);
  return { left, right, distance: Math.hypot(right[0] - left[0], right[1] - left[1]) };
}

/**
 * The displacement field of an action on one face, scaled so that its largest vector is 1 pixel.
 *
 * Each pull fades as (1 − (r/reach)²)², twice differentiable with compact support; where pulls
 * overlap they are averaged with their own weights, so that neighbors do not add up.
 *
 * @param points - 478 landmarks, pixels, shape `[478, 2]`
 * @param shown - the side of the face that moves
 */
export function actionField(
  action: Action,
  points: Float32Array,
  shown: ActionSide = 'both',
): ActionField {
  const { left: a, right: b, distance } = eyes(points);
  const across = [(b[0] - a[0]) / distance, (b[1] - a[1]) / distance] as const;
  const center = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] as const;

  const pulls = action.pulls.flatMap(({ point, direction, reach }) => {
    const x = points[2 * point]!;
    const y = points[2 * point + 1]!;
    const side = Math.sign((x - center[0]) * across[0] + (y - center[1]) * across[1]) || 1;
    if (shown !== 'both' && side !== (shown === 'left' ? 1 : -1)) return [];
    const [outward, down] = [direction[0] * side, direction[1]];
    return {
      x,
      y,
      radius: reach * distance,
      u: outward * across[0] - down * across[1],
      v: outward * across[1] + down * across[0],
    };
  });

  const left = Math.floor(Math.min(...pulls.map((pull) => pull.x - pull.radius)));
  const top = Math.floor(Math.min(...pulls.map((pull) => pull.y - pull.radius)));
  const width = Math.ceil(Math.max(...pulls.map((pull) => pull.x + pull.radius))) - left + 1;
  const height = Math.ceil(Math.max(...pulls.map((pull) => pull.y + pull.radius))) - top + 1;
  const u = new Float32Array(width * height);
  const v = new Float32Array(width * height);
  let largest = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let [sum, sumU, sumV] = [0, 0, 0];
      for (const pull of pulls) {
        const dx = left + column - pull.x;
        const dy = top + row - pull.y;
        const inside = 1 - (dx * dx + dy * dy) / (pull.radius * pull.radius);
        if (inside <= 0) continue;
        const weight = inside * inside;
        sum += weight;
        sumU += weight * weight * pull.u;
        sumV += weight * weight * pull.v;
      }
      if (sum === 0) continue;
      const i = row * width + column;
      u[i] = sumU / sum;
      v[i] = sumV / sum;
      largest = Math.max(largest, Math.hypot(u[i], v[i]));
    }
  }
  for (let i = 0; i < u.length; i++) {
    u[i]! /= largest;
    v[i]! /= largest;
  }
  return { left, top, width, height, u, v };
}
