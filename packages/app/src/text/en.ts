/** @file The text of the page in English. Its type is the type of every language. */
import { caveatSentence } from '@telltale/core';

import { problemsInEnglish } from './problems-en.ts';
import { workspaceInEnglish } from './workspace-en.ts';

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
    title: 'Find micro-expressions in video.',
    lead: 'Drop a video of a face. telltale finds the brief movements that are easy to miss and shows when and where they happen, with a confidence for each.',
    drop: 'Drop a video here, or several',
    formats: 'mp4, mov, webm, mkv; also avi, mpg and HEVC',
    choose: 'Choose a video',
    demo: 'Try a demonstration',
    camera: 'Use the camera',
    open: 'Open a saved review',
    openHint: 'You then choose the video it belongs to.',
    notes: [
      {
        title: 'Private',
        text: 'The video is analyzed on this device. Nothing is uploaded, and the video is not stored. Your corrections are kept in this browser until you delete them.',
      },
      {
        title: 'Exact',
        text: 'Every frame is analyzed. Onset, apex and offset are given as frame numbers and times.',
      },
      {
        title: 'Honest',
        text: 'Uncertain results are marked “unsure”. No facial movement proves what someone thinks or hides.',
      },
    ],
  },
  networks: {
    title: 'Recognizer',
    names: {
      merba: 'MERba',
      mfdan: 'MFDAN',
      densemix: 'DenseMix',
      ensemble: 'ensemble of MERba, MFDAN and DenseMix',
      'merba+svm-rbf': 'MERba and support vectors',
      'svm-rbf': 'support vectors (Gaussian)',
      'merba-awake': 'MERba with an active scan',
    } as Readonly<Record<string, string>>,
    choose: 'Your own model…',
    help: 'An .onnx file and its .json, both written by “telltale export”, or a .safetensors file written by “telltale train”. You can also drop the files here.',
    opening: 'Opening the model…',
    own: (file: string) => `your model, ${file}`,
    shippedAgain: 'Use a built-in recognizer',
    score: (score: string) => `Score according to its file: ${score}.`,
    notMeasured: 'Not evaluated: its accuracy is unknown.',
    gpu: 'Runs on the GPU.',
  },
  work: {
    title: (name: string) => `Analyzing ${name}`,
    stages: {
      load: 'Opening the clip and the models',
      decoder: 'Loading the additional decoder (once, 32 MB)',
      make: 'Generating the demonstration clip',
      resume: 'Opening the review',
      face: 'Finding the face and its movement',
      movement: 'Measuring movement',
      expressions: 'Classifying expressions',
    },
    left: (seconds: number) =>
      seconds < 1.5
        ? 'almost done'
        : seconds < 90
          ? `about ${count(Math.ceil(seconds), 'second', 'seconds')} left`
          : `about ${count(Math.ceil(seconds / 60), 'minute', 'minutes')} left`,
    soon: 'estimating the time left',
    frames: (done: number, total: number) => `frame ${done} of ${total}`,
    cancel: 'Cancel',
    hidden: 'You can leave this tab. The analysis continues.',
    next: (clips: number) => `${count(clips, 'video waits', 'videos wait')} for this one.`,
    large: (width: number, height: number) =>
      `At ${width} × ${height} pixels, the analysis takes long. Scaling the video down first loses nothing as long as the face remains 300 pixels wide: ffmpeg -i clip -vf scale=1280:-2 -crf 12 small.mp4`,
  },
  report: {
    facts: (width: number, height: number, frames: number, rate: string) =>
      `${width} × ${height} pixels · ${count(frames, 'frame', 'frames')} · ${rate} per second`,
    found: (micro: number, macro: number, blinks: number) =>
      [
        micro > 0 ? count(micro, 'micro-expression', 'micro-expressions') : 'No micro-expressions',
        ...(macro > 0 ? [count(macro, 'macro-expression', 'macro-expressions')] : []),
        ...(blinks > 0 ? [count(blinks, 'blink', 'blinks')] : []),
      ].join(', '),
    took: (seconds: string) => `analyzed in ${seconds} s`,
    clip: 'Clip',
    timeline: 'Movement over time',
    timelineHelp:
      'Movement in percent of the interocular distance. Arrow keys move the playhead by one frame, with Shift by ten.',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    fit: 'Whole clip',
    curves: 'Curves of regions and action units',
    sided: (name: string, side: 'left' | 'right') => `${name}, ${side}`,
    curvesOf: { regions: 'Regions', units: 'Action units' },
    unitsHelp:
      'How far a unit moves the skin from rest, in percent of the interocular distance, measured from the regions. Solid: the left of the subject, or both sides; dashed: the right.',
    unitsBusy: 'Computing the curves…',
    curvesTop: (percent: string) => `The full height of the curves is ${percent} %.`,
    curvesHelp:
      'How far a region is from where it was at the onset of the selected event, in percent of the interocular distance.',
    kindsShown: 'Kinds shown',
    kindsShort: { micro: 'micro', macro: 'macro', blink: 'blink' },
    blindEmpty: 'No events of yours yet. Add them at the playhead.',
    keys: 'Keyboard',
    keyList: [
      ['Space', 'play or pause'],
      ['← →', 'one frame back or forward; with Shift, ten'],
      ['Home, End', 'first or last frame, when the playhead has the focus'],
      ['← → on a handle', 'move onset, apex or offset by one frame; with Shift, by ten'],
      ['Ctrl+Z, Ctrl+Shift+Z', 'undo, redo'],
      ['Delete', 'delete the selected event'],
      ['↑ ↓ in the list', 'previous or next event'],
      ['+ − 0', 'zoom in, zoom out, whole clip, when list or timeline has the focus'],
      ['1 to 9', 'give the label with this number, when list or timeline has the focus'],
      ['Ctrl+wheel, pinch', 'zoom the timeline; the wheel alone moves it'],
      ['Esc', 'close the menu'],
    ] as readonly (readonly [string, string])[],
    threshold: 'threshold',
    gap: 'no face',
    playhead: 'Playhead',
    events: 'Events',
    noEvents: 'No events. You can add one at the playhead.',
    details: (number: number) => `Event ${number}`,
    kinds: { micro: 'micro-expression', macro: 'macro-expression', blink: 'blink' },
    kind: 'Kind',
    by: {
      corrected: (coder: string | undefined) => `corrected by ${coder ?? 'you'}`,
      added: (coder: string | undefined) => `added by ${coder ?? 'you'}`,
    },
    stale: 'not measured',
    staleHelp: 'These frames have not been measured, so there are no probabilities for them.',
    noFace: 'There are no probabilities: a frame shows no face, or there is no recognizer.',
    onset: 'Onset',
    apex: 'Apex',
    offset: 'Offset',
    flow: 'Movement',
    flowHelp:
      'Optical flow from onset to apex. On the color wheel, hue is direction and saturation is length.',
    seen: 'Input of the recognizer',
    frame: 'frame',
    duration: (milliseconds: number) => `${milliseconds} ms`,
    atEdge: 'at the edge',
    candidates: (times: string) =>
      `At the edge of the threshold and not reported: ${times}. Another decoder may decide otherwise.`,
    confidence: 'Confidence',
    confidenceShort: 'confidence',
    confidenceHelp:
      'How far the movement exceeds the resting baseline of this face: 0 is not at all, 1 is by far. It is not a probability.',
    classes: 'Class probabilities',
    unsure: 'unsure',
    unsureBelow: (percent: string) => `Below ${percent}, the verdict is “unsure”.`,
    noClasses: 'Blinks have no probabilities.',
    regions: 'Movement by region',
    regionsHelp: 'Percent of the interocular distance.',
    meaning: 'How to read these numbers',
    meaningYes:
      'A probability is how often such verdicts were right for subjects who were not in the training data.',
    meaningNo:
      'It does not measure what someone feels, or whether someone is truthful. No facial movement proves either.',
    score: 'Score on unseen subjects',
    own: (file: string) => `The recognizer is your model: ${file}.`,
    ownScore: 'Score according to its file',
    notMeasured: 'not evaluated',
    caveats: 'Limitations',
    images: 'Images of this event',
    looking: 'Computing…',
    several: (faces: number) =>
      `Up to ${faces} faces are visible. One was analyzed, the one in the box.`,
    cut: 'The analysis stopped unexpectedly, most likely because memory ran out, so images can no longer be computed. Your corrections are still here. Save them as a review, then open the review with its video.',
  },
  player: {
    play: 'Play',
    pause: 'Pause',
    back: 'Back one frame',
    forward: 'Forward one frame',
    speed: 'Speed',
    frameAt: (frame: number, time: string) => `Frame ${frame}, ${time}`,
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
    removed: 'Event deleted. You can undo this.',
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
      mp4: 'Clip of the selected event (MP4)',
      figure: 'Figure of the selected event (SVG)',
      zip: 'Clips and figures of all events shown (ZIP)',
    },
    making: (done: number, total: number) => `Event ${Math.min(done + 1, total)} of ${total}`,
    blur: 'Faces unrecognizable in report and clip',
    noEncoder: 'This browser does not encode video. Chrome, Edge and current Firefox do.',
    failed: (file: string) =>
      `${file} could not be written. An event may lie in frames without a face: move it, or choose another file.`,
    by: {
      corrected: (coder: string | undefined) => `was corrected by ${coder ?? 'a coder'}`,
      added: (coder: string | undefined) => `was added by ${coder ?? 'a coder'}`,
    },
    notMeasured: 'was not measured between its onset and apex',
    labeled: (label: string) => `was manually labeled “${label}”`,
    commented: (comment: string) => `has the comment “${comment}”`,
    event: (number: number, facts: readonly string[]) => `Event ${number} ${facts.join(', ')}.`,
    left: (events: number) =>
      `${count(events, 'detected event was', 'detected events were')} deleted manually.`,
    help: 'Files are generated on this device and saved to your downloads folder.',
  },
  magnify: {
    title: 'Magnified movement',
    help: 'The same face twice: original, and with its movements magnified. It follows the current frame.',
    show: 'Magnify movements',
    plain: 'Original',
    enlarged: 'Magnified',
    gain: 'Magnification factor',
  },
  reopen: {
    title: 'Choose its video',
    help: (name: string) => `The review belongs to ${name}.`,
    choose: 'Choose the video',
  },
  ...workspaceInEnglish,
  live: {
    title: 'Camera',
    lead: 'Movements appear as they happen. The most recent ones may still change as further frames arrive.',
    image: 'Camera image, mirrored',
    opening: 'Opening the camera and the models',
    noFace: 'No face detected.',
    watching: (rate: number) => `Analyzing ${count(rate, 'frame', 'frames')} per second.`,
    slow: 'This frame rate is too low for brief movements, so none are shown. Analyze the last minute instead: it contains the frames that were skipped here.',
    tooSlow:
      'This frame rate is too low to detect any movement. Analyze the last minute instead: it contains the frames that were skipped here.',
    nothing: 'No movements yet.',
    paused: 'Paused while this tab is hidden.',
    wasPaused: 'Paused while this tab was hidden. The analysis has restarted.',
    lost: 'The camera was disconnected, switched off, or claimed by another program. The last minute is still available.',
    dark: 'The camera sends no image: its privacy switch may be on, or another program is using it.',
    ended: 'The analysis stopped unexpectedly, most likely because memory ran out.',
    restart: 'Start again',
    ago: (seconds: number) => (seconds < 1 ? 'now' : `${count(seconds, 'second', 'seconds')} ago`),
    strip: 'Movement in the last 30 seconds',
    analyze: 'Analyze the last minute',
    save: 'Save the last minute',
    end: 'End',
    privacy: 'Only the last minute is held, in memory. Nothing is stored unless you save it.',
  },
  keep: {
    title: 'Continue where you left off',
    about: (events: number, changed: string) =>
      `${count(events, 'event', 'events')}, changed ${changed}`,
    resume: 'Continue',
    forget: 'Delete',
    toggle: 'Keep my corrections in this browser.',
    help: 'On this device only, without the video. Turning this off deletes them.',
    turnOff: 'Stop keeping corrections?',
    turnOffText: (clips: number) =>
      `The corrections of ${count(clips, 'video', 'videos')} in this browser will be deleted.`,
    turnOffNow: 'Delete them',
    kept: 'All corrections are kept.',
    unsaved: 'Not kept: save the review before you leave.',
    failed: 'This browser could not keep the last correction. Save the review as a file.',
    restored: (changed: string) =>
      `These are your corrections of this video, last changed ${changed}. It was not analyzed again.`,
    again: 'Analyze again',
    coder: 'Your initials',
  },
  coding: {
    blind: 'Code blind',
    blindHelp: 'Hides what telltale found until you have coded.',
    compare: 'Another coder’s file…',
    take: (events: number, name: string) =>
      `Take over ${count(events, 'event', 'events')} of ${name}`,
    taken: (events: number) => `${count(events, 'event', 'events')} taken over. You can undo this.`,
    withVideo: 'Annotations are opened on the report of their video: choose the video now.',
    already: 'Taken over.',
    nothing: 'It holds nothing that a human annotated.',
    agreement: (name: string, matched: number, first: number, second: number) =>
      `With ${name}: ${matched} of ${first} and ${second} events match.`,
    measures: (overlap: string, kappa: string) =>
      `Mean overlap (IoU) ${overlap}, Cohen’s κ over frames ${kappa}.`,
    otherClip: (name: string) => `That file is about another video: ${name}.`,
    unreadable: (file: string) =>
      `${file} holds no annotation that can be read: reviews and reports of telltale, ELAN, Praat and tables can.`,
  },
  ask: {
    no: 'Cancel',
    dropHere: 'Drop to open',
    open: (name: string, files: number) => (files === 1 ? `Open ${name}?` : `Open ${files} files?`),
    unsaved: 'There are corrections that are neither kept in this browser nor saved to a file.',
    leaves: {
      report: 'The open report will be closed. Its corrections are safe.',
      working: 'The running analysis will be stopped.',
      queue: 'The list of videos will be closed.',
      live: 'The camera will be closed.',
    },
    openNow: 'Open now',
    later: 'Analyze in the background',
    whichReview: 'Which review?',
    oneReview: 'One review can be open at a time.',
    leave: 'Leave without saving?',
    leaveNow: 'Leave',
    discard: 'Delete the corrections too?',
    discardText: 'There are corrections that are in no file. They will be lost.',
    discardNow: 'Delete them',
    again: 'Analyze again?',
    againNow: 'Analyze again',
  },
  queue: {
    title: (clips: number) => count(clips, 'video', 'videos'),
    state: (done: number, left: number) =>
      left === 0 ? `${done} analyzed` : `${done} analyzed, ${left} to go`,
    all: (clips: number, left: number) =>
      left === 0 ? `All ${clips} videos` : `All ${clips} videos (${left} to go)`,
    waiting: 'waiting',
    open: 'Open',
    openOne: (name: string) => `Open ${name}`,
    retryOne: (name: string) => `Try ${name} again`,
    remove: 'Remove',
    removeOne: (name: string) => `Remove ${name}`,
    save: 'Table of all (CSV)',
    add: 'Add videos',
    end: 'Close the list',
    help: 'You can open a report while the others are being analyzed, and come back.',
  },
  another: 'Another video',
  discard: 'Discard this video',
  discarded: 'Discarded. This page holds nothing of the video.',
  problem: problemsInEnglish,
  /** A caveat of a report as a sentence. */
  caveat: caveatSentence,
  /** A score of a model card, which is in English. */
  scoreOf: (score: string) => score,
  /** Names of the library; a name without an entry is shown split into words. */
  classes: {} as Readonly<Record<string, string>>,
  regions: {} as Readonly<Record<string, string>>,
};

/** The text of the page in one language. */
export type Text = typeof en;
