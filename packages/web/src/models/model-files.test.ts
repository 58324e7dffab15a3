/** @file Files of the user become one model, or an error that names what is missing. */
import { describe, expect, test } from 'vitest';

import { isModelDescription, isModelFile, readModelFiles } from './model-files.ts';

const file = (name: string, text = ''): File => new File([text], name);
const json = file('m.json', '{"schema":"telltale.model/1"}');

describe('readModelFiles', () => {
  test('takes weights alone, and an ONNX file with its description in any order', async () => {
    const weights = await readModelFiles([file('a.safetensors', 'abc')]);
    expect(weights).toMatchObject({ file: 'a.safetensors' });
    expect(new TextDecoder().decode('weights' in weights ? weights.weights : undefined)).toBe(
      'abc',
    );
    for (const files of [
      [file('M.ONNX', 'o'), json],
      [json, file('M.ONNX', 'o')],
    ]) {
      const model = await readModelFiles(files);
      expect(model).toMatchObject({ file: 'M.ONNX', description: '{"schema":"telltale.model/1"}' });
    }
  });

  test.each([
    ['MODEL_DESCRIPTION_MISSING', [file('a.onnx')]],
    ['MODEL_DESCRIPTION_MISSING', [file('a.onnx'), file('b.onnx')]],
    ['MODEL_ONNX_MISSING', [json]],
    ['MODEL_ONNX_MISSING', [json, file('b.json')]],
    ['MODEL_FILES', [file('a.onnx'), json, file('b.json')]],
    ['MODEL_FILES', [file('a.onnx'), file('a.onnx.data')]],
    ['MODEL_FILES', [file('a.safetensors'), json]],
    ['MODEL_FILES', [file('clip.mp4')]],
  ])('%s', async (reason, files) => {
    await expect(readModelFiles(files)).rejects.toMatchObject({
      reason,
      values: { name: files.map(({ name }) => name).join(', ') },
    });
  });
});

test('a description is distinguished from a review by its content', async () => {
  expect(await isModelDescription(json)).toBe(true);
  expect(await isModelDescription(file('m.json', '{"schema":"telltale.model/9"}'))).toBe(true);
  for (const text of ['{"schema":"telltale.review/1"}', 'null', '[]', '{', '']) {
    expect(await isModelDescription(file('m.json', text))).toBe(false);
  }
  expect(await isModelDescription(file('m.txt', '{"schema":"telltale.model/1"}'))).toBe(false);
  expect(
    ['a.onnx', 'b.SAFETENSORS', 'c.json', 'd.mp4'].map((name) => isModelFile({ name })),
  ).toEqual([true, true, false, false]);
});
