/**
 * @file Demonstration clips: one photograph of a face, moved by given action units at known times.
 *
 * Nothing in such a clip is a human expression. It answers one question: does the analysis find, at
 * the right time, a movement of known size under head sway, changing light and sensor noise?
 */
import { TelltaleError } from '../base/errors.ts';
import type { RgbImage } from '../base/image.ts';
import { pause } from '../base/pause.ts';
import { createRandom, type Random } from '../base/random.ts';
import type { Landmarks } from '../face/landmarks.ts';
import type { Clip, Frame } from '../video/frames.ts';
import { ACTIONS, actionField, type ActionKind, type ActionSide } from './actions.ts';
import { openings } from './lids.ts';
import { createRenderer, type Pose, type Renderer } from './render.ts';
import { composeScene } from './scene.ts';
import { headSway } from './sway.ts';
import { activation, type PlantedEvent, type Truth, type TruthMoment } from './truth.ts';

/** Options of {@link synthesize}. */
export interface SynthesisOptions {
  /** @defaultValue `lip-corner-pull` */
  readonly kind?: ActionKind;
  /** The side of the face that moves, as the subject has it. @defaultValue `both` */
  readonly side?: ActionSide;
  /** Largest displacement at the apex, pixels. @defaultValue 2 */
  readonly amplitude?: number;
  /** Frames per second. @defaultValue 30 */
  readonly rate?: number;
  /** Length of the clip. @defaultValue 4 */
  readonly seconds?: number;
  /** Start of the expression, seconds. @defaultValue drawn from the middle of the clip */
  readonly onset?: number;
  /** Length of the expression, seconds. @defaultValue drawn from 0.27–0.47 */
  readonly duration?: number;
  /** Whether the eyes blink once, away from the expression. @defaultValue false */
  readonly blink?: boolean;
  /** Decides the times, the sway and the noise. @defaultValue 1 */
  readonly seed?: number;
  /** Pixels. @defaultValue 640 */
  readonly width?: number;
  /** Pixels. @defaultValue 480 */
  readonly height?: number;
  /** Between the centers of the eyes, pixels. @defaultValue 100 */
  readonly interocular?: number;
  /** Standard deviation of the sensor noise, grey levels of 255. @defaultValue 1.5 */
  readonly noise?: number;
  /** Scale of the head's sway; 1 is about ±3 pixels and ±1 degree. @defaultValue 1 */
  readonly sway?: number;
}

/** A clip with what was planted in it. */
export interface SyntheticClip extends Clip {
  /** Number of frames. */
  readonly expectedFrames: number;
  /** Events and parameters of the clip. */
  readonly truth: Truth;
}

/** Around the frame, so that the swaying head does not show the scene's edge; pixels. */
const MARGIN = 24;

/**
 * Makes a clip from a photograph. A frame is rendered when its pixels are read.
 *
 * @param photo - with the face about as large as wanted, or larger
 * @param landmarks - of the face in the photograph
 * @throws TelltaleError `OPTION_INVALID` for a rate, length, amplitude or time that cannot be rendered
 */
export function synthesize(
  photo: RgbImage,
  landmarks: Landmarks,
  options: SynthesisOptions = {},
): SyntheticClip {
  const { kind = 'lip-corner-pull', rate = 30, seconds = 4, amplitude = 2, seed = 1 } = options;
  const { side = 'both' } = options;
  const { width = 640, height = 480, interocular = 100, noise = 1.5, sway = 1 } = options;
  const random = createRandom(seed);
  const frames = Math.round(seconds * rate);
  const events = plan(options, random.fork(1));
  check({ rate, seconds, amplitude, noise, sway, width, height, interocular }, events);

  const grain = random.fork(4);
  let prepared: ReturnType<typeof prepare> | undefined;

  return {
    name: `${kind}-${rate}fps-${seed}`,
    width,
    height,
    rate,
    expectedFrames: frames,
    truth: {
      schema: 'telltale.truth/1',
      clip: { width, height, rate, frames },
      interocular,
      seed,
      noise,
      sway,
      events,
    },
    async *frames(): AsyncIterable<Frame> {
      // The photograph is prepared with the first frame, once for all readings.
      prepared ??= prepare();
      const { renderer, pose } = prepared;
      for (let index = 0; index < frames; index++) {
        if (index % 8 === 7) await pause();
        let drawn: Uint8Array | undefined;
        yield {
          index,
          time: index / rate,
          width,
          height,
          channels: 3,
          get data() {
            if (drawn === undefined) {
              drawn = new Uint8Array(width * height * 3);
              renderer.draw(pose(index / rate), grain.fork(index), drawn);
            }
            return drawn;
          },
        };
      }
    },
  };

  function prepare(): {
    readonly renderer: Renderer;
    readonly pose: (time: number) => Pose;
  } {
    const scene = composeScene(photo, landmarks.points, {
      width,
      height,
      interocular,
      margin: MARGIN,
    });
    const field = actionField(ACTIONS[kind], scene.points, side);
    const renderer = createRenderer(scene, openings(scene.points, interocular), {
      noise,
      random: random.fork(2),
    });
    const move = headSway(random.fork(3), sway);
    const blinks = events.filter((event) => event.kind === 'blink');
    const pose = (time: number): Pose => ({
      ...move(time),
      moves: events
        .filter((event) => event.kind !== 'blink')
        .map((event) => ({ field, pixels: event.amplitude * activation(event, time) })),
      closure: blinks.reduce((sum, event) => sum + activation(event, time), 0),
    });
    return { renderer, pose };
  }
}

/** As coders write them: `1+2`, on one side `L1+L2`. */
function unitsOf(kind: ActionKind, side: ActionSide): string {
  const sign = side === 'both' ? '' : side === 'left' ? 'L' : 'R';
  return ACTIONS[kind].units
    .split('+')
    .map((unit) => sign + unit)
    .join('+');
}

/** The times of everything that happens. */
function plan(options: SynthesisOptions, random: Random): PlantedEvent[] {
  const { kind = 'lip-corner-pull', rate = 30, seconds = 4, amplitude = 2 } = options;
  const { side = 'both' } = options;
  const draws = Array.from({ length: 5 }, () => random.uniform());
  const duration = options.duration ?? 0.27 + 0.2 * draws[0]!;
  const room = seconds - duration;
  const onset =
    options.onset ?? (options.blink ? 0.5 + 0.15 * draws[1]! : 0.3 + 0.4 * draws[1]!) * room;
  const moment = (time: number): TruthMoment => ({ frame: Math.round(time * rate), time });
  const event = (
    start: number,
    length: number,
    rise: number,
  ): Pick<PlantedEvent, 'onset' | 'apex' | 'offset'> => ({
    onset: moment(start),
    apex: moment(start + rise * length),
    offset: moment(start + length),
  });
  const expression: PlantedEvent = {
    kind,
    units: unitsOf(kind, side),
    amplitude,
    ...event(onset, duration, 0.42 + 0.16 * draws[2]!),
  };
  if (!options.blink) return [expression];
  const before = onset - 0.5 > 0.8;
  const length = 0.2 + 0.1 * draws[4]!;
  const end = onset + duration;
  // Half a second after the expression, or less where the clip ends before.
  const after = seconds - length > end + 0.1 ? Math.min(end + 0.5, seconds - length) : end + 0.5;
  const blinkAt = before ? onset * (0.3 + 0.2 * draws[3]!) : after;
  const blink: PlantedEvent = {
    kind: 'blink',
    units: '45',
    amplitude: 0,
    ...event(blinkAt, length, 0.4),
  };
  return before ? [blink, expression] : [expression, blink];
}

/** Refuses what cannot be rendered or would not be a test. */
function check(numbers: Readonly<Record<string, number>>, events: readonly PlantedEvent[]): void {
  for (const [name, value] of Object.entries(numbers)) {
    const low = name === 'noise' || name === 'sway' || name === 'amplitude' ? 0 : Number.MIN_VALUE;
    if (Number.isFinite(value) && value >= low) continue;
    throw new TelltaleError(
      'OPTION_INVALID',
      `${name} is ${value}`,
      `Give a ${low === 0 ? 'number that is not negative' : 'positive number'} for ${name}.`,
    );
  }
  const length = numbers['seconds']!;
  for (const event of events) {
    if (event.onset.time >= 0 && event.offset.time <= length) continue;
    throw new TelltaleError(
      'OPTION_INVALID',
      `${event.kind} from ${event.onset.time.toFixed(2)} s to ${event.offset.time.toFixed(2)} s in a clip of ${length} s`,
      'Make the clip longer, or let the expression begin earlier.',
    );
  }
}
