/**
 * @file Plans a synthetic dataset: subjects, videos, expressions with their times, and the scenario of each video.
 */
import { TelltaleError } from '../base/errors.ts';
import { createRandom, type Random } from '../base/random.ts';
import { drawUnits, type SyntheticEmotion } from './emotions.ts';
import {
  LAYOUTS,
  type Film,
  type FilmEvent,
  type Layout,
  type LayoutName,
} from './layouts/index.ts';
import type { Scenario, ScenarioEvent } from './scenario.ts';

/** Options of {@link planDataset}. */
export interface DatasetOptions {
  /** Synthetic subjects. */
  readonly subjects: number;
  /** Micro-expressions. */
  readonly clips: number;
  /** @defaultValue 1 */
  readonly seed?: number;
  /** Frames per second. @defaultValue the camera's of the original */
  readonly rate?: number;
  /** Pixels. @defaultValue the layout's */
  readonly size?: readonly [width: number, height: number];
  /** Largest displacement at the apex, pixels. @defaultValue 2 */
  readonly amplitude?: number;
}

/** One film to be made, and the names of its frames. */
export interface PlannedFilm {
  /** Subject, take and events, in frames. */
  readonly film: Film;
  /** How the film is rendered. */
  readonly scenario: Scenario;
}

/** A synthetic dataset. */
export interface DatasetPlan {
  /** How the dataset lies on disk. */
  readonly layout: Layout;
  /** All videos, in the order of subjects and takes. */
  readonly films: readonly PlannedFilm[];
}

/** Micro-expressions last from and to; seconds. */
const MICRO = [0.22, 0.48] as const;
const MACRO = [0.8, 1.6] as const;
/** Expressions in one film of a long dataset. */
const IN_ONE = 3;

/**
 * Plans a dataset: emotions in the proportions of the original, assigned to subjects and videos at random.
 *
 * @throws TelltaleError `OPTION_INVALID` for numbers that cannot be
 */
export function planDataset(name: LayoutName, options: DatasetOptions): DatasetPlan {
  const layout = LAYOUTS[name];
  const { subjects, clips, seed = 1, rate = layout.timing.rate, amplitude = 2 } = options;
  const [width, height] = options.size ?? layout.size;
  const random = createRandom(seed);
  check(layout, { subjects, clips, rate, width, height, amplitude });

  const emotions = random.shuffle(inProportion(layout.emotions, clips));
  const perFilm = layout.timing.long ? IN_ONE : 1;
  const films: PlannedFilm[] = [];
  for (let first = 0; first < clips; first += perFilm) {
    const index = films.length;
    const own = random.fork(index);
    const shown = emotions.slice(first, first + perFilm);
    const events = layout.timing.long
      ? [...shown.map(micro), ...(layout.timing.macro === true ? [macro(own, layout)] : [])]
      : shown.map(micro);
    const timed = arrange(own, own.shuffle(events), { rate, isLong: layout.timing.long });
    const [low, high] = layout.timing.first;
    const film: Film = {
      subject: index % subjects,
      take: Math.floor(index / subjects),
      frames: timed.frames,
      rate,
      first: low + own.integer(high - low + 1),
      events: timed.events,
    };
    const interocular = layout.cropped
      ? Math.min(width / 2.9, height / 3.7)
      : Math.min(width / 3.4, height / 4.4);
    const scenario: Scenario = {
      name: `${name}-${index}`,
      ...{ width, height, interocular, rate, frames: film.frames },
      events: [
        ...film.events.map((event) => filmed(event, { rate, amplitude })),
        ...distractions(own, { rate, film, isLong: layout.timing.long }),
      ],
      seed: seed * 1000 + index,
      sway: interocular / 100,
      gray: layout.gray,
    };
    films.push({ film, scenario });
  }
  return { layout, films };
}

/** What an event is before it has its time. */
type Untimed = Pick<FilmEvent, 'emotion' | 'kind'>;
const micro = (emotion: SyntheticEmotion): Untimed => ({ emotion, kind: 'micro' });
const macro = (random: Random, { emotions }: Layout): Untimed => ({
  emotion: emotions[random.integer(emotions.length)]![0],
  kind: 'macro',
});

/** Each time the emotion that is most behind its share. */
function inProportion(
  table: readonly (readonly [SyntheticEmotion, number])[],
  count: number,
): SyntheticEmotion[] {
  const total = table.reduce((sum, [, weight]) => sum + weight, 0);
  const given = table.map(() => 0);
  return Array.from({ length: count }, (_, i) => {
    const behind = table.map(([, weight], k) => (weight / total) * (i + 1) - given[k]!);
    const next = behind.indexOf(Math.max(...behind));
    given[next]! += 1;
    return table[next]![0];
  });
}

/** Gives events their times: a little rest before, between and after. */
function arrange(
  random: Random,
  events: readonly Untimed[],
  { rate, isLong }: { readonly rate: number; readonly isLong: boolean },
): { readonly frames: number; readonly events: FilmEvent[] } {
  const frames = (seconds: number, least: number): number =>
    Math.max(least, Math.round(seconds * rate));
  const rest = (): number =>
    isLong ? frames(1.2 + 1.2 * random.uniform(), 8) : frames(0.06 + 0.1 * random.uniform(), 2);
  let at = rest();
  const timed = events.map(({ emotion, kind }): FilmEvent => {
    const [low, high] = kind === 'micro' ? MICRO : MACRO;
    const length = frames(low + (high - low) * random.uniform(), 4);
    const rise = Math.max(1, Math.round(length * (0.38 + 0.2 * random.uniform())));
    const event = { onset: at, apex: at + rise, offset: at + length };
    at += length + rest();
    return { emotion, kind, units: drawUnits(random, emotion), ...event };
  });
  return { frames: at + 1, events: timed };
}

const filmed = (
  { kind, units, onset, apex, offset }: FilmEvent,
  { rate, amplitude }: { readonly rate: number; readonly amplitude: number },
): ScenarioEvent => ({
  ...{ kind, units },
  amplitude: kind === 'macro' ? 3 * amplitude : amplitude,
  ...{ onset: onset / rate, apex: apex / rate, offset: offset / rate },
});

/** A blink in about half of the rests of a long film. */
function distractions(
  random: Random,
  { rate, film, isLong }: { readonly rate: number; readonly film: Film; readonly isLong: boolean },
): ScenarioEvent[] {
  if (!isLong) return [];
  return film.events.flatMap(({ offset }, i): ScenarioEvent[] => {
    const next = film.events[i + 1]?.onset ?? film.frames - 1;
    const room = (next - offset) / rate;
    if (room < 0.9 || random.uniform() < 0.5) return [];
    const onset = offset / rate + 0.3 + (room - 0.9) * random.uniform();
    return [{ kind: 'blink', onset, offset: onset + 0.25 }];
  });
}

function check(layout: Layout, numbers: Readonly<Record<string, number>>): void {
  const { subjects, clips, rate, width, height } = numbers as Record<
    'subjects' | 'clips' | 'rate' | 'width' | 'height',
    number
  >;
  const wrong = (what: string, hint: string): TelltaleError =>
    new TelltaleError('OPTION_INVALID', what, hint);
  for (const [name, value] of Object.entries(numbers)) {
    const isWhole = ['rate', 'amplitude'].includes(name) || Number.isInteger(value);
    if (Number.isFinite(value) && value > 0 && isWhole) continue;
    throw wrong(`${name} is ${value}`, `Give a positive number for ${name}.`);
  }
  if (rate < 10 || rate > 1000) {
    throw wrong(`${rate} frames per second`, 'A camera takes from 10 to 1000 frames per second.');
  }
  if (width < 96 || height < 96 || width > 4096 || height > 4096) {
    throw wrong(`frames of ${width}×${height} pixels`, 'A side has from 96 to 4096 pixels.');
  }
  const films = Math.ceil(clips / (layout.timing.long ? IN_ONE : 1));
  if (subjects > films) {
    throw wrong(
      `${subjects} subjects for ${films} films of ${layout.title}`,
      layout.timing.long
        ? `A film holds ${IN_ONE} expressions: give at least ${IN_ONE} clips per subject.`
        : 'Give at least one clip per subject.',
    );
  }
  if (Math.ceil(films / subjects) > layout.timing.takes) {
    throw wrong(
      `${Math.ceil(films / subjects)} films per subject, ${layout.title} names at most ${layout.timing.takes}`,
      'Give more subjects.',
    );
  }
}

/** Content of `telltale-synthetic.json`: the numbers of annotations. */
export interface SyntheticCounts {
  /** Name of the dataset that the layout follows. */
  readonly dataset: string;
  /** Micro-expressions. */
  readonly clips: number;
  /** Macro-expressions. */
  readonly macro: number;
  /** With micro-expressions. */
  readonly subjects: number;
  /** Micro-expressions by class. */
  readonly classes: Readonly<Record<string, number>>;
}

/** Counts the expressions of a plan, and the micro-expressions by the class that its sheet gives them. */
export function countPlan({ layout, films }: DatasetPlan): SyntheticCounts {
  const classes = new Map<string, number>();
  const subjects = new Set<number>();
  let macro = 0;
  for (const { film } of films) {
    for (const { emotion, kind } of film.events) {
      if (kind === 'macro') {
        macro += 1;
        continue;
      }
      const label = layout.label?.(emotion) ?? emotion;
      classes.set(label, (classes.get(label) ?? 0) + 1);
      subjects.add(film.subject);
    }
  }
  return {
    dataset: layout.name,
    clips: [...classes.values()].reduce((a, b) => a + b, 0),
    macro,
    subjects: subjects.size,
    classes: Object.fromEntries([...classes].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** What each film shows, with the numbers that its frames have on disk. */
export function truthOf({ layout, films }: DatasetPlan): unknown {
  return {
    schema: 'telltale.synthetic-dataset/1',
    layout: layout.name,
    films: films.map(({ film, scenario }) => {
      const [path] = layout.paths(film, 0);
      const { width, height, interocular, events } = scenario;
      return {
        folder: path!.slice(0, path!.lastIndexOf('/')),
        subject: film.subject,
        ...{ width, height, interocular, rate: film.rate, frames: film.frames, first: film.first },
        events: film.events.map((event, i) => ({
          ...{ emotion: event.emotion, units: event.units, kind: event.kind },
          amplitude: events[i]!.amplitude,
          onset: film.first + event.onset,
          apex: film.first + event.apex,
          offset: film.first + event.offset,
        })),
        blinks: events
          .filter(({ kind }) => kind === 'blink')
          .map(({ onset, offset }) => ({
            onset: film.first + Math.round(onset * film.rate),
            offset: film.first + Math.round(offset * film.rate),
          })),
      };
    }),
  };
}
