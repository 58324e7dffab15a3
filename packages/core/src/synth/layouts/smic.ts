/** @file The layouts of SMIC's three cameras: numbers of the camera in the sheet, and cropped copies beside. */
import {
  momentsOf,
  numberOf,
  padded,
  rowsOf,
  sharesOf,
  sheetOf,
  valence,
  type Film,
  type Layout,
} from './layout.ts';

const subjectOf = ({ subject }: Film): string => `s${padded(subject + 1, 2)}`;
const emotionOf = ({ events }: Film): string => valence(events[0]!.emotion);
const clipOf = (film: Film, subject: string): string => {
  const emotion = emotionOf(film);
  return `${subject}_${emotion.slice(0, emotion === 'surprise' ? 3 : 2)}_${padded(film.take + 1, 2)}`;
};

function smicLayout(
  camera: 'HS' | 'VIS' | 'NIR',
  { name, rate, gray, emotions }: Pick<Layout, 'name' | 'gray' | 'emotions'> & { rate: number },
): Layout {
  const extended = `${camera}_long/SMIC-${camera}-E`;
  return {
    name,
    title: `SMIC-${camera}`,
    timing: { rate, long: false, takes: 99, first: [17_500_000, 17_999_000] },
    size: [200, 240],
    ...{ cropped: true, gray, emotions, label: valence },
    paths: (film, index) => {
      const { onset, offset } = film.events[0]!;
      const subject = subjectOf(film);
      const short = `s${film.subject + 1}`;
      const number = numberOf(film, index);
      const whole = `${extended}/${camera}/${subject}/${clipOf(film, subject)}/image${number}.jpg`;
      const cropped = `SMIC_all_cropped/${camera}/${short}/micro/${emotionOf(film)}/${clipOf(film, short)}/reg_image${number}.bmp`;
      return index >= onset && index <= offset ? [whole, cropped] : [whole];
    },
    sheets: (films) => [
      {
        path: `${extended}/SMIC-${camera}-E_annotation.xlsx`,
        sheets: [
          sheetOf(rowsOf(films), {
            header: ['Subject', 'Filename', 'OnsetF', 'OffsetF', 'Emotion', 'FirstF'],
            cells: (row) => {
              const { film } = row;
              const [onset, , offset] = momentsOf(row);
              const subject = subjectOf(film);
              return [subject, clipOf(film, subject), onset, offset, emotionOf(film), film.first];
            },
            below: [
              [],
              [null, 'Frames are numbered by the camera; FirstF is the first of the clip.'],
              [null, 'Synthetic: no participant of SMIC is in this file.'],
            ],
          }),
        ],
      },
    ],
  };
}

/** SMIC-HS: the extended clips with their sheet, and the cropped ones that labs use. No apex, no units. */
export const smic: Layout = smicLayout('HS', {
  ...{ name: 'smic', rate: 100, gray: false },
  emotions: sharesOf({ disgust: 30, fear: 20, sadness: 20, happiness: 51, surprise: 43 }),
});

/** Classes of the two slow cameras. */
const SLOW = sharesOf({ happiness: 28, surprise: 20, disgust: 10, fear: 7, sadness: 6 });

/** SMIC-VIS: visible light. */
export const smicVis: Layout = smicLayout('VIS', {
  ...{ name: 'smic-vis', rate: 25, gray: false, emotions: SLOW },
});

/** SMIC-NIR: near infrared, gray. */
export const smicNir: Layout = smicLayout('NIR', {
  ...{ name: 'smic-nir', rate: 25, gray: true, emotions: SLOW },
});
