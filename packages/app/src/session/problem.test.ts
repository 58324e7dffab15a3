/** @file Every thrown value becomes a problem with texts in every language. */
import { TelltaleError } from '@telltale/core';
import { describe, expect, it } from 'vitest';

import { EngineError } from '../../../engine/src/errors.ts';
import { en } from '../text/en.ts';
import { PageError, cameraProblem, problemOf } from './problem.ts';

describe('problemOf', () => {
  it.each([
    [new PageError('AUDIO_ONLY', { name: 'a.mp4' }), 'AUDIO_ONLY'],
    [new TelltaleError('FRAMES_EMPTY', 'none', 'film'), 'FRAMES_EMPTY'],
    [new TelltaleError('VIDEO_TRUNCATED', 'cut', 'copy'), 'VIDEO_BROKEN'],
    [new TelltaleError('MEMORY_LIMIT', 'too large', 'cut'), 'OUT_OF_MEMORY'],
    [new TelltaleError('FOLD_CORRUPT', 'what', 'ever'), 'UNKNOWN'],
    [new DOMException('changed', 'NotReadableError'), 'FILE_GONE'],
    [new DOMException('deleted', 'NotFoundError'), 'FILE_GONE'],
    [new EngineError('FILE_CORRUPT', 'cut', 'copy'), 'MODEL_UNREADABLE'],
    [new EngineError('SESSION_FAILED', 'failed to allocate memory', ''), 'OUT_OF_MEMORY'],
    [new EngineError('SESSION_FAILED', 'failed', ''), 'UNKNOWN'],
    [new RangeError('Array buffer allocation failed'), 'OUT_OF_MEMORY'],
    [new Error('WebAssembly.Memory(): could not allocate memory'), 'OUT_OF_MEMORY'],
    [new Error('anything'), 'UNKNOWN'],
    ['a text', 'UNKNOWN'],
  ])('%s', (error, code) => {
    const problem = problemOf(error);
    expect(problem.code).toBe(code);
    expect(en.problem.titles[problem.code]).toBeTruthy();
    expect(en.problem.ways[problem.code]).toBeTruthy();
  });

  it('keeps the values, and the cause for the details', () => {
    const error = new PageError(
      'CODEC_UNSUPPORTED',
      { codec: 'zzq7' },
      { cause: new Error('why') },
    );
    expect(problemOf(error)).toEqual({
      code: 'CODEC_UNSUPPORTED',
      values: { codec: 'zzq7' },
      message: 'why',
    });
  });
});

describe('cameraProblem', () => {
  it.each([
    ['NotAllowedError', 'CAMERA_DENIED'],
    ['SecurityError', 'CAMERA_DENIED'],
    ['NotFoundError', 'CAMERA_MISSING'],
    ['OverconstrainedError', 'CAMERA_MISSING'],
    ['NotReadableError', 'CAMERA_BUSY'],
    ['AbortError', 'CAMERA_BUSY'],
  ])('%s', (name, code) => {
    expect(cameraProblem(new DOMException('', name), true).code).toBe(code);
  });
  it('a page without https cannot use a camera', () => {
    expect(cameraProblem(new TypeError('mediaDevices is undefined'), false).code).toBe(
      'CAMERA_INSECURE',
    );
  });
});
