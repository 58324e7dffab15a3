/** @file What lies beside the events on the time line: where the mouth speaks, where a movement was set aside, where nothing was measured. */
import type { Report } from '@telltale/core';

/** One track. */
export interface Track {
  readonly name:
    'speech' | 'covered' | 'turned' | 'noise' | 'blink' | 'gap' | 'damaged' | 'interrupted' | 'cut';
  /** From first to last frame, in order. */
  readonly spans: readonly (readonly [from: number, to: number])[];
}

/** The tracks of a report that hold anything. */
export function tracksOf({ face, clip, setAside = [], speech = [] }: Report): readonly Track[] {
  const ends = (spans: Report['face']['gaps']): Track['spans'] =>
    spans.map(({ start, end }) => [start.frame, end.frame]);
  const aside = (why: string): Track['spans'] =>
    setAside
      .filter((one) => one.why === why)
      .map(({ onset, offset }) => [onset.frame, offset.frame]);
  const all: readonly Track[] = [
    { name: 'speech', spans: ends(speech) },
    { name: 'covered', spans: aside('covered') },
    { name: 'turned', spans: aside('turned') },
    { name: 'noise', spans: aside('noise') },
    { name: 'blink', spans: aside('blink') },
    { name: 'gap', spans: ends(face.gaps) },
    { name: 'damaged', spans: ends(clip.damaged ?? []) },
    { name: 'interrupted', spans: ends(clip.interruptions ?? []) },
    { name: 'cut', spans: (clip.cuts ?? []).map(({ frame }) => [frame, frame]) },
  ];
  return all.filter(({ spans }) => spans.length > 0);
}
