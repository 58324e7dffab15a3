/**
 * @file Linear Eulerian video magnification as the paper writes it, in plain TypeScript: what the quick way is checked against.
 *
 * Wu et al. 2012, "Eulerian Video Magnification…", ACM TOG 31(4), figure 2: every frame becomes a Laplacian pyramid,
 * every coefficient's series is filtered, weighed and added to the pyramid, and the pyramid is collapsed.
 */
import type { RgbImage, Plane } from '../base/image.ts';
import { resolveMagnification, type MagnifyOptions } from './options.ts';
import { expand, reduce } from './pyramid.ts';
import { filterSeries, type TemporalFilter } from './temporal.ts';

/** RGB to YIQ of NTSC and back, as the paper's chroma attenuation uses it. */
const YIQ = [0.299, 0.587, 0.114, 0.596, -0.274, -0.322, 0.211, -0.523, 0.312] as const;
const RGB = [1, 0.956, 0.621, 1, -0.272, -0.647, 1, -1.106, 1.703] as const;

/**
 * Magnifies a clip that fits into memory, slowly.
 *
 * @param frames - of one size
 * @param rate - frames per second
 * @throws TelltaleError `OPTION_INVALID`: see {@link resolveMagnification}
 */
export function magnifyReference(
  frames: readonly RgbImage[],
  rate: number,
  options: MagnifyOptions = {},
): RgbImage[] {
  const { width, height } = frames[0]!;
  const { filter, gains, chroma, sizes } = resolveMagnification({ width, height, rate }, options);
  const changes = [0, 1, 2].map((channel) => {
    const share = channel === 0 ? 1 : chroma;
    const planes = frames.map((frame) => channelOf(frame, channel));
    const pyramids = planes.map((plane) => laplacian(plane, sizes.length - 1));
    for (const [level, gain] of gains.entries()) {
      filterLevels(pyramids.map((pyramid) => pyramid[level]!), filter, 1 + share * gain); // prettier-ignore
    }
    return pyramids.map((pyramid, t) => {
      const collapsed = collapse(pyramid);
      return collapsed.data.map((value, i) => value - planes[t]!.data[i]!);
    });
  });
  return frames.map((frame, t) => {
    const { data, channels } = frame;
    const out = new Uint8ClampedArray(data);
    for (let i = 0; i < width * height; i++) {
      for (let c = 0; c < 3; c++) {
        const change = [0, 1, 2].reduce((sum, k) => sum + RGB[3 * c + k]! * changes[k]![t]![i]!, 0);
        out[i * channels + c] = data[i * channels + c]! + change;
      }
    }
    return { data: out, width, height, channels };
  });
}

function channelOf({ data, width, height, channels }: RgbImage, channel: number): Plane {
  const plane = new Float32Array(width * height);
  for (let i = 0; i < plane.length; i++) {
    for (let c = 0; c < 3; c++) plane[i]! += YIQ[3 * channel + c]! * data[i * channels + c]!;
  }
  return { data: plane, width, height };
}

function laplacian(plane: Plane, levels: number): Plane[] {
  const out: Plane[] = [];
  let gaussian = plane;
  for (let level = 0; level < levels; level++) {
    const coarse = reduce(gaussian);
    const blurred = expand(coarse, gaussian);
    const fine = gaussian;
    out.push({ ...fine, data: fine.data.map((value, i) => value - blurred.data[i]!) });
    gaussian = coarse;
  }
  return [...out, gaussian];
}

function collapse(pyramid: readonly Plane[]): Plane {
  return pyramid.reduceRight((coarse, fine) => {
    const blurred = expand(coarse, fine);
    return { ...fine, data: fine.data.map((value, i) => value + blurred.data[i]!) };
  });
}

/** Adds `total` − 1 times its band to the series of every coefficient of one level. */
function filterLevels(planes: readonly Plane[], filter: TemporalFilter, total: number): void {
  if (total === 1) return;
  for (let i = 0; i < planes[0]!.data.length; i++) {
    const band = filterSeries(
      filter,
      Float64Array.from(planes, ({ data }) => data[i]!),
    );
    for (const [t, { data }] of planes.entries()) data[i]! += (total - 1) * band[t]!;
  }
}
