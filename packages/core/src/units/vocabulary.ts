/**
 * @file The facial action units that telltale recognizes, and their names.
 *
 * Numbers and names are those of Ekman, Friesen and Hager 2002, "Facial Action Coding System". The twelve units are
 * those of the CD6ME protocol: Varanka et al. 2024, "Data Leakage and Evaluation Issues in Micro-Expression Analysis",
 * IEEE TAFFC 15(1).
 */

/** A facial action unit. */
export interface ActionUnitName {
  /** Number in FACS. */
  readonly unit: number;
  /** Name in English: `brow lowerer`. */
  readonly name: string;
  /** Name in Chinese: `皱眉`. */
  readonly chinese: string;
  /** The muscles that produce it, in Latin. */
  readonly muscles: string;
}

/** The units of the CD6ME protocol, in the order of their numbers. */
export const ACTION_UNITS: readonly ActionUnitName[] = [
  {
    ...{ unit: 1, name: 'inner brow raiser', chinese: '内侧眉毛上扬' },
    muscles: 'frontalis, pars medialis',
  },
  {
    ...{ unit: 2, name: 'outer brow raiser', chinese: '外侧眉毛上扬' },
    muscles: 'frontalis, pars lateralis',
  },
  {
    ...{ unit: 4, name: 'brow lowerer', chinese: '皱眉' },
    muscles: 'corrugator supercilii, depressor supercilii, procerus',
  },
  {
    ...{ unit: 5, name: 'upper lid raiser', chinese: '上眼睑提升' },
    muscles: 'levator palpebrae superioris',
  },
  {
    ...{ unit: 6, name: 'cheek raiser', chinese: '脸颊提升' },
    muscles: 'orbicularis oculi, pars orbitalis',
  },
  {
    ...{ unit: 7, name: 'lid tightener', chinese: '眼睑收紧' },
    muscles: 'orbicularis oculi, pars palpebralis',
  },
  {
    ...{ unit: 9, name: 'nose wrinkler', chinese: '皱鼻' },
    muscles: 'levator labii superioris alaeque nasi',
  },
  {
    ...{ unit: 10, name: 'upper lip raiser', chinese: '上唇提升' },
    muscles: 'levator labii superioris',
  },
  {
    ...{ unit: 12, name: 'lip corner puller', chinese: '嘴角上扬' },
    muscles: 'zygomaticus major',
  },
  { unit: 14, name: 'dimpler', chinese: '酒窝', muscles: 'buccinator' },
  {
    ...{ unit: 15, name: 'lip corner depressor', chinese: '嘴角下拉' },
    muscles: 'depressor anguli oris',
  },
  { unit: 17, name: 'chin raiser', chinese: '下巴提升', muscles: 'mentalis' },
];

/**
 * Units that are recognized as well, but learned from synthetic movements alone: no coded clip at hand shows them, or
 * hardly any. How often they are right on real faces is not known.
 */
export const SYNTHETIC_UNITS: readonly ActionUnitName[] = [
  {
    ...{ unit: 16, name: 'lower lip depressor', chinese: '下唇下压' },
    muscles: 'depressor labii inferioris',
  },
  {
    ...{ unit: 18, name: 'lip pucker', chinese: '嘴唇撅起' },
    muscles: 'incisivii labii superioris, incisivii labii inferioris',
  },
  {
    ...{ unit: 26, name: 'jaw drop', chinese: '下颌张开' },
    muscles: 'masseter, temporalis and internal pterygoid, relaxed',
  },
  { unit: 38, name: 'nostril dilator', chinese: '鼻孔扩张', muscles: 'nasalis, pars alaris' },
];

/** Numbers of {@link ACTION_UNITS}. */
export const UNIT_NUMBERS: readonly number[] = ACTION_UNITS.map(({ unit }) => unit);

/** Numbers of {@link SYNTHETIC_UNITS}. */
export const SYNTHETIC_UNIT_NUMBERS: readonly number[] = SYNTHETIC_UNITS.map(({ unit }) => unit);

/** Where a unit acts: sides are those of the subject, as FACS codes them; the subject's left is the right of the image. */
export type UnitSide = 'left' | 'right' | 'both';

/** `AU4`, `AU12 left`. */
export function unitLabel(unit: number, side: UnitSide = 'both'): string {
  return side === 'both' ? `AU${unit}` : `AU${unit} ${side}`;
}

/** As coders write it: `4`, `L12`. */
export function unitSign(unit: number, side: UnitSide = 'both'): string {
  return `${{ left: 'L', right: 'R', both: '' }[side]}${unit}`;
}

/** The name of a unit by its number; undefined where telltale does not recognize it. */
export function actionUnitOf(unit: number): ActionUnitName | undefined {
  return [...ACTION_UNITS, ...SYNTHETIC_UNITS].find((one) => one.unit === unit);
}
