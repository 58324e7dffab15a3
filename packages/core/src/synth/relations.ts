/**
 * @file Tasks made for the parts of a network: the class depends on the relation of two movements, and nothing that
 * looks at each place by itself can solve them.
 *
 * Two small movements go up (+) or down (−), each as likely. Whether both go the same way is not a sum of what each does:
 * a score that adds up places is right for at most three of the four pairs of signs, whatever it adds.
 */
import { createRandom } from '../base/random.ts';

/** Side of the inputs, pixels: four windows of 7×7. */
export const RELATION_SIZE = 14;

const WINDOW = 7;

/** Planes of an input. */
const [V, STRAIN, APEX] = [1, 2, 3];

/** Of the two movements in one window. */
const ROWS: readonly Place[] = [
  [0, 5],
  [0, 6],
  [1, 6],
];

/** Spots of a face, half of them bright. */
const SPOTS = 6;

/** Row and column. */
type Place = readonly [y: number, x: number];

/** A task. */
export interface RelationTask {
  /** Names of its classes, in the order of the labels. */
  readonly classes: readonly string[];
  /** What its class depends on, in one sentence. */
  readonly relation: string;
}

/** Names of the tasks. */
export type RelationName = 'window' | 'windows' | 'place' | 'context';

/** The tasks by name. */
export const relationTasks: Readonly<Record<RelationName, RelationTask>> = {
  window: {
    classes: ['alike', 'up above', 'down above'],
    relation:
      'two movements in one window, five rows apart or more: alike, or which of both is above the other; a third movement in another window means nothing',
  },
  windows: {
    classes: ['alike', 'different'],
    relation: 'two movements in the middles of two windows: alike or not',
  },
  place: {
    classes: ['bright', 'dark'],
    relation:
      'three bright and three dark spots of a face, at one of which something moves: which kind it is',
  },
  context: {
    classes: ['alike', 'different'],
    relation: 'a movement at the top and a strain at the bottom: alike in sign or not',
  },
};

/** Inputs with their labels. Equal indices belong together. */
export interface Relations {
  /** Shape `[planes, 14, 14]` each: u, v and strain; `place` has the apex of a face in addition. */
  readonly inputs: readonly Float32Array[];
  /** Class index of each. */
  readonly labels: readonly number[];
}

/**
 * Draws samples of a task. Each of the four pairs of signs is as likely.
 *
 * @param options - `seed`: other seeds give other samples
 */
export function drawRelations(
  task: RelationName,
  { samples, seed }: { readonly samples: number; readonly seed: number },
): Relations {
  const random = createRandom(seed);
  const inputs: Float32Array[] = [];
  const labels: number[] = [];
  const area = RELATION_SIZE ** 2;
  const planes = task === 'place' ? 4 : 3;
  const sign = (): number => (random.uniform() < 0.5 ? -1 : 1);
  for (let i = 0; i < samples; i++) {
    const input = Float32Array.from({ length: planes * area }, () => 0.1 * random.normal());
    const put = (plane: number, [y, x]: Place, value: number): void => {
      input[area * plane + RELATION_SIZE * y + x] = value;
    };
    const inWindow = (window: number, [row, column]: Place): Place => [
      WINDOW * Math.floor(window / 2) + row,
      WINDOW * (window % 2) + column,
    ];
    const [first, second] = [sign(), sign()];
    const [here, there] = random.shuffle([0, 1, 2, 3]) as [number, number];
    const column = random.integer(WINDOW);
    switch (task) {
      case 'window': {
        // Rows 0 and 5, 0 and 6, or 1 and 6: convolutions of 3×3 see no two of them at once.
        const [above, below] = ROWS[random.integer(ROWS.length)]!;
        put(V, inWindow(here, [above, column]), 3 * first);
        put(V, inWindow(here, [below, random.integer(WINDOW)]), 3 * second);
        put(V, inWindow(there, [random.integer(WINDOW), random.integer(WINDOW)]), 3 * sign());
        labels.push(first === second ? 0 : first > 0 ? 1 : 2);
        break;
      }
      case 'windows':
        put(V, inWindow(here, [2 + random.integer(3), 2 + random.integer(3)]), 3 * first);
        put(V, inWindow(there, [2 + random.integer(3), 2 + random.integer(3)]), 3 * second);
        labels.push(first === second ? 0 : 1);
        break;
      case 'place': {
        const cells = random.shuffle(Array.from({ length: WINDOW * WINDOW }, (_, c) => c));
        const moving = random.integer(SPOTS);
        for (let spot = 0; spot < SPOTS; spot++) {
          const cell = cells[spot]!;
          const [y, x] = [2 * Math.floor(cell / WINDOW), 2 * (cell % WINDOW)];
          // Each fills one token of 2×2.
          for (const at of [
            [y, x],
            [y, x + 1],
            [y + 1, x],
            [y + 1, x + 1],
          ] as const) {
            put(APEX, at, spot % 2 === 0 ? 2 : -2);
            if (spot === moving) put(V, at, 3);
          }
        }
        labels.push(moving % 2);
        break;
      }
      case 'context':
        put(V, [random.integer(2), column + random.integer(WINDOW)], 3 * first);
        put(STRAIN, [12 + random.integer(2), random.integer(RELATION_SIZE)], 3 * second);
        labels.push(first === second ? 0 : 1);
    }
    inputs.push(input);
  }
  return { inputs, labels };
}
