import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, expect, it, vi } from 'vitest';

import { openClip } from './clip.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-decoder-'));
const path = join(folder, 'any.mp4');
writeFileSync(path, 'nothing');
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

it('explains how to get a decoder where there is none', async () => {
  vi.stubEnv('PATH', folder);
  vi.stubEnv('TELLTALE_DECODER', 'ffmpeg');
  await expect(openClip(path)).rejects.toMatchObject({
    code: 'VIDEO_DECODER_MISSING',
    hint: expect.stringContaining('ffmpeg') as string,
  });
});

it('refuses a decoder that it does not know', async () => {
  vi.stubEnv('TELLTALE_DECODER', 'vlc');
  await expect(openClip(path)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('vlc') as string,
  });
});
