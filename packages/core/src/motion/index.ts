/** @file Entry point of `@telltale/core/motion`: TV-L1 optical flow, optical strain, the flow image, the color wheel. */
export { matchBrightness } from './brightness.ts';
export { flowColors } from './colors.ts';
export { averageInto, faceBox, FLOW_IMAGE_SIZE, flowImage, rangedFlowImage } from './flow-image.ts';
export type { Box, ChannelRange, Point, RangedFlowImage } from './flow-image.ts';
export type { FlowField } from './flow.ts';
export { opticalStrain } from './strain.ts';
export { ACCURATE, FAST, LIKE_OPENCV } from './tvl1-options.ts';
export type { Tvl1Options, Tvl1Parameters } from './tvl1-options.ts';
export { createTvl1 } from './tvl1.ts';
export type { FlowFrom, Tvl1 } from './tvl1.ts';
