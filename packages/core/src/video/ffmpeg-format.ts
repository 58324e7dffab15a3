/** @file What ffprobe states of a stream, and in which format ffmpeg is to hand out its samples. */
import { own } from '../base/own.ts';
import type { Planes } from './planes.ts';
import { orientationOf, UPRIGHT } from './stream.ts';
import type { Orientation, StreamColor } from './stream.ts';
import type { HdrTransfer } from './tone.ts';

/** The properties of a stream that are read from ffprobe. */
export interface ProbedStream {
  /** Number in the file. */
  readonly index: number;
  /** Name of the codec. */
  readonly codec_name?: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Name of the pixel format. */
  readonly pix_fmt?: string;
  /** Width and height of a pixel, `16:11`. */
  readonly sample_aspect_ratio?: string;
  /** `tv` or `pc`. */
  readonly color_range?: string;
  /** Name of the matrix. */
  readonly color_space?: string;
  /** Name of the transfer function. */
  readonly color_transfer?: string;
  /** Frames that the decoder reorders. */
  readonly has_b_frames?: number;
  /** Frames per second as a fraction. */
  readonly avg_frame_rate: string;
  /** When it starts by the clock of its container, seconds. */
  readonly start_time?: string;
  /** Number of frames by the header. */
  readonly nb_frames?: string;
  /** What the stream is for. */
  readonly disposition: {
    /** 1: a cover. */
    readonly attached_pic: number;
    /** 1: the one to show. */
    readonly default?: number;
  };
  /** What is stated besides. */
  readonly side_data_list?: readonly {
    /** Display matrix: three rows of three numbers. */
    readonly displaymatrix?: string;
  }[];
}

/** Width of a pixel, relative to its height. */
export function aspectOf(text = ''): number {
  const [above, below] = text.split(':').map(Number);
  return above! > 0 && below! > 0 ? above! / below! : 1;
}

/** Transfer functions of high dynamic range, by FFmpeg's names. */
const TRANSFERS: Readonly<Record<string, HdrTransfer>> = { 'arib-std-b67': 'hlg', smpte2084: 'pq' };
/** Matrices by FFmpeg's names; all others are read as BT.601. */
const MATRICES: Readonly<Record<string, string>> = { bt709: 'bt709', bt2020nc: 'bt2020-ncl' };

/** Codecs whose chroma lies between two columns where they do not state it. */
const CENTERED = /^(mjpeg|mjpegb|mpeg1video|h263|h261)$/;

/** How the samples of a stream are to be read. */
export function colorOf(stream: ProbedStream): StreamColor {
  const { color_range, color_space = '', color_transfer = '', pix_fmt = '' } = stream;
  const isJpeg = /^yuvj/.test(pix_fmt);
  // Gray without a statement: of cameras (AVI) from 0, of video codecs as in color.
  const isCameraGray =
    /^gray/.test(pix_fmt) && /^(rawvideo|ffv1|png|tiff|mjpeg)$/.test(stream.codec_name ?? '');
  const unstated = color_range === undefined || color_range === 'unknown';
  return {
    matrix: own(MATRICES, color_space) ?? null,
    fullRange: color_range === 'pc' || isJpeg || (unstated && isCameraGray),
    isCentered: CENTERED.test(stream.codec_name ?? ''),
    transfer: own(TRANSFERS, color_transfer),
  };
}

/** Samples as they are requested from ffmpeg: planes, unless the stream is RGB. */
export interface Format {
  /** FFmpeg's names, the first of which that fits is used. */
  readonly names: string;
  /** Absent: RGB. */
  readonly planes?: Pick<Planes, 'chroma' | 'bits'>;
}

const RGB: Format = { names: 'rgb24' };
const SUBSAMPLING: Readonly<Record<string, readonly [number, number]>> = {
  ...{ 420: [1, 1], 422: [1, 0], 444: [0, 0], 440: [0, 1], 411: [2, 0], 410: [2, 2] },
};

/** What is requested of a stream with this format: its own samples, without its alpha. */
export function formatOf(name = ''): Format {
  const planar = /^yuva?(j?)(4\d\d)p(\d*)(le|be)?$/.exec(name);
  const packed =
    /^(nv12|nv21|yuyv422|uyvy422|yvyu422|nv16|uyyvyy411|nv24|p010le|p210le|p410le)$/.exec(name);
  if (packed) {
    const family = { n: '420', y: '422', u: '422', p: '420' }[name[0]!]!;
    const sampling = /16|210/.test(name)
      ? '422'
      : /24|410/.test(name)
        ? '444'
        : /411/.test(name)
          ? '411'
          : family;
    return formatOf(`yuv${sampling}p${name.startsWith('p') ? '10' : ''}`);
  }
  if (planar) {
    const sampling = planar[2]!;
    const bits = Number(planar[3] || 8);
    const chroma = own(SUBSAMPLING, sampling);
    if (chroma === undefined) return RGB;
    const names = bits > 8 ? `yuv${sampling}p${bits}le` : `yuv${planar[1]}${sampling}p`;
    return { names, planes: { chroma, bits } };
  }
  const gray = /^(gray|ya)(\d*)(le|be|f32le|f32be)?$/.exec(name);
  if (gray && !name.includes('f32')) {
    const bits = Number(gray[2] || 8);
    return { names: bits > 8 ? `gray${bits}le` : 'gray', planes: { chroma: null, bits } };
  }
  return name.startsWith('mono') ? { names: 'gray', planes: { chroma: null, bits: 8 } } : RGB;
}

/** How frames are turned, by their display matrix. */
export function readOrientation({ side_data_list = [] }: ProbedStream): Orientation {
  const text = side_data_list.find(({ displaymatrix }) => displaymatrix)?.displaymatrix;
  if (text === undefined) return UPRIGHT;
  const rows = text.trim().split('\n');
  return orientationOf(
    rows.flatMap((row) => row.replace(/^.*:/, '').trim().split(/\s+/).map(Number)),
  );
}
