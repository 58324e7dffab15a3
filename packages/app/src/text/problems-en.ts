/** @file Problems and their fixes in English. */

/** The values that caused a problem, by name. */
type Values = Readonly<Record<string, string | number>>;

/** A file's name for use in a shown command line; `clip` for a name with characters that a shell interprets. */
export function inOrder(name: string | number = ''): string {
  return /^[\p{L}\p{N}][\p{L}\p{N} _.()-]*$/u.test(String(name)) ? String(name) : 'clip';
}

/** Titles and fixes of all problems, with the buttons beside them. */
export const problemsInEnglish = {
  again: 'Choose another video',
  back: 'Back to the start',
  retry: 'Try again',
  chooseAgain: 'Choose the video again',
  wanted: (clip: string) => `The review belongs to: ${clip} frames`,
  given: (clip: string) => `You chose: ${clip} frames`,
  details: 'Details',
  titles: {
    NOT_VIDEO: 'This file is not a readable video.',
    AUDIO_ONLY: 'This file has audio but no video.',
    FRAMES_EMPTY: 'This video has no frames.',
    CODEC_UNSUPPORTED: ({ codec = '' }: Values) =>
      `The codec of this video is not supported: ${codec}.`,
    DECODER_MISSING: 'The additional decoder could not be loaded.',
    VIDEO_BROKEN: 'The video is damaged or incomplete.',
    FACE_NOT_FOUND: 'No face detected.',
    CAMERA_DENIED: 'Access to the camera was denied.',
    CAMERA_MISSING: 'No camera found.',
    CAMERA_BUSY: 'The camera sends no image.',
    CAMERA_INSECURE: 'The camera is not available at this address.',
    FILE_GONE: 'The file can no longer be read.',
    MODEL_UNREADABLE: 'The recognizer file cannot be used.',
    MODEL_FILES: 'These files do not form one model.',
    MODEL_ONNX_MISSING: 'The ONNX file of this description is missing.',
    MODEL_DESCRIPTION_MISSING: 'The description of this ONNX file is missing.',
    MODEL_DESCRIPTION: 'This JSON file does not describe a model.',
    MODEL_CHANGED: 'The ONNX file does not match its description.',
    MODEL_NOT_ONNX: 'The ONNX file cannot be run.',
    MODEL_INPUT: 'The model’s input does not match what telltale computes.',
    MODEL_CLASSES: 'The model’s output does not match its classes.',
    REPORT_UNREADABLE: 'This file is not a telltale review or report.',
    REPORT_OTHER_CLIP: 'The review belongs to another video.',
    OUT_OF_MEMORY: 'Not enough memory.',
    WORKER_ENDED: 'The analysis stopped unexpectedly.',
    BROWSER_TOO_OLD: 'This browser is too old.',
    CANCELED: 'Canceled.',
    UNKNOWN: 'Something went wrong.',
  },
  ways: {
    NOT_VIDEO:
      'Choose a video file: mp4, mov, webm, mkv, avi or mpg. If it is one, copy it again: it may be incomplete.',
    AUDIO_ONLY: 'Export the recording with its video track, or choose another file.',
    FRAMES_EMPTY: 'Record or export the video again.',
    CODEC_UNSUPPORTED: ({ name }: Values) =>
      `Neither this browser nor the additional decoder supports it. Convert the video to H.264 in mp4, with the program that recorded it or with: ffmpeg -i "${inOrder(name)}" -c:v libx264 -crf 12 clip.mp4`,
    DECODER_MISSING:
      'This format needs it. Where telltale is installed: npm install @ffmpeg/core (GPL), then telltale open again. On a website: connect to the network and try again. Or save the clip as H.264 in an mp4.',
    VIDEO_BROKEN: 'Copy or download the file again.',
    FACE_NOT_FOUND: 'The face has to be frontal, upright, and at least 100 pixels wide.',
    CAMERA_DENIED:
      'Allow the camera for this page in the address bar and try again, or choose a video.',
    CAMERA_MISSING: 'Connect a camera and try again, or choose a video.',
    CAMERA_BUSY:
      'Another program may be using it, or its privacy switch is on. Close that program and try again, or choose a video.',
    CAMERA_INSECURE:
      'Browsers allow the camera only on https pages or pages served by this computer: npx telltale open. Or choose a video.',
    FILE_GONE: 'It was moved, changed or deleted after you chose it. Choose it again.',
    MODEL_FILES: 'Choose an .onnx file and its .json and nothing else, or one .safetensors file.',
    MODEL_ONNX_MISSING: 'Choose both files together: the .onnx file and its .json.',
    MODEL_DESCRIPTION_MISSING:
      'Choose both files together: the .onnx file and the .json that “telltale export” wrote next to it.',
    MODEL_DESCRIPTION:
      'Choose the .json that “telltale export” wrote next to the .onnx file. The details below show what is wrong with this one.',
    MODEL_CHANGED:
      'One of the files was changed, or they belong to different models. Choose two files that were exported together, or export the model again.',
    MODEL_NOT_ONNX: 'Copy it again, or export it again with standard operators of opset 17.',
    MODEL_INPUT:
      'The details below show what it expects. Export it again with this version of telltale.',
    MODEL_CLASSES:
      'It has to output one probability for each class in its description. The details below show what it outputs.',
    MODEL_UNREADABLE:
      'Choose a .safetensors file written by “telltale train”, or use a built-in recognizer.',
    REPORT_UNREADABLE:
      'Choose a JSON file saved on this page, or a report.json written by “telltale analyze”.',
    REPORT_OTHER_CLIP:
      'Its size or number of frames differs. Choose the video that the review belongs to.',
    OUT_OF_MEMORY:
      'Close other tabs and try again, split the video into shorter parts, or scale it down: a face 300 pixels wide is enough.',
    WORKER_ENDED:
      'Most likely, memory ran out. Close other tabs and try again, split the video into shorter parts, or scale it down: a face 300 pixels wide is enough.',
    BROWSER_TOO_OLD: 'Use a current Chrome, Edge, Firefox or Safari.',
    CANCELED: 'Nothing was stored.',
    UNKNOWN: 'Try again. When you report the problem, include the details below.',
  },
};
