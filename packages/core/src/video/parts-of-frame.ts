/** @file What can be looked at of a frame without converting all of it, now and, where it is kept, later. */
import {
  hasParts,
  keepPlanes,
  orientedPart,
  type KeptPlace,
  type PartTools,
} from './frame-part.ts';
import type { Frame } from './frames.ts';
import type { Planes } from './planes.ts';
import type { VideoStream } from './stream.ts';

/** A frame by its number, its time and its size as it is shown. */
export type PlacedFrame = Pick<Frame, 'index' | 'time' | 'width' | 'height'>;

/** Members of a {@link Frame}. */
export type FrameParts = Pick<Frame, 'part' | 'keep'>;

/** Kept frames have no pixels of the whole frame. */
const NO_PIXELS = new Uint8Array(0);

/** Parts of planes that have one sample for each pixel that is shown; nothing where parts of them cannot be had. */
export function partsOfFrame(
  planes: Planes,
  {
    stream: { color = {}, orientation },
    tools,
    placed,
  }: {
    readonly stream: Pick<VideoStream, 'color' | 'orientation'>;
    readonly tools: PartTools;
    readonly placed: PlacedFrame;
  },
): FrameParts {
  if (!hasParts(planes)) return {};
  const fullRange = planes.isFullRange === true || color.fullRange === true;
  const reading = { ...color, fullRange };
  const partOf = (of: Planes, kept?: KeptPlace): NonNullable<Frame['part']> => {
    return (bounds, shrink) =>
      orientedPart(of, bounds, tools, { reading, shrink, orientation, kept });
  };
  const keep: NonNullable<Frame['keep']> = (bounds, scales = [1], room) => {
    const { kernels } = tools;
    const { parts, ...kept } = keepPlanes(planes, bounds, { orientation, kernels, scales, room });
    const all = parts.map((one) => ({
      scale: one.place.scale,
      part: partOf(one.planes, one.place),
    }));
    const part: Frame['part'] = (inner, shrink) =>
      all.find(({ scale }) => scale === 1 || scale === shrink)?.part(inner, shrink);
    return { ...placed, channels: 3, data: NO_PIXELS, part, scales, ...kept };
  };
  return { part: partOf(planes), keep };
}
