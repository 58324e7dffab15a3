/** @file What a file can be wrong about in a browser, as errors of the library with the reason in one word. */
import { TelltaleError } from '@telltale/core/errors';
import type { ErrorCode } from '@telltale/core/errors';

/** Why a clip or a model could not be opened: finer than {@link TelltaleError.code}. */
export type WebErrorReason =
  | 'NOT_VIDEO'
  | 'AUDIO_ONLY'
  | 'FRAMES_EMPTY'
  | 'CODEC_UNSUPPORTED'
  | 'DECODER_MISSING'
  | 'VIDEO_BROKEN'
  | 'MODEL_UNREADABLE'
  | 'MODEL_FILES'
  | 'MODEL_ONNX_MISSING'
  | 'MODEL_DESCRIPTION_MISSING';

/** Values of a message: a file's `name`, a `codec`, the number of a `frame`. */
export type WebErrorValues = Readonly<Record<string, string | number>>;

/** Thrown by this package; `code` is one of the library's codes, `reason` is more specific. */
export class WebError extends TelltaleError {
  /** Which of the reasons it was. */
  readonly reason: WebErrorReason;
  /** The values in the message. */
  readonly values: WebErrorValues;

  constructor(reason: WebErrorReason, values: WebErrorValues = {}, options?: ErrorOptions) {
    const [code, message, hint] = texts[reason](values);
    super(code, message, hint, options);
    this.reason = reason;
    this.values = values;
  }
}

type Text = readonly [code: ErrorCode, message: string, hint: string];

const texts: Readonly<Record<WebErrorReason, (values: WebErrorValues) => Text>> = {
  NOT_VIDEO: ({ name }) => [
    'VIDEO_UNREADABLE',
    `${name ?? 'the file'} is not a video`,
    'Choose a video file, such as mp4 or webm.',
  ],
  AUDIO_ONLY: ({ name }) => [
    'VIDEO_UNREADABLE',
    `${name ?? 'the file'} has sound and no video track`,
    'Choose a file with a video track.',
  ],
  FRAMES_EMPTY: ({ name }) => [
    'FRAMES_EMPTY',
    `${name ?? 'the clip'} has no frames`,
    'Choose another clip.',
  ],
  CODEC_UNSUPPORTED: ({ name, codec }) => [
    'VIDEO_DECODER_MISSING',
    `this browser does not decode ${codec}${name ? `, the codec of ${name}` : ''}`,
    'Convert the clip to H.264 in mp4, or pass `ffmpeg` to openClip.',
  ],
  DECODER_MISSING: () => [
    'VIDEO_DECODER_MISSING',
    'the FFmpeg decoder could not be loaded',
    'Check that its script and its wasm file are served.',
  ],
  VIDEO_BROKEN: ({ name, frame }) => [
    'VIDEO_TRUNCATED',
    `${name ?? 'the clip'} is damaged${frame === undefined ? '' : ` at frame ${frame}`}`,
    'Copy the file again, or convert it with another program.',
  ],
  MODEL_UNREADABLE: ({ name }) => [
    'FILE_UNREADABLE',
    `cannot load the model ${name}`,
    'Check that the file is served next to the script that requests it.',
  ],
  MODEL_FILES: ({ name }) => [
    'OPTION_INVALID',
    `these files are not one model: ${name}`,
    'Give one .safetensors file, or one .onnx file with its .json.',
  ],
  MODEL_ONNX_MISSING: ({ name }) => [
    'OPTION_INVALID',
    `${name} is the description of a model without its ONNX file`,
    'Give the .onnx file together with it.',
  ],
  MODEL_DESCRIPTION_MISSING: ({ name }) => [
    'OPTION_INVALID',
    `the ONNX file ${name} has no description`,
    'Give the .json file that "telltale export" wrote together with it.',
  ],
};
