/** @file What the reader must know before believing a report: by code, for other languages, and in plain sentences. */
import { NEVER_SURE, type ElsewhereScore } from '../recognize/card.ts';
import type { Caveat, CaveatCode } from './caveat.ts';
import type { Expression, Moment, Report, Stretch } from './report.ts';

/** What the caveats depend on, besides the report. */
export interface CaveatCircumstances {
  /** Between the centers of the eyes, pixels of the image. */
  readonly interocular: number;
}

/** Below this distance between the eyes a movement of a pixel is lost in the noise; pixels. */
const SMALL_FACE = 60;
/** Below this rate a micro-expression is a handful of frames; frames per second. */
const SLOW_CAMERA = 90;
/** Below this length a clip does not show how much a face moves without an expression; seconds. */
const SHORT_CLIP = 2;

/** Lips that part or press by less than this stand still, pixels at an interocular distance of 100 pixels; and by less than this part of what moves most. */
const PARTED = 0.44;
const LEAST_PARTED = 0.25;
/** Regions that speech moves. */
const MOUTH = ['rightMouthCorner', 'leftMouthCorner', 'chin'] as const;

type Values = Caveat['values'];

function elsewhereValues(score: ElsewhereScore): Values {
  const { right, calibrationError, uf1, uar, clips } = score;
  return {
    right: Math.round(100 * right),
    error: Math.round(100 * calibrationError),
    ...{ uf1: uf1.toFixed(2), uar: uar.toFixed(2), clips },
  };
}

/** The sentences, by their codes. */
const sentences: Readonly<Record<CaveatCode, (values: Values) => string>> = {
  'no-lie-detector': () =>
    'This report shows when and where the face moved. It is not a lie detector: no movement of a face proves what the subject feels, thinks or hides.',
  elsewhere: ({ right, uf1, uar, clips, error }) =>
    `On subjects of another laboratory, expect about ${right!} of 100 verdicts that are not “unsure” to be right, and probabilities to be off by ${error!} % (UF1 ${uf1!}, UAR ${uar!} on ${clips!} clips, by models that were trained on another dataset).`,
  recognizer: ({ network, config, score }) =>
    `Class probabilities are estimates of the model ${network!} ${config!}. Its score, on subjects outside of its training data: ${score!}. Expect less with other cameras, other light and other subjects.`,
  'no-recognizer': () => 'No recognizer was used: movements were spotted, not classified.',
  spotting: () =>
    'Spotting was tested on demonstration clips with planted movements. On natural faces, above all on subjects who speak, it also finds movements that no coder would call an expression.',
  sizes: () =>
    'Sizes are measured by optical flow, which sees less than there is: a movement of one pixel is measured as 0.5 to 0.8.',
  ensemble: ({ members }) => `The probabilities are the mean of those of ${members!} models.`,
  'own-model': ({ file }) =>
    `The model is not one that ships with telltale: it is the user-supplied file ${file!}, and its score is what that file claims.`,
  uncalibrated: () =>
    'No threshold is known above which the model is right often enough, so that every verdict is unsure. Measure one on clips that it was not trained on: telltale calibrate.',
  note: ({ note }) => String(note),
  faces: ({ faces }) =>
    `Up to ${faces!} faces are in the image at once; only the largest was analyzed.`,
  subject: ({ number, subjects }) =>
    `${subjects!} subjects are in the clip; only subject ${number!} was analyzed.`,
  gaps: ({ without, frames }) =>
    `No face was found in ${without!} of ${frames!} frames; what happened there is not known.`,
  'small-face': ({ pixels }) =>
    `The eyes are only ${pixels!} pixels apart; movements below a pixel of the image are not seen.`,
  'slow-camera': ({ rate, milliseconds }) =>
    `At ${rate!} frames per second, onset, apex and offset are known to about ${milliseconds!} ms.`,
  cuts: ({ cuts, times }) =>
    `The clip has ${cuts!} ${cuts === 1 ? 'cut' : 'cuts'} (${times!}). Nothing was measured across them, and another subject may be shown after them.`,
  dark: ({ brightness }) =>
    `The face is dark: its mean brightness is ${brightness!} of 255. Small movements are lost in the dark.`,
  overexposed: ({ percent }) =>
    `${percent!} % of the face is as good as white: nothing can be measured there.`,
  noisy: ({ noise, texture }) =>
    `The recording is noisy: the noise is ${noise!} % of the brightness of the face, and the texture that movement is measured on ${texture!} %. Small movements are lost in it.`,
  blurred: () =>
    'The face is blurred: there are no sharp edges to measure movement on, and sizes are too small.',
  turned: ({ degrees }) =>
    `The head is turned by ${degrees!}° from the camera. On the far side of the face less is seen.`,
  'set-aside-noise': ({ count, times }) =>
    `${count!} ${count === 1 ? 'movement was' : 'movements were'} set aside (${times!}): the recording is too dark, noisy, blurred or compressed to distinguish ${count === 1 ? 'it' : 'them'} from noise.`,
  'set-aside-blink': ({ count, times }) =>
    `${count!} ${count === 1 ? 'movement was' : 'movements were'} set aside (${times!}): the lids alone moved and the eyes closed in part, as in a blink.`,
  'set-aside-covered': ({ count, times }) =>
    `${count!} ${count === 1 ? 'movement was' : 'movements were'} set aside (${times!}): something was in front of the face, or it changed too much to be compared.`,
  'set-aside-turned': ({ count, times }) =>
    `${count!} ${count === 1 ? 'movement was' : 'movements were'} set aside (${times!}): the head turned, which moves the face in the image.`,
  'mouth-opens': ({ count, times }) =>
    `In ${count!} ${count === 1 ? 'micro-expression' : 'micro-expressions'} of the mouth (${times!}) the lips part or press: a word of one syllable, a breath or a swallow looks the same.`,
  damaged: ({ damaged, frames }) =>
    `The file is damaged: ${damaged!} of ${frames!} frames cannot be decoded; what happened there is not known.`,
  interrupted: ({ count, times }) =>
    `${count!} ${count === 1 ? 'frame shows' : 'frames show'} something else than the frames before and after (${times!}), as damaged frames do: what happened there is not known.`,
  truncated: ({ why }) => `The file is cut off, and only what is left was analyzed: ${why!}.`,
  interlaced: ({ frames }) =>
    `${frames!} frames are interlaced: half of their rows were interpolated, which blurs fast movements.`,
  scaled: ({ frames }) =>
    `${frames!} frames have another size than the first one and were scaled to it.`,
  joined: ({ joints }) =>
    `The times of the file start again ${joints === 1 ? 'once' : `${joints!} times`}; from there on they continue those before.`,
  'tone-mapped': ({ transfer }) =>
    `The clip has high dynamic range (${transfer!}); its brightness was mapped to standard range.`,
  'rate-assumed': ({ rate }) =>
    `The file states no frame rate: ${rate!} frames per second were assumed, and all times and durations depend on it. State the camera's rate with --fps.`,
  'several-videos': ({ videos }) =>
    `The file has ${videos!} video streams, of several cameras or programs, and one was analyzed: the first that is marked as the one to show, else the first. "ffmpeg -i FILE -map 0:v:1 -c copy OUT" takes out the second.`,
  'short-clip': () =>
    'The clip is too short to measure how much this face moves without an expression: confidences are less certain.',
};

/** Every code there is. */
export const caveatCodes: readonly CaveatCode[] = Object.keys(sentences) as CaveatCode[];

/** The sentence of a caveat, in English. */
export function caveatSentence({ code, values }: Caveat): string {
  return sentences[code](values);
}

/** More cuts are not listed in a sentence. */
const LISTED_CUTS = 5;

/** Times in a sentence. */
function timesOf(cuts: readonly Moment[]): string {
  const listed = cuts.slice(0, LISTED_CUTS).map(({ time }) => `${time.toFixed(2)} s`);
  return [...listed, ...(cuts.length > LISTED_CUTS ? ['…'] : [])].join(', ');
}

/** How many frames they have together. */
const framesOf = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, { start, end }) => sum + end.frame - start.frame + 1, 0);

/** Below this mean brightness a face is dark; of 255. */
const DARK = 45;
/** Above this part of white a face is overexposed. */
const MOST_WHITE = 0.1;
/** Above this part of the texture, noise hides small movements. */
const NOISY = 0.15;
/** Below this sharpness a face is blurred. */
const BLURRED = 0.42;
/** Beyond this turn half of the face is hardly seen; degrees. */
const TURNED = 25;

/** The caveats on the quality of a recording, and on what was set aside for it. */
function qualityCaveats({
  quality,
  setAside = [],
}: Pick<Report, 'quality' | 'setAside'>): Caveat[] {
  const caveats: Caveat[] = [];
  const number = (value: number): number => Number(value.toPrecision(2));
  if (quality !== undefined) {
    const { brightness, clipped, noise, texture, sharpness, yaw, pitch } = quality;
    if (brightness < DARK) caveats.push({ code: 'dark', values: { brightness: number(brightness) } }); // prettier-ignore
    else if (clipped > MOST_WHITE) caveats.push({ code: 'overexposed', values: { percent: number(100 * clipped) } }); // prettier-ignore
    if (noise > NOISY * texture)
      caveats.push({ code: 'noisy', values: { noise: number(noise), texture: number(texture) } }); // prettier-ignore
    else if (sharpness < BLURRED) caveats.push({ code: 'blurred', values: {} });
    const degrees = Math.round(Math.hypot(yaw, pitch));
    if (degrees > TURNED) caveats.push({ code: 'turned', values: { degrees } });
  }
  for (const why of ['noise', 'blink', 'covered', 'turned'] as const) {
    const these = setAside.filter((movement) => movement.why === why);
    const times = timesOf(these.map(({ apex }) => apex));
    if (these.length > 0) caveats.push({ code: `set-aside-${why}`, values: { count: these.length, times } }); // prettier-ignore
  }
  return caveats;
}

/** Whether a movement of the mouth may be a syllable. */
function isLikeSyllable({ kind, regions, lips = 0 }: Expression): boolean {
  if (kind !== 'micro' || Math.abs(lips) < PARTED) return false;
  const most = Math.max(...Object.values(regions));
  return (
    Math.abs(lips) > LEAST_PARTED * most && MOUTH.some((region) => (regions[region] ?? 0) >= most)
  );
}

/** The caveats of a report, the most important first. */
export function caveatsOf(
  report: Omit<Report, 'caveats' | 'caveatCodes'>,
  { interocular }: CaveatCircumstances,
): Caveat[] {
  const { clip, face, recognizer } = report;
  const caveats: Caveat[] = [];
  const add = (code: CaveatCode, values: Values = {}): void => {
    caveats.push({ code, values });
  };
  add('no-lie-detector');
  if (recognizer === undefined) {
    add('no-recognizer');
  } else {
    const { network, config, score, elsewhere } = recognizer;
    if (elsewhere !== undefined) add('elsewhere', elsewhereValues(elsewhere));
    add('recognizer', { network, config, score });
  }
  add('spotting');
  add('sizes');
  if (recognizer?.members) {
    add('ensemble', { members: recognizer.members.length, config: recognizer.config });
  }
  if (recognizer?.file !== undefined) add('own-model', { file: recognizer.file });
  if (recognizer !== undefined && recognizer.unsureBelow >= NEVER_SURE) add('uncalibrated');
  if (recognizer?.note !== undefined) add('note', { note: recognizer.note });
  const { subject } = face;
  if (subject !== undefined && subject.number > 1)
    add('subject', { number: subject.number, subjects: subject.of }); // prettier-ignore
  else if (face.faces > 1) add('faces', { faces: face.faces });
  const { recording = {}, damaged = [], interruptions = [], cuts = [] } = clip;
  if (cuts.length > 0) add('cuts', { cuts: cuts.length, times: timesOf(cuts) });
  for (const caveat of qualityCaveats(report)) add(caveat.code, caveat.values);
  const syllables = report.expressions.filter(isLikeSyllable);
  if (syllables.length > 0) {
    const times = timesOf(syllables.map(({ apex }) => apex));
    add('mouth-opens', { count: syllables.length, times });
  }
  if (damaged.length > 0) add('damaged', { damaged: framesOf(damaged), frames: clip.frames });
  if (interruptions.length > 0) {
    const times = timesOf(interruptions.map(({ start }) => start));
    add('interrupted', { count: framesOf(interruptions), times });
  }
  if (recording.truncated !== undefined) add('truncated', { why: recording.truncated });
  if (recording.deinterlaced !== undefined) add('interlaced', { frames: recording.deinterlaced });
  if (recording.scaled !== undefined) add('scaled', { frames: recording.scaled });
  if (recording.joints !== undefined) add('joined', { joints: recording.joints });
  if (recording.videos !== undefined) add('several-videos', { videos: recording.videos });
  if (recording.toneMapped !== undefined) {
    add('tone-mapped', { transfer: recording.toneMapped.toUpperCase() });
  }
  if (recording.isRateAssumed === true) add('rate-assumed', { rate: clip.rate });
  const without = clip.frames - face.frames - framesOf(damaged) - framesOf(interruptions);
  if (without > 0) add('gaps', { without, frames: clip.frames });
  if (interocular < SMALL_FACE) add('small-face', { pixels: Math.round(interocular) });
  if (clip.rate < SLOW_CAMERA) {
    const rate = Number(clip.rate.toFixed(2));
    add('slow-camera', { rate, milliseconds: Math.round(1000 / clip.rate) });
  }
  if (clip.duration < SHORT_CLIP) add('short-clip');
  return caveats;
}
