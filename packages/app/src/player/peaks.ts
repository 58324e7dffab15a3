/** @file The loudest values of a clip's sound, decoded piece by piece: memory does not grow with the sound itself. */
import { ALL_FORMATS, AudioSampleSink, BlobSource, Input } from 'mediabunny';

import type { Sound } from '../report/sound.ts';

/** Seconds of a value. */
const STEP = 0.005;

/**
 * Reads the sound of a file.
 *
 * @returns `none` where there is no sound or the container is not known, `unsupported` where the browser does not decode it
 */
export async function peaksOf(file: Blob): Promise<Sound | 'none' | 'unsupported'> {
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  const track = await input.getPrimaryAudioTrack().catch(() => null);
  if (track === null) return 'none';
  if (!(await track.canDecode())) return 'unsupported';
  let peaks = new Float32Array(4096);
  let [count, start] = [0, 0];
  let samples = new Float32Array();
  for await (const sample of new AudioSampleSink(track).samples()) {
    if (count === 0) start = sample.timestamp;
    if (samples.length < sample.numberOfFrames) samples = new Float32Array(sample.numberOfFrames);
    for (let channel = 0; channel < sample.numberOfChannels; channel++) {
      sample.copyTo(samples, { planeIndex: channel, format: 'f32-planar' });
      for (let i = 0; i < sample.numberOfFrames; i++) {
        const place = Math.floor((sample.timestamp - start + i / sample.sampleRate) / STEP);
        if (place < 0) continue;
        if (place >= peaks.length) {
          const longer = new Float32Array(2 * place);
          longer.set(peaks);
          peaks = longer;
        }
        count = Math.max(count, place + 1);
        const size = Math.min(1, Math.abs(samples[i]!));
        if (size > peaks[place]!) peaks[place] = size;
      }
    }
    sample.close();
  }
  return count === 0 ? 'none' : { start, step: STEP, peaks: peaks.slice(0, count) };
}
