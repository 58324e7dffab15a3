/**
 * @file Where movement is measured, and which skin holds still.
 *
 * The regions are where facial action shows: brows, lids, nose wings, mouth corners and chin. The
 * anchors are skin over bone, which moves with the head and little else. Zhang et al. 2020,
 * "Spatio-temporal fusion for macro- and micro-expression spotting in long video sequences", FG,
 * take the nose region alone for the head; a turn of the head needs anchors that lie wide apart.
 */
import { FACE_PARTS } from '../face/regions.ts';

/** Where movement is reported. */
export const REGIONS = [
  'rightInnerBrow',
  'leftInnerBrow',
  'rightOuterBrow',
  'leftOuterBrow',
  'rightUpperLid',
  'leftUpperLid',
  'rightNoseWing',
  'leftNoseWing',
  'rightMouthCorner',
  'leftMouthCorner',
  'chin',
] as const;

/** A region's name. */
export type Region = (typeof REGIONS)[number];

/** The regions that a blink moves. */
export const LIDS: readonly Region[] = ['rightUpperLid', 'leftUpperLid'];

/** Landmarks of a region; their mean is its center. */
export const regionPoints = (region: Region): readonly number[] => FACE_PARTS[region];

/** The middles of both lips, upper and lower. */
export const LIPS: readonly (readonly number[])[] = [FACE_PARTS.upperLip, FACE_PARTS.lowerLip];

/** Landmarks over bone: bridge and tip of the nose, corners of the eyes, cheekbones. */
export const ANCHORS: readonly number[] = [
  168, 6, 197, 195, 5, 4, 1, // nose
  122, 351, 196, 419, // its sides
  130, 359, 33, 263, 133, 362, // eye corners
  117, 346, 118, 347, 101, 330, 50, 280, // cheekbones
]; // prettier-ignore
