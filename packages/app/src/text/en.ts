/** @file Everything the page says, in English. The shape of this object is the shape of every language. */
import { caveatSentence } from '@telltale/core';

/** What made a problem happen, by name. */
type Values = Readonly<Record<string, string | number>>;

/** A file's name as it may stand in an order for a command line: one that a shell would act on is left out. */
export function inOrder(name: string | number = ''): string {
  return /^[\p{L}\p{N}][\p{L}\p{N} _.()-]*$/u.test(String(name)) ? String(name) : 'clip';
}

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

/** English. */
export const en = {
  code: 'en',
  /** Between a name and its value. */
  colon: ': ',
  language: 'Language',
  tagline: 'micro-expressions, on your device',
  skip: 'Skip to content',
  start: {
    title: 'See what a face shows for a moment.',
    lead: 'Drop a clip of a face. telltale finds the short movements that the eye misses, says when and where they are, and how sure it is.',
    drop: 'Drop a clip here',
    formats: 'mp4, mov, webm, mkv; also avi, mpg and HEVC',
    choose: 'Choose a clip',
    demo: 'Show me a demonstration',
    camera: 'Use the camera',
    open: 'Open a saved review',
    openHint: 'You then choose the clip it belongs to.',
    notes: [
      {
        title: 'Private',
        text: 'The clip is analyzed on this device. Nothing is uploaded, nothing is kept unless you save it.',
      },
      {
        title: 'Exact',
        text: 'Every frame is read, one by one. Onset, apex and offset come with their frame and their time.',
      },
      {
        title: 'Honest',
        text: 'It says when it is unsure. A movement of a face proves nothing of what a person thinks or hides.',
      },
    ],
  },
  networks: {
    title: 'Recognizer',
    names: {
      merba: 'MERba',
      mfdan: 'MFDAN',
      densemix: 'DenseMix',
      ensemble: 'mean of all',
    } as Readonly<Record<string, string>>,
    choose: 'Own model…',
    help: 'An .onnx file together with its .json, as “telltale export” writes them; or a .safetensors file of “telltale train”. Dropping them works too.',
    opening: 'Opening the model…',
    own: (file: string) => `your own, ${file}`,
    shippedAgain: 'Use one that ships',
    score: (score: string) => `Its file says of its score: ${score}.`,
    notMeasured: 'Not measured: nobody knows how often it is right.',
    graphics: 'It runs on the graphics processor.',
  },
  work: {
    title: (name: string) => `Looking at ${name}`,
    stages: {
      load: 'Opening the clip and the models',
      decoder: 'Loading the second decoder (once, 32 MB)',
      make: 'Making the demonstration clip',
      resume: 'Opening the review',
      face: 'Finding the face',
      movement: 'Measuring movement',
      expressions: 'Looking at what was found',
    },
    left: (seconds: number) =>
      seconds < 1.5
        ? 'almost done'
        : seconds < 90
          ? `about ${count(Math.ceil(seconds), 'second', 'seconds')} left`
          : `about ${count(Math.ceil(seconds / 60), 'minute', 'minutes')} left`,
    soon: 'working out how long it takes',
    frames: (done: number, total: number) => `frame ${done} of ${total}`,
    cancel: 'Cancel',
    hidden: 'You can leave this tab: the work goes on.',
    large: (width: number, height: number) =>
      `${width} × ${height} pixels are a lot, so this takes long. Nothing is lost by making the clip smaller first, as long as the face stays 300 pixels wide: ffmpeg -i clip -vf scale=1280:-2 -crf 12 small.mp4`,
  },
  report: {
    facts: (width: number, height: number, frames: number, rate: string) =>
      `${width} × ${height} pixels · ${count(frames, 'frame', 'frames')} · ${rate} per second`,
    found: (micro: number, macro: number, blinks: number) =>
      [
        count(micro, 'micro-expression', 'micro-expressions'),
        ...(macro > 0 ? [count(macro, 'longer expression', 'longer expressions')] : []),
        ...(blinks > 0 ? [count(blinks, 'blink', 'blinks')] : []),
      ].join(', '),
    nothing: 'No micro-expression was found.',
    took: (seconds: string) => `analyzed in ${seconds} s`,
    clip: 'Clip',
    timeline: 'Movement over time',
    timelineHelp:
      'Movement in percent of the distance between the eyes. Arrow keys move the playhead by a frame, with Shift by ten.',
    keys: 'Keyboard',
    keyList: [
      ['Space', 'play or pause'],
      ['← →', 'one frame back or forward; with Shift ten'],
      ['Home, End', 'first or last frame, on the playhead'],
      ['← → on a handle', 'move onset, apex or offset by a frame; with Shift by ten'],
      ['Ctrl+Z, Ctrl+Shift+Z', 'undo, redo'],
      ['Delete', 'delete the chosen event'],
      ['Esc', 'close the menu'],
    ] as readonly (readonly [string, string])[],
    threshold: 'threshold',
    gap: 'no face',
    playhead: 'Playhead',
    events: 'What was found',
    noEvents: 'Nothing here. Add an event where you see one.',
    details: (number: number) => `Event ${number}`,
    kinds: { micro: 'micro-expression', macro: 'longer expression', blink: 'blink' },
    kind: 'Kind',
    added: 'added by hand',
    moved: 'moved by hand',
    onset: 'Onset',
    apex: 'Apex',
    offset: 'Offset',
    flow: 'Movement',
    flowHelp:
      'Onset to apex. The wheel reads it: the color is the direction, its strength the length.',
    seen: 'What the recognizer saw',
    frame: 'frame',
    duration: (milliseconds: number) => `${milliseconds} ms`,
    confidence: 'Above the rest of the clip',
    confidenceHelp:
      'How far the movement stands above what this face does all the time: 0 not at all, 1 by far.',
    classes: 'What it may be',
    unsure: 'unsure',
    unsureBelow: (percent: string) => `Below ${percent} it says “unsure”.`,
    staleClasses: 'The probabilities belong to the moments that the machine found.',
    noClasses: 'Blinks and events added by hand have no probabilities.',
    regions: 'Where it moved',
    regionsHelp: 'Percent of the distance between the eyes.',
    meaning: 'What these numbers mean',
    meaningYes:
      'A probability is how often verdicts like this one were right on people the recognizer had not seen.',
    meaningNo:
      'It is not what the person feels, and not whether the person tells the truth. No movement of a face proves that.',
    score: 'Score on people it had not seen',
    own: (file: string) => `The recognizer is your own: ${file}.`,
    ownScore: 'What its file says of its score',
    notMeasured: 'not measured',
    caveats: 'Before you believe it',
    pictures: 'Pictures of this event',
    looking: 'Looking…',
    several: (faces: number) =>
      `Up to ${faces} faces are in the picture. Only the largest was analyzed: the one in the frame. If you mean another, crop the clip to it and choose that.`,
    cut: 'The analysis ended by itself, most often for lack of memory: pictures cannot be made anew. Your corrections are still here. Save them as a review, then open the review with its clip.',
  },
  player: {
    play: 'Play',
    pause: 'Pause',
    back: 'Back one frame',
    forward: 'Forward one frame',
    speed: 'Speed',
    picture: (frame: number, time: string) => `Frame ${frame} at ${time}`,
    previous: 'Previous event',
    next: 'Next event',
    overlay: 'Show movement',
    arrows: 'Arrows',
  },
  edit: {
    undo: 'Undo',
    redo: 'Redo',
    add: 'Add an event here',
    remove: 'Delete',
    label: 'Your label',
    noLabel: 'none',
    comment: 'Comment',
    here: (point: string) => `${point} at the playhead`,
    earlier: (point: string) => `${point} one frame earlier`,
    later: (point: string) => `${point} one frame later`,
    removed: 'Event deleted. Undo brings it back.',
  },
  save: {
    title: 'Save',
    files: {
      json: 'Review (JSON)',
      csv: 'Table (CSV)',
      eaf: 'ELAN (.eaf)',
      vtt: 'Subtitles (WebVTT)',
      svg: 'Timeline (SVG)',
      png: 'Timeline (PNG)',
      html: 'Report (HTML)',
    },
    failed: (file: string) =>
      `${file} could not be made. An event may lie where no face is seen: move it, or choose another file.`,
    added: 'was added by hand',
    moved: 'was moved by hand',
    labeled: (label: string) => `is labeled “${label}” by hand`,
    commented: (comment: string) => `has the comment “${comment}”`,
    event: (number: number, facts: readonly string[]) => `Event ${number} ${facts.join(', ')}.`,
    left: (events: number) =>
      `${events} found by the machine ${events === 1 ? 'was' : 'were'} left out by hand.`,
    help: 'Files are made on this device and go to your downloads.',
  },
  magnify: {
    title: 'Magnified',
    help: 'The same face twice: as it is, and with its movements enlarged. It follows the frame that is shown.',
    show: 'Enlarge the movements',
    plain: 'As it is',
    enlarged: 'Enlarged',
    gain: 'Enlargement',
  },
  reopen: {
    title: 'Now choose its clip',
    help: (name: string) => `The review was made on ${name}.`,
    choose: 'Choose the clip',
  },
  live: {
    title: 'What the camera sees',
    lead: 'Movements appear while they happen. The end of the strip may still change: what comes next is not known yet.',
    picture: 'Picture of the camera, mirrored',
    opening: 'Opening the camera and the models',
    noFace: 'No face is seen.',
    watching: (rate: number) => `Watching, ${count(rate, 'picture', 'pictures')} a second.`,
    slow: 'That is too few for short movements, so none are shown. Analyze the last minute instead: it holds the pictures that were left out here.',
    tooSlow:
      'That is too few to tell any movement. Analyze the last minute instead: it holds the pictures that were left out here.',
    nothing: 'Nothing yet.',
    paused: 'Paused while this tab is hidden.',
    wasPaused: 'It paused while this tab was hidden; watching began anew.',
    lost: 'The camera is gone: it was unplugged, switched off, or taken by another program. The last minute is still here.',
    dark: 'The camera sends no picture: a switch or another program covers it.',
    ended: 'Watching ended by itself, most often for lack of memory.',
    restart: 'Start again',
    ago: (seconds: number) => (seconds < 1 ? 'now' : `${count(seconds, 'second', 'seconds')} ago`),
    strip: 'Movement in the last 30 seconds',
    analyze: 'Analyze the last minute',
    save: 'Save the last minute',
    end: 'End',
    privacy:
      'The last minute is held in memory and forgotten as time goes on. Nothing is written unless you save it.',
  },
  another: 'Another clip',
  forget: 'Forget this clip',
  forgotten: 'Forgotten: nothing of the clip is left on this page.',
  problem: {
    again: 'Choose another clip',
    back: 'Back to the start',
    retry: 'Try again',
    chooseAgain: 'Choose the clip again',
    wanted: (clip: string) => `Made on ${clip} frames`,
    given: (clip: string) => `Chosen: ${clip} frames`,
    details: 'Details',
    titles: {
      NOT_VIDEO: 'This is not a video that can be read.',
      AUDIO_ONLY: 'This file has sound, but no picture.',
      FRAMES_EMPTY: 'This video has no frames.',
      CODEC_UNSUPPORTED: ({ codec = '' }: Values) =>
        `Nothing here decodes this video: it is coded as ${codec}.`,
      DECODER_MISSING: 'The second decoder could not be loaded.',
      NOT_ISOLATED: 'This video needs the second decoder, which is not ready yet.',
      VIDEO_BROKEN: 'The video is damaged or cut off.',
      FACE_NOT_FOUND: 'No face was found.',
      CAMERA_DENIED: 'The camera was not allowed.',
      CAMERA_MISSING: 'There is no camera.',
      CAMERA_BUSY: 'The camera gives no picture.',
      CAMERA_INSECURE: 'The camera may not be used from this address.',
      FILE_GONE: 'The file can no longer be read.',
      MODEL_UNREADABLE: 'The recognizer’s file cannot be used.',
      MODEL_FILES: 'These files are not one model.',
      MODEL_ONNX_MISSING: 'The description came without its ONNX file.',
      MODEL_DESCRIPTION_MISSING: 'The ONNX file came without its description.',
      MODEL_DESCRIPTION: 'This JSON file does not describe a model.',
      MODEL_CHANGED: 'The ONNX file is not the one that is described.',
      MODEL_NOT_ONNX: 'The ONNX file cannot be run.',
      MODEL_INPUT: 'The model does not take what telltale makes of a face.',
      MODEL_CLASSES: 'The model’s answers do not fit its classes.',
      REPORT_UNREADABLE: 'This is not a review or report of telltale.',
      REPORT_OTHER_CLIP: 'The review belongs to another clip.',
      OUT_OF_MEMORY: 'There is not enough memory.',
      WORKER_ENDED: 'The analysis ended by itself.',
      BROWSER_TOO_OLD: 'This browser is too old.',
      CANCELED: 'Canceled.',
      UNKNOWN: 'Something went wrong.',
    },
    ways: {
      NOT_VIDEO:
        'Give a video file: mp4, mov, webm, mkv, avi or mpg. If it is one, copy it again: it may be cut off.',
      AUDIO_ONLY: 'Export the clip with its picture, or choose another file.',
      FRAMES_EMPTY: 'Record or export the clip again.',
      CODEC_UNSUPPORTED: ({ name }: Values) =>
        `Neither this browser nor the second decoder knows it. Save the clip as H.264 in an mp4, with the program that made it, or with: ffmpeg -i "${inOrder(name)}" -c:v libx264 -crf 12 clip.mp4`,
      DECODER_MISSING:
        'This kind of clip needs it, once, from where the page came from. Connect to the network and try again; or save the clip as H.264 in an mp4.',
      NOT_ISOLATED:
        'Load this page anew and try again. Where that does not help, the server that it comes from must allow it (COOP and COEP), or the clip be saved as H.264 in an mp4.',
      VIDEO_BROKEN: 'Copy or download the file again.',
      FACE_NOT_FOUND:
        'The face must be seen from the front, at least 100 pixels wide, and not lie on its side.',
      CAMERA_DENIED:
        'Allow the camera for this page in the address bar, then try again; or choose a clip.',
      CAMERA_MISSING: 'Connect a camera and try again; or choose a clip.',
      CAMERA_BUSY:
        'Another program may be using it, or a switch covers it. Close that program and try again; or choose a clip.',
      CAMERA_INSECURE:
        'Browsers give the camera only to pages with https, or from this computer: npx telltale open. Or choose a clip.',
      FILE_GONE: 'It was moved, changed or deleted after it was chosen. Choose it again.',
      MODEL_FILES:
        'Choose an .onnx file together with its .json, and no others; or one .safetensors file.',
      MODEL_ONNX_MISSING: 'Choose both files together: the .onnx file and its .json.',
      MODEL_DESCRIPTION_MISSING:
        'Choose both files together: the .onnx file, and the .json that “telltale export” wrote beside it.',
      MODEL_DESCRIPTION:
        'Choose the .json that “telltale export” wrote beside the .onnx file. The details below name what is wrong in this one.',
      MODEL_CHANGED:
        'One of them was changed, or they are of two models. Choose two files that were exported together, or export the model again.',
      MODEL_NOT_ONNX: 'Copy it again, or export it again: standard operators of opset 17.',
      MODEL_INPUT:
        'The details below say what it takes. Export it again with this version of telltale.',
      MODEL_CLASSES:
        'It must give one probability for each class that its description names. The details below say what it gives.',
      MODEL_UNREADABLE:
        'Choose a .safetensors file that “telltale train” made, or use the recognizer that ships.',
      REPORT_UNREADABLE:
        'Choose a JSON file that was saved here, or a report.json of “telltale analyze”.',
      REPORT_OTHER_CLIP:
        'Its size or its number of frames is another. Choose the clip that the review was made on.',
      OUT_OF_MEMORY:
        'Close other tabs and try again; or cut the clip and analyze it in parts; or save it smaller: a face 300 pixels wide is enough.',
      WORKER_ENDED:
        'Most often for lack of memory. Close other tabs and try again; or cut the clip; or save it smaller: a face 300 pixels wide is enough.',
      BROWSER_TOO_OLD: 'Use a current Chrome, Edge, Firefox or Safari.',
      CANCELED: 'Nothing was kept.',
      UNKNOWN: 'Try again; the details below help to report it.',
    },
  },
  /** A caveat of a report as a sentence. */
  caveat: caveatSentence,
  /** The score in a model's card, which is English. */
  scoreOf: (score: string) => score,
  /** Names out of the library; what is not here is shown as its own words. */
  classes: {} as Readonly<Record<string, string>>,
  regions: {} as Readonly<Record<string, string>>,
};

/** What a language says. */
export type Text = typeof en;
