/**
 * @file Recordings of every kind, made with the ffmpeg program when they are first requested: small, short, and with
 * frames that carry their number, so that it can be read back which frame is where.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ffmpeg, numberedFrames } from './numbered-clip.cases.ts';

/** Frames of each recording. */
export const FRAMES = 12;

/** Makes recordings in a folder of their own. */
export interface Recordings {
  /** Path of a recording, which is made at the first call. */
  of(name: string): string;
  remove(): void;
}

/** Numbered frames as ffmpeg's input. */
function numbered(count: number, rate: number | string): { args: string[]; input: Buffer } {
  const input = Buffer.concat([...numberedFrames(count)].map(({ data }) => Uint8Array.from(data)));
  return {
    args: ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', '192x128', '-r', String(rate), '-i', '-'],
    input,
  };
}

const X264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '6', '-bf', '2', '-crf', '12'];
/** One keyframe in four, without B frames. */
const PLAIN = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '4', '-bf', '0', '-crf', '12'];

/** Options of ffmpeg by the name of the recording, whose end is the container. */
const ENCODED: Readonly<Record<string, readonly string[]>> = {
  'plain.mp4': X264,
  'mpeg2-interlaced.mpg': ['-c:v', 'mpeg2video', '-q:v', '2', '-flags', '+ilme+ildct', '-pix_fmt', 'yuv420p'], // prettier-ignore
  'mpeg2.ts': ['-c:v', 'mpeg2video', '-q:v', '2', '-pix_fmt', 'yuv420p'],
  'dv.avi': ['-vf', 'scale=720:576', '-c:v', 'dvvideo', '-pix_fmt', 'yuv420p', '-flags', '+ilme+ildct'], // prettier-ignore
  'h264-interlaced.mp4': [...X264, '-flags', '+ilme+ildct', '-x264-params', 'tff=1'],
  'h264-bottom-first.ts': [...X264, '-flags', '+ilme+ildct', '-x264-params', 'bff=1'],
  'mjpeg.avi': ['-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p'],
  'mjpeg-422.avi': ['-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj422p'],
  'mjpeg.mov': ['-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p'],
  'png.avi': ['-c:v', 'png'],
  'h264.avi': [...PLAIN],
  'gray.avi': ['-c:v', 'rawvideo', '-pix_fmt', 'gray'],
  'bgr.avi': ['-vf', 'scale=190:128', '-c:v', 'rawvideo', '-pix_fmt', 'bgr24'],
  'i420.avi': ['-c:v', 'rawvideo', '-pix_fmt', 'yuv420p'],
  'yv12.avi': ['-c:v', 'rawvideo', '-pix_fmt', 'yuv420p', '-vtag', 'YV12'],
  'yuyv.avi': ['-c:v', 'rawvideo', '-pix_fmt', 'yuyv422'],
  'sar2.mp4': [...X264, '-vf', 'setsar=2'],
  'sar-quarter.mkv': [...X264, '-vf', 'setsar=1/4'],
  'sar16-11.ts': [...X264, '-vf', 'setsar=16/11'],
  'h264-422-10.mp4': ['-c:v', 'libx264', '-pix_fmt', 'yuv422p10le', '-crf', '12'],
  'h264-444.mp4': ['-c:v', 'libx264', '-pix_fmt', 'yuv444p', '-crf', '12'],
  'h264-gray.mp4': ['-c:v', 'libx264', '-pix_fmt', 'gray', '-crf', '12'],
  'h264-full.mp4': [...X264, '-vf', 'scale=out_range=pc', '-color_range', 'pc'],
  'h264-709.mp4': [...X264, '-vf', 'scale=out_color_matrix=bt709', '-colorspace', 'bt709'],
  'hevc-10.mp4': ['-c:v', 'libx265', '-pix_fmt', 'yuv420p10le', '-x265-params', 'log-level=error:crf=12', '-tag:v', 'hvc1'], // prettier-ignore
  'vp9-alpha.webm': ['-c:v', 'libvpx-vp9', '-pix_fmt', 'yuva420p', '-deadline', 'realtime', '-crf', '12', '-b:v', '0'], // prettier-ignore
  'vp9.mp4': ['-c:v', 'libvpx-vp9', '-pix_fmt', 'yuv420p', '-g', '4', '-deadline', 'realtime', '-crf', '12', '-b:v', '0'], // prettier-ignore
  'vp8.webm': ['-c:v', 'libvpx', '-auto-alt-ref', '1', '-b:v', '2M'],
  'av1.mkv': ['-c:v', 'libsvtav1', '-preset', '12', '-crf', '12'],
  'prores.mov': ['-c:v', 'prores_ks', '-profile:v', '3', '-pix_fmt', 'yuv422p10le'],
  'ffv1.mkv': ['-c:v', 'ffv1', '-pix_fmt', 'yuv420p'],
  'ffv1-gray12.mkv': ['-c:v', 'ffv1', '-strict', '-2', '-pix_fmt', 'gray12le'],
  'wmv2.wmv': ['-c:v', 'wmv2', '-q:v', '2'],
  'flv1.flv': ['-c:v', 'flv1', '-q:v', '2'],
  'h264.flv': X264,
  'h263.3gp': ['-vf', 'scale=176:144', '-c:v', 'h263', '-q:v', '2'],
  'theora.ogv': ['-c:v', 'libtheora', '-q:v', '10'],
  'mpeg2.mxf': ['-c:v', 'mpeg2video', '-q:v', '2', '-pix_fmt', 'yuv420p'],
  'fragmented.mp4': [...X264, '-movflags', 'frag_keyframe+empty_moov'],
  'faststart.mp4': [...X264, '-movflags', 'faststart'],
  'open-gop.mp4': [...X264, '-x264-params', 'open-gop=1'],
  'refreshed.mkv': ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-crf', '12', '-x264-params', 'intra-refresh=1:keyint=6'], // prettier-ignore
  'odd.mkv': ['-vf', 'scale=193:129', '-c:v', 'libx264', '-pix_fmt', 'yuv444p', '-crf', '12'],
  'one.mp4': [...X264, '-frames:v', '1'],
  'raw.h264': [...X264, '-f', 'h264'],
  'thousand.mp4': X264,
};

const RATES: Readonly<Record<string, number>> = { 'thousand.mp4': 1000 };

/** Recordings that are made from others. */
const DERIVED: Readonly<Record<string, (to: string, of: (name: string) => string) => void>> = {
  'trimmed.mp4': (to, of) => writeFileSync(to, withMediaTime(of('plain.mp4'), 3000)),
  // Frames up to a keyframe are hidden, which FFmpeg passes over.
  'trimmed-far.mp4': (to, of) => writeFileSync(to, withMediaTime(of('plain.mp4'), 5048)),
  'trimmed-end.mp4': (to, of) => writeFileSync(to, withMediaTime(of('plain.mp4'), 3000, 200)),
  'two-edits.mp4': (to, of) => writeFileSync(to, withTwoEdits(of('plain.mp4'))),
  'damaged.avi': (to, of) => writeFileSync(to, withDamagedChunk(of('mjpeg.avi'), 5)),
  'damaged.mp4': (to, of) => damagePackets(of('plain.mp4'), to, [8]),
  'wrong.avi': (to, of) => writeFileSync(to, readFileSync(of('plain.mp4'))),
  'damaged-vp9.mp4': (to, of) => damagePackets(of('vp9.mp4'), to, [5]),
  'damaged.ts': (to, of) => {
    ffmpeg(['-i', of('damaged.mp4'), '-c', 'copy', to]);
  },
  'all-damaged.avi': (to, of) => {
    let bytes: Buffer = readFileSync(of('mjpeg.avi'));
    for (let i = 0; i < FRAMES; i++) bytes = spoiledChunk(bytes, i);
    writeFileSync(to, bytes);
  },
  'cut.avi': (to, of) => cut(of('mjpeg.avi'), to, 0.6),
  'cut.mov': (to, of) => {
    ffmpeg(['-i', of('mjpeg.mov'), '-c', 'copy', '-movflags', 'faststart', `${to}.whole.mov`]);
    cut(`${to}.whole.mov`, to, 0.8);
  },
  'cut.mp4': (to, of) => cut(of('faststart.mp4'), to, 0.8),
  'a.ts': (to, of) => ffmpeg(['-i', of('plain.mp4'), '-c', 'copy', to]),
  'joined.ts': (to, of) =>
    writeFileSync(to, Buffer.concat([readFileSync(of('a.ts')), readFileSync(of('a.ts'))])),
  'grown.ts': (to, of) => {
    ffmpeg(['-i', of('plain.mp4'), '-vf', 'scale=384:256', ...X264, `${to}.part.ts`]);
    writeFileSync(to, Buffer.concat([readFileSync(of('a.ts')), readFileSync(`${to}.part.ts`)]));
  },
  'late.mp4': (to, of) => late(of, to, []),
  'late.mkv': (to, of) => late(of, to, []),
  'late.ts': (to, of) => late(of, to, []),
  'late.mpg': (to, of) => late(of, to, ['-vsync', 'passthrough', '-c:v', 'mpeg2video', '-q:v', '2']), // prettier-ignore
  'turned.mp4': (to, of) => turned(of('plain.mp4'), to, [0, 1, -1, 0]),
  'upside-down.mp4': (to, of) => turned(of('plain.mp4'), to, [-1, 0, 0, -1]),
  'turned-back.mp4': (to, of) => turned(of('plain.mp4'), to, [0, -1, 1, 0]),
  'mirrored.mp4': (to, of) => turned(of('plain.mp4'), to, [-1, 0, 0, 1]),
  'cover.mp4': (to, of) => {
    ffmpeg(['-f', 'lavfi', '-i', 'color=red:s=64x64', '-frames:v', '1', `${to}.png`]);
    ffmpeg([
      ...['-i', `${to}.png`, '-i', of('plain.mp4'), '-map', '0', '-map', '1', '-c', 'copy'],
      ...['-disposition:v:0', 'attached_pic', to],
    ]);
  },
  'two-streams.mkv': (to, of) =>
    ffmpeg([
      ...['-i', of('plain.mp4'), '-f', 'lavfi', '-i', 'color=red:s=64x64:r=25:d=0.48'],
      ...['-map', '0', '-map', '1', '-c:v:0', 'copy', '-c:v:1', 'libx264', to],
    ]),
  'sound.m4a': (to) => ffmpeg(['-f', 'lavfi', '-i', 'sine=d=0.2', to]),
  'cut.mkv': (to, of) => {
    ffmpeg(['-i', of('plain.mp4'), '-c', 'copy', `${to}.whole.mkv`]);
    cut(`${to}.whole.mkv`, to, 0.6);
  },
  'jumps.ts': (to, of) => {
    ffmpeg(['-i', of('plain.mp4'), '-c', 'copy', '-output_ts_offset', '500', `${to}.later.ts`]);
    writeFileSync(to, Buffer.concat([of('a.ts'), `${to}.later.ts`, of('a.ts')].map((one) => readFileSync(one)))); // prettier-ignore
  },
  'twice.mp4': (to, of) =>
    writeFileSync(to, Buffer.concat([readFileSync(of('plain.mp4')), readFileSync(of('plain.mp4'))])), // prettier-ignore
  'twice.webm': (to, of) =>
    writeFileSync(to, Buffer.concat([readFileSync(of('vp8.webm')), readFileSync(of('vp8.webm'))])), // prettier-ignore
  'preview-first.mov': (to, of) =>
    ffmpeg([
      ...['-f', 'lavfi', '-i', 'color=red:s=64x64:r=25:d=0.48', '-i', of('plain.mp4'), '-map', '0'],
      ...['-map', '1', '-c:v:0', 'mjpeg', '-c:v:1', 'copy', '-disposition:v:0', '0'],
      ...['-disposition:v:1', 'default', to],
    ]),
  'negative.mkv': (to, of) => {
    ffmpeg(['-i', of('plain.mp4'), '-c', 'copy', `${to}.whole.mkv`]);
    writeFileSync(to, withEarlierBlocks(readFileSync(`${to}.whole.mkv`), 200));
  },
  'two-programs.ts': (to, of) =>
    ffmpeg([
      ...['-i', of('plain.mp4'), '-f', 'lavfi', '-i', 'color=red:s=64x64:r=25:d=0.48'],
      ...['-map', '0', '-map', '1', '-c:v:0', 'copy', '-c:v:1', 'libx264'],
      ...['-program', 'program_num=1:st=0', '-program', 'program_num=2:st=1', to],
    ]),
  'two-tracks.mov': (to, of) =>
    ffmpeg([
      ...['-i', of('plain.mp4'), '-f', 'lavfi', '-i', 'color=red:s=64x64:r=25:d=0.48'],
      ...['-map', '0', '-map', '1', '-c:v:0', 'copy', '-c:v:1', 'libx264', to],
    ]),
  'turned-trimmed.mp4': (to, of) => turned(of('trimmed.mp4'), to, [0, 1, -1, 0]),
  'turned-two-edits.mp4': (to, of) => turned(of('two-edits.mp4'), to, [0, 1, -1, 0]),
  'no-entries.avi': (to, of) => writeFileSync(to, withIndex(of('mjpeg.avi'), () => Buffer.alloc(0))), // prettier-ignore
  'half-index.avi': (to, of) =>
    writeFileSync(
      to,
      withIndex(of('mjpeg.avi'), (entries) => entries.subarray(0, 6 * 16)),
    ),
  'wrong-index.avi': (to, of) =>
    writeFileSync(
      to,
      withIndex(of('mjpeg.avi'), (entries) => backwards(entries)),
    ),
  'wrong-index-h264.avi': (to, of) =>
    writeFileSync(
      to,
      withIndex(of('h264.avi'), (entries) => backwards(entries)),
    ),
  'claims-100.mkv': (to, of) => {
    ffmpeg(['-i', of('plain.mp4'), '-c', 'copy', to]);
    const bytes = readFileSync(to);
    // DefaultDuration of the track, nanoseconds.
    bytes.writeUInt32BE(10_000_000, bytes.indexOf(Buffer.from('23e38384', 'hex')) + 4);
    writeFileSync(to, bytes);
  },
  'claims-60.ts': (to, of) =>
    ffmpeg(['-i', of('plain.mp4'), '-c', 'copy', '-bsf:v', 'h264_metadata=tick_rate=120', to]),
  'no-index.mp4': (to, of) => {
    const bytes = readFileSync(of('plain.mp4'));
    writeFileSync(to, bytes.subarray(0, bytes.indexOf('moov') - 4));
  },
  'encrypted.mp4': (to, of) =>
    ffmpeg(['-i', of('plain.mp4'), '-c', 'copy', '-encryption_scheme', 'cenc-aes-ctr', '-encryption_key', '76a6c65c5ea762046bd749a2e632ccbb', '-encryption_kid', 'a7e61c373e219033c21091fa607bf3b8', to]), // prettier-ignore
  'playlist.m3u8': (to, of) => writeFileSync(to, `#EXTM3U\n#EXTINF:1,\n${of('a.ts')}\n#EXT-X-ENDLIST\n`), // prettier-ignore
  'page.mp4': (to) => writeFileSync(to, '<!DOCTYPE html><html><body>Sign in</body></html>'),
  'pointer.mp4': (to) =>
    writeFileSync(to, 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n'),
  'zeros.mp4': (to) => writeFileSync(to, Buffer.alloc(100_000)),
  'archive.mp4': (to) => writeFileSync(to, 'PK\x03\x04'),
  'empty.mp4': (to) => writeFileSync(to, ''),
  'variable.mp4': (to, of) =>
    ffmpeg([
      ...['-i', of('plain.mp4'), '-vf', "setpts='(N+2*floor(N/3))/25/TB'", '-vsync', 'vfr'],
      ...[...X264, to],
    ]),
  'negative.ts': (to, of) =>
    ffmpeg(['-i', of('plain.mp4'), '-c', 'copy', '-muxdelay', '0', '-muxpreload', '0', '-output_ts_offset', '-0.2', '-avoid_negative_ts', 'disabled', to]), // prettier-ignore
  'hlg.mp4': (to) => hdr(to, 'arib-std-b67'),
  'pq.mp4': (to) => hdr(to, 'smpte2084'),
};

/** A gray of 153 that was graded at 100 cd/m², in high dynamic range. */
function hdr(to: string, transfer: string): void {
  const sdr = 'setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv';
  const linear = 'zscale=t=linear:npl=100,format=gbrpf32le';
  ffmpeg([
    ...['-f', 'lavfi', '-i', 'color=0x999999:s=64x64:r=25:d=0.2', '-vf'],
    `format=yuv420p,${sdr},${linear},zscale=t=${transfer}:p=bt2020:m=bt2020nc:r=tv:npl=100,format=yuv420p10le`,
    ...['-c:v', 'libx265', '-tag:v', 'hvc1', '-x265-params'],
    `log-level=error:colorprim=bt2020:transfer=${transfer}:colormatrix=bt2020nc:range=limited`,
    to,
  ]);
}

function late(of: (name: string) => string, to: string, options: readonly string[]): void {
  ffmpeg([
    ...['-itsoffset', '2', '-i', of('plain.mp4'), '-f', 'lavfi', '-i', 'sine=d=3'],
    ...['-map', '0', '-map', '1', '-c:v', 'copy', ...options, to],
  ]);
}

/** Sets the linear part of the display matrix. */
function turned(
  from: string,
  to: string,
  [a, b, c, d]: readonly [number, number, number, number],
): void {
  const bytes = readFileSync(from);
  const at = bytes.indexOf('tkhd') + 4 + 40;
  for (const [i, value] of [a, b, 0, c, d].entries()) bytes.writeInt32BE(value * 65536, at + 4 * i);
  writeFileSync(to, bytes);
}

function cut(from: string, to: string, part: number): void {
  const bytes = readFileSync(from);
  writeFileSync(to, bytes.subarray(0, Math.floor(bytes.length * part)));
}

/** A Matroska file with blocks that are earlier than its clock starts, milliseconds. */
function withEarlierBlocks(bytes: Buffer, earlier: number): Buffer {
  const numberAt = (at: number, isId: boolean): readonly [value: number, next: number] => {
    const length = Math.clz32(bytes[at]!) - 23;
    let value = isId ? bytes[at]! : bytes[at]! & (0xff >> length);
    for (let i = 1; i < length; i++) value = 256 * value + bytes[at + i]!;
    return [value, at + length];
  };
  const walk = (from: number, end: number): void => {
    for (let at = from; at < end;) {
      const [id, behind] = numberAt(at, true);
      const [size, body] = numberAt(behind, false);
      // Segment, Cluster, BlockGroup; SimpleBlock, Block.
      if ([0x18538067, 0x1f43b675, 0xa0].includes(id)) walk(body, body + size);
      else if (id === 0xa3 || id === 0xa1) bytes.writeInt16BE(bytes.readInt16BE(body + 1) - earlier, body + 1); // prettier-ignore
      at = body + size;
    }
  };
  walk(0, bytes.length);
  return bytes;
}

/** An AVI file with other entries in its index. */
function withIndex(path: string, change: (entries: Buffer) => Buffer): Buffer {
  const bytes = readFileSync(path);
  const at = bytes.indexOf('idx1');
  const entries = change(bytes.subarray(at + 8, at + 8 + bytes.readUInt32LE(at + 4)));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(entries.length);
  return Buffer.concat([bytes.subarray(0, at + 4), length, entries]);
}

/** Entries of an index, each with the place of another frame. */
function backwards(entries: Buffer): Buffer {
  const all = Array.from({ length: entries.length / 16 }, (_, i) => entries.subarray(16 * i, 16 * i + 16)); // prettier-ignore
  return Buffer.concat(all.reverse());
}

/** With another media time in the first entry of its edit list. */
function withMediaTime(path: string, ticks: number, milliseconds?: number): Buffer {
  const bytes = readFileSync(path);
  if (milliseconds !== undefined) bytes.writeUInt32BE(milliseconds, bytes.indexOf('elst') + 12);
  bytes.writeInt32BE(ticks, bytes.indexOf('elst') + 4 + 4 + 4 + 4);
  return bytes;
}

/** With an edit list of frames 2 to 4 and 8 to 10, after 0.2 s of nothing. */
function withTwoEdits(path: string): Buffer {
  const bytes = readFileSync(path);
  const at = bytes.indexOf('elst') - 4;
  const list = Buffer.alloc(16 + 3 * 12);
  list.writeUInt32BE(list.length, 0);
  list.write('elst', 4);
  list.writeUInt32BE(3, 12);
  // The file shows its first frame at 1024 ticks; 512 ticks are a frame. Durations are in thousandths.
  for (const [i, [duration, media]] of [
    [200, -1],
    [120, 2048],
    [120, 5120],
  ].entries()) {
    list.writeUInt32BE(duration!, 16 + 12 * i);
    list.writeInt32BE(media!, 20 + 12 * i);
    list.writeUInt32BE(65536, 24 + 12 * i);
  }
  const old = bytes.readUInt32BE(at);
  const grown = Buffer.concat([bytes.subarray(0, at), list, bytes.subarray(at + old)]);
  const more = list.length - old;
  for (const name of ['moov', 'trak', 'edts']) {
    const box = grown.indexOf(name) - 4;
    grown.writeUInt32BE(grown.readUInt32BE(box) + more, box);
  }
  // The samples come before the header, so that their places stay.
  if (bytes.indexOf('mdat') > at) throw new Error('the header comes first');
  return grown;
}

function withDamagedChunk(path: string, index: number): Buffer {
  return spoiledChunk(readFileSync(path), index);
}

/** With 400 bytes of 0x55 in the middle of a chunk. */
function spoiledChunk(bytes: Buffer, index: number): Buffer {
  let at = bytes.indexOf('movi');
  for (let i = 0; i <= index; i++) at = bytes.indexOf('00dc', at + 4);
  const length = bytes.readUInt32LE(at + 4);
  const start = at + 8 + Math.min(length >> 1, length - 400);
  bytes.fill(0x55, start, start + 400);
  return bytes;
}

/** Fills the second half of packets, by their numbers in order of decoding. */
function damagePackets(from: string, to: string, numbers: readonly number[]): void {
  const bytes = readFileSync(from);
  const sizes = bytes.indexOf('stsz') + 4;
  const offsets = bytes.indexOf('stco') + 4;
  let at = bytes.readUInt32BE(offsets + 8);
  for (let i = 0; i < bytes.readUInt32BE(sizes + 8); i++) {
    const size = bytes.readUInt32BE(sizes + 12 + 4 * i);
    if (numbers.includes(i)) bytes.fill(0x55, at + Math.min(40, size >> 1), at + size);
    at += size;
  }
  writeFileSync(to, bytes);
}

/** Opens a folder for recordings. */
export function openRecordings(): Recordings {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-recordings-'));
  const made = new Map<string, string>();
  const of = (name: string): string => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const path = join(folder, name);
    const options = ENCODED[name];
    const derive = DERIVED[name];
    if (options !== undefined) {
      const { args, input } = numbered(FRAMES, RATES[name] ?? 25);
      ffmpeg([...args, ...options, path], input);
    } else if (derive !== undefined) derive(path, of);
    else throw new Error(`there is no recording ${name}`);
    made.set(name, path);
    return path;
  };
  return { of, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
