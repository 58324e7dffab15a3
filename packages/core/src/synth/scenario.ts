/**
 * @file Clips of any length in which any number of things happen: expressions of known action units, blinks, speech.
 *
 * A synthetic counterpart of a licensed video: one subject, one camera, movements with known times, size and field.
 */
import { TelltaleError } from '../base/errors.ts';
import { luma, type RgbImage } from '../base/image.ts';
import { pause } from '../base/pause.ts';
import { createRandom, type Random } from '../base/random.ts';
import type { Landmarks } from '../face/landmarks.ts';
import type { Clip, Frame } from '../video/frames.ts';
import type { ActionField } from './actions.ts';
import { parseUnits } from './emotions.ts';
import { openings } from './lids.ts';
import { muscleField } from './muscle-field.ts';
import { createRenderer, type Pose, type Renderer } from './render.ts';
import { composeScene } from './scene.ts';
import { headSway } from './sway.ts';
import { activation, type PlantedEvent, type Truth } from './truth.ts';

/** Something that happens, seconds from the first frame. */
export interface ScenarioEvent {
  /** Expression, blink, or movement of the mouth in speech. */
  readonly kind: 'micro' | 'macro' | 'blink' | 'talk';
  /** Action units: `4+L10`; ignored for blinks and speech. */
  readonly units?: string;
  /** Largest displacement, pixels. */
  readonly amplitude?: number;
  /** Time of the first movement. */
  readonly onset: number;
  /** @defaultValue two fifths of the way */
  readonly apex?: number;
  /** Time at which the movement has ended. */
  readonly offset: number;
}

/** What a clip shows, and how it was filmed. */
export interface Scenario {
  /** Name of the clip. */
  readonly name: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Between the centers of the eyes, pixels. */
  readonly interocular: number;
  /** Frames per second. */
  readonly rate: number;
  /** Number of frames. */
  readonly frames: number;
  /** What happens in the clip, in any order. */
  readonly events: readonly ScenarioEvent[];
  /** Determines everything random in the clip. */
  readonly seed: number;
  /** Standard deviation of the sensor noise, grey levels of 255. @defaultValue 1.5 */
  readonly noise?: number;
  /** Scale of the head's sway; 1 is about ±3 pixels and ±1 degree. @defaultValue 1 */
  readonly sway?: number;
  /** Whether the camera sees no color: all channels are the same. @defaultValue false */
  readonly gray?: boolean;
}

/** A subject to record. */
export interface SyntheticSubject {
  /** The face at rest, as RGB. */
  readonly image: RgbImage;
  /** Landmarks of the 478-point mesh, pixels of the image. */
  readonly landmarks: Landmarks;
}

/** A clip with what was planted in it. */
export interface ScenarioClip extends Clip {
  /** Number of frames. */
  readonly expectedFrames: number;
  /** Speech is not an event of the ground truth: nothing should be found there. */
  readonly truth: Truth;
}

/** Around the frame, so that the swaying head does not show the scene's edge; pixels. */
const MARGIN = 24;

/**
 * Records a scenario. The subject is prepared with the first frame, and each frame is rendered when its pixels are read.
 *
 * @throws TelltaleError `OPTION_INVALID` for an event outside the clip, or with units that are none
 */
export function filmScenario(subject: SyntheticSubject, scenario: Scenario): ScenarioClip {
  const { name, width, height, interocular, rate, frames, seed } = scenario;
  const { noise = 1.5, sway = 1, gray = false } = scenario;
  check(scenario);
  const random = createRandom(seed);
  const grain = random.fork(4);
  const events = scenario.events
    .filter(({ kind }) => kind !== 'talk')
    .map((event) => plantedOf(event, rate))
    .sort((a, b) => a.onset.time - b.onset.time);
  let pose: ((time: number) => Pose) | undefined;
  let renderer: Renderer | undefined;

  return {
    ...{ name, width, height, rate, expectedFrames: frames },
    truth: {
      schema: 'telltale.truth/1',
      clip: { width, height, rate, frames },
      ...{ interocular, seed, noise, sway, events },
    },
    async *frames(): AsyncIterable<Frame> {
      if (pose === undefined || renderer === undefined) {
        const look = gray ? withoutColor(subject.image) : subject.image;
        const frame = { width, height, interocular, margin: MARGIN };
        const scene = composeScene(look, subject.landmarks.points, frame);
        const [red] = scene.planes;
        const lids = openings(scene.points, interocular);
        const options = { noise, random: random.fork(2) };
        const still = gray ? { ...scene, planes: [red, red, red] as const } : scene;
        renderer = createRenderer(still, lids, options);
        pose = choreograph(scenario, { points: scene.points, random, sway });
      }
      for (let index = 0; index < frames; index++) {
        if (index % 8 === 7) await pause();
        const [posed, film] = [pose(index / rate), renderer];
        let data: Uint8Array | undefined;
        yield {
          ...{ index, time: index / rate, width, height, channels: 3 as const },
          get data() {
            if (data === undefined) {
              data = new Uint8Array(width * height * 3);
              film.draw(posed, grain.fork(index), data);
            }
            return data;
          },
        };
      }
    },
  };
}

/** An event of the ground truth. */
function plantedOf(event: ScenarioEvent, rate: number): PlantedEvent {
  const { kind, onset, offset, units = '45', amplitude = 0 } = event;
  const apex = event.apex ?? onset + 0.4 * (offset - onset);
  const moment = (time: number): PlantedEvent['onset'] => ({
    frame: Math.round(time * rate),
    time,
  });
  return {
    kind: kind === 'talk' ? 'macro' : kind,
    ...{ units, amplitude },
    ...{ onset: moment(onset), apex: moment(apex), offset: moment(offset) },
  };
}

/** What moves how far at a time. */
function choreograph(
  { events, interocular, rate }: Scenario,
  {
    points,
    random,
    sway,
  }: { readonly points: Float32Array; readonly random: Random; readonly sway: number },
): (time: number) => Pose {
  const head = headSway(random.fork(3), sway);
  const fields = new Map<string, ActionField>();
  const fieldOf = (units: string): ActionField => {
    const field = fields.get(units) ?? muscleField(parseUnits(units), points);
    fields.set(units, field);
    return field;
  };
  const expressions = events
    .filter(({ kind }) => kind === 'micro' || kind === 'macro')
    .map((event) => ({ event: plantedOf(event, rate), field: fieldOf(event.units ?? '12') }));
  const blinks = events
    .filter(({ kind }) => kind === 'blink')
    .map((event) => plantedOf(event, rate));
  const syllables = events
    .filter(({ kind }) => kind === 'talk')
    .flatMap((event, i) =>
      speak(random.fork(100 + i), { ...event, amplitude: event.amplitude ?? 0.06 * interocular }),
    )
    .map((syllable) => ({ ...syllable, field: fieldOf(syllable.units) }));

  return (time) => ({
    ...head(time),
    moves: [
      ...expressions.map(({ event, field }) => ({
        field,
        pixels: event.amplitude * activation(event, time),
      })),
      ...syllables
        .filter(({ start, end }) => time > start && time < end)
        .map(({ start, end, field, pixels }) => ({
          field,
          pixels: (pixels * (1 - Math.cos((2 * Math.PI * (time - start)) / (end - start)))) / 2,
        })),
    ],
    closure: Math.min(
      1,
      blinks.reduce((sum, event) => sum + activation(event, time), 0),
    ),
  });
}

/** One opening of the mouth. */
export interface Syllable {
  /** Seconds. */
  readonly start: number;
  /** Seconds. */
  readonly end: number;
  /** Action units. */
  readonly units: string;
  /** Largest displacement, half way. */
  readonly pixels: number;
}

/**
 * Speech as lips and jaw see it: three to seven syllables a second, each a jaw that drops, lips that part, stretch or
 * round, by amounts that differ.
 */
export function speak(
  random: Random,
  {
    onset,
    offset,
    amplitude,
  }: { readonly onset: number; readonly offset: number; readonly amplitude: number },
): Syllable[] {
  const syllables: Syllable[] = [];
  for (let start = onset; ;) {
    const length = 0.14 + 0.2 * random.uniform();
    if (start + length > offset) return syllables;
    const shape = ['26', '25', '18', '20', '25+26', '24'][random.integer(6)]!;
    const pixels = amplitude * (0.25 + 0.75 * random.uniform());
    syllables.push({ start, end: start + length, units: shape, pixels });
    if (random.uniform() < 0.5) {
      syllables.push({ start, end: start + length, units: '26', pixels: 0.6 * pixels });
    }
    start += length * (0.75 + 0.35 * random.uniform());
  }
}

/** The image with its luma in all channels. */
function withoutColor({ data, width, height, channels }: RgbImage): RgbImage {
  const gray = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const c = channels * i;
    gray.fill(luma(data[c]!, data[c + 1]!, data[c + 2]!), 3 * i, 3 * i + 3);
  }
  return { data: gray, width, height, channels: 3 };
}

function check({ width, height, interocular, rate, frames, events }: Scenario): void {
  const numbers = { width, height, interocular, rate, frames };
  for (const [name, value] of Object.entries(numbers)) {
    if (Number.isFinite(value) && value > 0) continue;
    throw new TelltaleError(
      'OPTION_INVALID',
      `${name} is ${value}`,
      `Give a positive number for ${name}.`,
    );
  }
  for (const { kind, onset, offset, apex = onset, units } of events) {
    if (units !== undefined) parseUnits(units);
    if (onset >= 0 && onset <= apex && apex <= offset && offset <= frames / rate) continue;
    throw new TelltaleError(
      'OPTION_INVALID',
      `${kind} from ${onset.toFixed(2)} s to ${offset.toFixed(2)} s in a clip of ${(frames / rate).toFixed(2)} s`,
      'Make the clip longer, or let it begin earlier.',
    );
  }
}
