import { TelltaleError } from '@telltale/core';
import { describe, expect, it } from 'vitest';

import { WebError, type WebErrorReason } from './errors.ts';

const reasons: readonly WebErrorReason[] = [
  ...(['NOT_VIDEO', 'AUDIO_ONLY', 'FRAMES_EMPTY', 'CODEC_UNSUPPORTED'] as const),
  ...(['DECODER_MISSING', 'VIDEO_BROKEN', 'MODEL_UNREADABLE'] as const),
  ...(['MODEL_FILES', 'MODEL_ONNX_MISSING', 'MODEL_DESCRIPTION_MISSING'] as const),
];

describe('WebError', () => {
  it.each(reasons)('%s names the file and a way out', (reason) => {
    const error = new WebError(reason, { name: 'a.mp4', codec: 'zzq7', frame: 3 });
    expect(error).toBeInstanceOf(TelltaleError);
    expect(error.message).not.toContain('undefined');
    expect(error.hint).toMatch(/\.$/);
    if (reason !== 'DECODER_MISSING') expect(error.message).toContain('a.mp4');
  });
});
