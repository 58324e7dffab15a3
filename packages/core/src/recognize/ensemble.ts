/**
 * @file Several recognizers that answer as one: the mean of their calibrated probabilities.
 *
 * Lakshminarayanan, Pritzel and Blundell 2017, "Simple and Scalable Predictive
 * Uncertainty Estimation using Deep Ensembles", NeurIPS, §2.4: members are
 * averaged as a mixture, each with the same weight. Here members differ in
 * their network. Each is calibrated by itself, or the mean as a whole.
 */
import { TelltaleError } from '../base/errors.ts';
import type { ImageName } from '../nets/images.ts';
import { tempered, type Calibration } from './calibration.ts';
import { NEVER_SURE } from './card.ts';
import type { ElsewhereScore, RecognizerCard } from './card.ts';
import type { Recognizer } from './recognizer.ts';

/** How an ensemble that was measured as a whole is read. */
export interface EnsembleCalibration extends Calibration {
  /** What to expect on subjects of another laboratory. */
  readonly elsewhere?: ElsewhereScore;
}

/** What is known of an ensemble as a whole. */
export interface EnsembleOptions extends Partial<EnsembleCalibration> {
  /** What its card names as its network. @defaultValue `ensemble` */
  readonly name?: string;
  /** How it was measured, in one line. */
  readonly score?: string;
}

/**
 * The recognizers as one; releasing it releases all of them.
 *
 * Its verdict is `unsure` below the threshold that is given, or below the mean of the members' thresholds.
 *
 * @param options - `temperature`: of the mean, where it was calibrated as a whole; its members are then opened
 *   `uncalibrated`
 * @throws TelltaleError WEIGHTS_MISMATCH where there are fewer than two, or they differ in their
 *   classes, in the size of their images or in the magnification of faces
 */
export function ensembleOf(
  members: readonly Recognizer[],
  options: EnsembleOptions = {},
): Recognizer {
  const [first, ...others] = members;
  if (first === undefined || others.length === 0)
    throw mismatch(`an ensemble of ${members.length}`, 'Give at least two recognizers.');
  for (const { card, size } of others) {
    if (JSON.stringify(card.classes) !== JSON.stringify(first.card.classes))
      throw mismatch(
        `${nameOf(first.card)} knows the classes ${first.card.classes.join(', ')}, ${nameOf(card)} knows ${card.classes.join(', ')}`,
        'Train them on data with the same emotions.',
      );
    if (size !== first.size)
      throw mismatch(
        `${nameOf(first.card)} looks at images of ${first.size}×${first.size} pixels, ${nameOf(card)} at ${size}×${size}`,
        'Choose configurations of one size.',
      );
  }
  return {
    card: cardOf(
      members.map(({ card }) => card),
      options,
    ),
    size: first.size,
    images: [...new Set(members.flatMap(({ images }): readonly ImageName[] => images))],
    ...alphaOf(members),
    async classify(images) {
      const answers: Float32Array[][] = [];
      for (const member of members) answers.push(await member.classify(images));
      const { temperature = 1 } = options;
      return images.map((_, i) => {
        const mean = meanOf(answers.map((answer) => answer[i]!));
        return temperature === 1 ? mean : Float32Array.from(tempered(mean, temperature));
      });
    },
    async release() {
      for (const member of members) await member.release();
    },
  };
}

/** α of those that take a magnified face. */
function alphaOf(members: readonly Recognizer[]): Pick<Recognizer, 'alpha'> {
  const [first, ...others] = members.filter(({ images }) => images.includes('magnified'));
  const other = others.find(({ alpha }) => alpha !== first!.alpha);
  if (other)
    throw mismatch(
      `${nameOf(first!.card)} takes faces magnified by ${first!.alpha ?? 'an unknown factor'}, ${nameOf(other.card)} by ${other.alpha ?? 'an unknown factor'}`,
      'Train them on data that were prepared with the same --alpha.',
    );
  return first?.alpha === undefined ? {} : { alpha: first.alpha };
}

function meanOf(rows: readonly Float32Array[]): Float32Array {
  return Float32Array.from(rows[0]!, (_, k) => {
    const sum = rows.reduce((total, row) => total + row[k]!, 0);
    return sum / rows.length;
  });
}

function cardOf(
  members: readonly RecognizerCard[],
  { name = 'ensemble', score: measured, elsewhere, unsureBelow }: EnsembleOptions,
): RecognizerCard {
  const scores = members.map((card) => `${nameOf(card)}: ${card.score}`);
  const notes = members.flatMap(({ note }) => (note === undefined ? [] : [note]));
  return {
    network: name,
    config: members.map(nameOf).join(' + '),
    classes: members[0]!.classes,
    weights: members.map(({ weights }) => weights).join(' '),
    score: `${measured ?? 'not measured as a whole'}; its members by themselves: ${scores.join('; ')}`,
    ...(elsewhere && { elsewhere }),
    unsureBelow: unsureBelow ?? thresholdOf(members),
    ...(notes.length > 0 && { note: notes.join(' ') }),
    members,
  };
}

function thresholdOf(members: readonly RecognizerCard[]): number {
  return members.some(({ unsureBelow }) => unsureBelow >= NEVER_SURE)
    ? NEVER_SURE
    : members.reduce((sum, { unsureBelow }) => sum + unsureBelow, 0) / members.length;
}

function nameOf({ network, config }: RecognizerCard): string {
  return `${network} ${config}`;
}

function mismatch(message: string, hint: string): TelltaleError {
  return new TelltaleError('WEIGHTS_MISMATCH', message, hint);
}
