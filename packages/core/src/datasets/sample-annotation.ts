/**
 * @file What is annotated of a clip beside its emotion, as cells of samples.csv: written by `prepare/`, read by
 * `flow-folder.ts`.
 *
 * Lists are joined by `+` (`4+L14`), intensities stand behind a colon (`4:C+L14:BC`).
 */
import type { Annotation } from './annotation.ts';
import type { SampleAnnotation } from './sample.ts';

/** Columns of samples.csv, those of version 0.1 first: their order there is kept. */
// prettier-ignore
export const ANNOTATION_COLUMNS = [
  'kind', 'objective_class', 'action_units', 'onset_frame', 'apex_frame', 'apex_source', 'offset_frame',
  'frames_per_second', 'source',
  'fine_emotion', 'action_units_cell', 'action_units_uncertain', 'action_units_unknown',
  'action_units_intensity', 'action_units_asymmetric',
] as const;
/** A column of the annotation. */
export type AnnotationColumn = (typeof ANNOTATION_COLUMNS)[number];

/** Cells of a prepared clip. */
export function annotationCells(
  annotation: Annotation,
  { apex, isFound }: { readonly apex: number; readonly isFound: boolean },
): Record<AnnotationColumn, string> {
  const { kind, objectiveClass = '', actionUnits, onset, offset, framesPerSecond } = annotation;
  const { folder, emotion, fineEmotion = emotion, codedUnits } = annotation;
  const { cell = '', units = [], uncertain = [], unknown = [] } = codedUnits ?? {};
  const graded = new Map(units.map(({ name, intensity }) => [name, intensity]));
  return {
    ...{ kind, objective_class: objectiveClass, action_units: actionUnits.join('+') },
    ...{ onset_frame: `${onset}`, apex_frame: `${apex}`, offset_frame: `${offset}` },
    ...{ apex_source: isFound ? 'found' : 'given', frames_per_second: `${framesPerSecond}` },
    source: folder,
    fine_emotion: fineEmotion,
    action_units_cell: cell,
    action_units_uncertain: uncertain.join('+'),
    action_units_unknown: unknown.join(' '),
    action_units_intensity: [...graded]
      .filter(([, intensity]) => intensity !== '')
      .map((pair) => pair.join(':'))
      .join('+'),
    action_units_asymmetric: units
      .filter(({ isAsymmetric }) => isAsymmetric)
      .map(({ name }) => name)
      .join('+'),
  };
}

/** What cells hold; `undefined` where all are empty or absent. */
export function readAnnotation(
  cell: (column: AnnotationColumn) => string,
): SampleAnnotation | undefined {
  const text = (column: AnnotationColumn): string | undefined => cell(column) || undefined;
  const list = (column: AnnotationColumn): string[] | undefined =>
    text(column)?.split('+').filter(Boolean);
  const number = (column: AnnotationColumn): number | undefined => {
    const value = Number(text(column));
    return Number.isFinite(value) ? value : undefined;
  };
  const source = cell('apex_source');
  const all: Record<keyof SampleAnnotation, unknown> = {
    fineEmotion: text('fine_emotion'),
    kind: text('kind'),
    objectiveClass: text('objective_class'),
    actionUnitsCell: text('action_units_cell'),
    actionUnits: list('action_units'),
    uncertainUnits: list('action_units_uncertain'),
    unknownUnits: text('action_units_unknown')?.split(' '),
    intensities: intensitiesOf(list('action_units_intensity')),
    asymmetricUnits: list('action_units_asymmetric'),
    onset: number('onset_frame'),
    apex: number('apex_frame'),
    apexSource: source === 'given' || source === 'found' ? source : undefined,
    offset: number('offset_frame'),
    framesPerSecond: number('frames_per_second'),
  };
  const known = Object.entries(all).filter(([, value]) => value !== undefined);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

function intensitiesOf(list: readonly string[] | undefined): Record<string, string> | undefined {
  if (list === undefined) return undefined;
  return Object.fromEntries(list.map((one) => one.split(':', 2) as [string, string]));
}
