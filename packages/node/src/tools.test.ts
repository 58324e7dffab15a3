import { describe, expect, it } from 'vitest';

import { openTools } from './tools.ts';

describe('openTools', () => {
  it('opens the face models and the default recognizer, and close releases both', async () => {
    const tools = await openTools();
    const { face, recognizer } = tools;
    const input = new Float32Array(3 * 192 * 192);
    expect(Object.keys(await face.detect(input)).length).toBeGreaterThan(0);
    expect(recognizer!.card.network).toBe('merba+svm-rbf');
    const image = {
      data: new Uint8Array(3 * 28 * 28),
      width: 28,
      height: 28,
      channels: 3,
    } as const;
    const [probabilities] = await recognizer!.classify([image]);
    expect(probabilities!.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1);
    await tools.close();
    await expect(face.detect(input)).rejects.toThrow();
    await expect(recognizer!.classify([image])).rejects.toThrow();
  });

  it('obeys network and recognizer', async () => {
    const named = await openTools({ network: 'densemix' });
    expect(named.recognizer!.card.network).toBe('densemix');
    await named.close();
    const bare = await openTools({ recognizer: false });
    expect(bare).not.toHaveProperty('recognizer');
    await bare.close();
  });

  it.each([
    [{ network: 'resnet' }, 'resnet'],
    [{ network: 'merba', weights: 'own.safetensors' }, 'weights and network'],
    [{ network: 'merba', recognizer: false } as const, 'network and recognizer: false'],
    [{ weights: 'own.safetensors', recognizer: false } as const, 'weights and recognizer: false'],
    [{ threads: 0 }, 'threads is 0'],
    [{ threads: 1.5 }, 'threads is 1.5'],
  ])('refuses %o', async (options, part) => {
    await expect(openTools(options)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(part) as string,
    });
  });

  it('reports weights that are missing', async () => {
    await expect(openTools({ weights: 'nowhere.safetensors' })).rejects.toMatchObject({
      code: 'FILE_MISSING',
      message: expect.stringContaining('nowhere.safetensors') as string,
    });
  });

  it('stops after the signal', async () => {
    await expect(openTools({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELED',
    });
    const midway = new AbortController();
    const opening = openTools({ signal: midway.signal });
    setImmediate(() => midway.abort());
    await expect(opening).rejects.toMatchObject({ code: 'CANCELED' });
  });
});
