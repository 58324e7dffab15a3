/**
 * @file JAFFE and KDEF: portraits with subject and emotion in their file names.
 *
 * JAFFE: Lyons, Akamatsu, Kamachi and Gyoba 1998, "Coding facial expressions with Gabor wavelets",
 * FG; `KA.AN1.39.tiff` is subject KA, anger. KDEF: Lundqvist, Flykt and Öhman 1998, "The Karolinska
 * Directed Emotional Faces"; `AF01ANS.JPG` is series A, woman 01, angry, straight. Of KDEF the
 * views from the side are left out.
 */
import { expressionName, isImagePath } from './sample.ts';
import type { MacroReader, MacroSample } from './sample.ts';

/** JAFFE, whose names have the subject's initials first. */
export const jaffe: MacroReader = portraits({
  name: 'JAFFE',
  layout: 'KA.AN1.39.tiff',
  parse(file) {
    const [, subject, emotion] = /^([A-Z]{2})\.([A-Z]{2})\d+\.\d+\.\w+$/i.exec(file) ?? [];
    return subject === undefined
      ? undefined
      : { subject: subject.toUpperCase(), series: subject.toUpperCase(), emotion: emotion! };
  },
});

/** KDEF, straight views; both series belong to one subject. */
export const kdef: MacroReader = portraits({
  name: 'KDEF',
  layout: 'AF01/AF01ANS.JPG',
  parse(file) {
    const [, series, subject, emotion] =
      /^([AB])([FM]\d\d)(AF|AN|DI|HA|NE|SA|SU)S\.\w+$/i.exec(file) ?? [];
    return series === undefined
      ? undefined
      : {
          subject: subject!.toUpperCase(),
          series: `${series}${subject!}`.toUpperCase(),
          emotion: emotion!,
        };
  },
});

/** The content of a file name. */
interface Portrait {
  readonly subject: string;
  /** Images of one session; expressions are compared with its neutral image. */
  readonly series: string;
  readonly emotion: string;
}

function portraits(of: {
  readonly name: string;
  readonly layout: string;
  readonly parse: (file: string) => Portrait | undefined;
}): MacroReader {
  return {
    name: of.name,
    layout: of.layout,
    sheets: () => [],
    read({ paths }) {
      const found = paths.filter(isImagePath).flatMap((path) => {
        const portrait = of.parse(path.split('/').at(-1)!);
        const label = portrait && expressionName(portrait.emotion);
        return portrait && label !== undefined ? [{ ...portrait, path, label }] : [];
      });
      const neutrals = new Map<string, string>();
      for (const { path, label, series } of found) {
        if (label === 'neutral' && !neutrals.has(series)) neutrals.set(series, path);
      }
      return found.map(({ path, label, subject, series }): MacroSample => {
        const neutral = neutrals.get(series);
        return {
          id: path,
          label,
          image: path,
          subject,
          ...(neutral !== undefined && { neutral }),
        };
      });
    },
  };
}
