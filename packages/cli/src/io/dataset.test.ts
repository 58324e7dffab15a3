/** @file Flow folders on disk: exact bytes in, one clear error for each thing that can be wrong. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import sharp, { type Sharp } from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { readFlowFolder } from './dataset.ts';

const shared =
  process.env['TELLTALE_SHARED'] ??
  fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const real = join(shared, 'megc2019-flow');

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'telltale-dataset-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes a sheet with one sample and its image. */
async function writeSample(image: Buffer | undefined, sheet?: string): Promise<void> {
  await mkdir(join(folder, 'flow'));
  if (image) await writeFile(join(folder, 'flow', 'a.png'), image);
  const text = sheet ?? 'dataset,subject,clip,emotion,flow\nd,s,c,positive,flow/a.png\n';
  await writeFile(join(folder, 'samples.csv'), text);
}

/** Every byte another, so that a swap of channels, rows or columns shows. */
const pixels = Uint8Array.from({ length: 28 * 28 * 3 }, (_, i) => (i * 37 + (i >> 5)) % 256);
const png = (width = 28, height = 28): Sharp =>
  sharp(pixels.subarray(0, width * height * 3), { raw: { width, height, channels: 3 } }).png();

describe('readFlowFolder', () => {
  test('gives the bytes of the image, red first', async () => {
    await writeSample(await png().toBuffer());
    const { samples, images, hashes } = await readFlowFolder(folder);
    expect(images[0]).toMatchObject({ width: 28, height: 28, channels: 3 });
    expect(Buffer.from(images[0]!.data).equals(pixels)).toBe(true);
    expect(hashes.get(samples[0]!.id)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('ignores color profiles and transparency', async () => {
    const profiled = await png().withIccProfile('p3', { attach: true }).toBuffer();
    const bare = await sharp(profiled, { ignoreIcc: true }).raw().toBuffer();
    await writeSample(
      await sharp(profiled, { ignoreIcc: true }).ensureAlpha(0.5).keepIccProfile().png().toBuffer(),
    );
    const { images } = await readFlowFolder(folder);
    expect(Buffer.from(images[0]!.data).equals(bare)).toBe(true);
  });

  test('reads faces, gray or RGB, and knows them again', async () => {
    const sheet = 'dataset,subject,clip,flow,apex,onset\nd,s,c,flow/a.png,gray.png,rgb.jpg\n';
    const gray = pixels.subarray(0, 784);
    const raw = { raw: { width: 28, height: 28, channels: 1 as const } };
    await writeSample(await png().toBuffer());
    const alone = await readFlowFolder(folder);
    expect(alone.faces).toEqual([{}]);
    await writeFile(
      join(folder, 'gray.png'),
      await sharp(gray, raw).toColorspace('b-w').png().toBuffer(),
    );
    await writeFile(join(folder, 'rgb.jpg'), await png().jpeg().toBuffer());
    await writeFile(join(folder, 'samples.csv'), sheet);
    const both = await readFlowFolder(folder);
    const { apex, onset } = both.faces[0]!;
    expect([...apex!.data].filter((_, i) => i % 3 === 1)).toEqual([...gray]);
    expect(onset).toMatchObject({ width: 28, height: 28, channels: 3 });
    expect(both.faces[0]).not.toHaveProperty('magnified');
    expect(both.fingerprint).not.toBe(alone.fingerprint);
    expect(both.hashes.get('d/s/c')).not.toBe(alone.hashes.get('d/s/c'));
    await writeFile(
      join(folder, 'gray.png'),
      await sharp(gray, raw).resize(27, 28).png().toBuffer(),
    );
    await expect(readFlowFolder(folder)).rejects.toThrow(/gray.png is 27×28, not 28×28/);
    await rm(join(folder, 'gray.png'));
    await expect(readFlowFolder(folder)).rejects.toMatchObject({ code: 'DATASET_FILE_MISSING' });
  });

  test('its fingerprint is that of the content, however it is filed', async () => {
    await writeSample(await png().toBuffer());
    const first = await readFlowFolder(folder);
    await writeFile(join(folder, 'b.png'), await png().png({ compressionLevel: 0 }).toBuffer());
    await writeFile(
      join(folder, 'samples.csv'),
      'flow,clip,subject,dataset,emotion\nb.png,c,s,d,positive',
    );
    expect((await readFlowFolder(folder)).fingerprint).toBe(first.fingerprint);
    await writeFile(
      join(folder, 'samples.csv'),
      'flow,clip,subject,dataset,emotion\nb.png,c,s,d,negative',
    );
    expect((await readFlowFolder(folder)).fingerprint).not.toBe(first.fingerprint);
  });

  test('names what is missing', async () => {
    await expect(readFlowFolder(join(folder, 'none'))).rejects.toMatchObject({
      code: 'DATASET_FILE_MISSING',
      message: `there is no folder ${join(folder, 'none')}`,
    });
    await expect(readFlowFolder(folder)).rejects.toMatchObject({
      code: 'DATASET_FILE_MISSING',
      message: expect.stringContaining('samples.csv') as string,
    });
    await writeSample(undefined);
    await expect(readFlowFolder(folder)).rejects.toMatchObject({
      code: 'DATASET_FILE_MISSING',
      message: expect.stringMatching(/flow.a\.png of d\/s\/c/) as string,
    });
  });

  test.each([
    ['of another size', () => png(20, 20).toBuffer(), 'is 20×20, not 28×28'],
    ['that is grey', () => png().toColourspace('b-w').toBuffer(), 'is grey, not 8-bit RGB'],
    ['of 16 bits', () => png().toColourspace('rgb16').toBuffer(), 'is ushort, not 8-bit RGB'],
    ['that is cut short', async () => (await png().toBuffer()).subarray(0, 300), 'cannot decode'],
    ['that is none', () => Promise.resolve(Buffer.from('hello')), 'cannot decode'],
  ])('refuses an image %s, by its path', async (_, make, message) => {
    await writeSample(await make());
    await expect(readFlowFolder(folder)).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringMatching(
        new RegExp(`a\\.png.*${message}|${message}.*a\\.png`),
      ) as string,
    });
  });

  test('refuses a sheet that is not UTF-8', async () => {
    await writeSample(await png().toBuffer());
    await writeFile(join(folder, 'samples.csv'), Buffer.from([0x64, 0xff, 0xfe]));
    await expect(readFlowFolder(folder)).rejects.toThrow(/is not UTF-8/);
  });

  test('stops when aborted', async () => {
    await writeSample(await png().toBuffer());
    await expect(readFlowFolder(folder, { signal: AbortSignal.abort() })).rejects.toThrow();
  });

  test.skipIf(!existsSync(real))(
    'reads the MEGC 2019 flow images (skipped where the shared data are absent)',
    async () => {
      const { samples, images } = await readFlowFolder(real);
      const count = (dataset: string): number =>
        samples.filter((sample) => sample.dataset === dataset).length;
      expect(images).toHaveLength(309);
      expect([count('CASME II'), count('SMIC-HS')]).toEqual([145, 164]);
      expect(new Set(samples.map(({ subject }) => subject)).size).toBe(40);
      const emotions = samples.map(({ dataset, emotion }) => `${dataset} ${emotion!}`);
      const tally = (name: string): number => emotions.filter((one) => one === name).length;
      expect(['negative', 'positive', 'surprise'].map((e) => tally(`CASME II ${e}`))).toEqual([
        88, 32, 25,
      ]);
      expect(['negative', 'positive', 'surprise'].map((e) => tally(`SMIC-HS ${e}`))).toEqual([
        70, 51, 43,
      ]);
    },
  );
});
