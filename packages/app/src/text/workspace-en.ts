/** @file Texts of the workspace's tools in English: what is chosen before an analysis. */

/** Of what is done before the analysis and beside the report. */
export const workspaceInEnglish = {
  prepare: {
    /** What opens this step, from the start page, during an analysis and on a report. */
    open: 'Part, rotation, face…',
    first: 'Choose part, rotation and face first…',
    title: (name: string) => `Before the analysis of ${name}`,
    image: (time: string) => `The video at ${time}`,
    noImage: 'This browser cannot show this video before it is analyzed.',
    position: 'Position in the video',
    part: 'Part',
    from: 'From',
    to: 'To',
    here: (what: string) => `${what}: here`,
    start: 'start',
    end: 'end',
    partHelp: 'Seconds, or minutes and seconds such as 1:20. Empty: the whole video.',
    partWrong: 'Give a start before the end, within the video, such as 80.5 or 1:20.',
    rotation: 'Rotation',
    rotations: {
      0: 'none',
      90: '90° clockwise',
      180: '180°',
      270: '90° counterclockwise',
    } as Readonly<Record<number, string>>,
    face: 'Face',
    faces: { largest: 'largest', left: 'leftmost', right: 'rightmost' },
    find: 'Show everyone in the video',
    finding: (done: number, total: number) =>
      total === 0 ? 'Looking…' : `Looking… frame ${done} of ${total}`,
    found: (count: number) => (count === 1 ? 'There is one face.' : `There are ${count} faces.`),
    notFound: 'No face was found in this part. Another part or rotation may help.',
    subject: (number: number) => `Face ${number}`,
    analyze: 'Analyze',
    command: 'The command line gives the same answer with',
  },
  beside: {
    title: 'Side by side',
    image: (name: string, frame: number, time: string) => `${name}, frame ${frame}, ${time}`,
    video: 'Video',
    moment: 'Moment beside it',
  },
  tracks: {
    sound: 'sound',
    unsupported: 'This browser does not decode the sound of this video.',
    names: {
      speech: 'speech',
      covered: 'face covered',
      turned: 'head turned',
      noise: 'noise',
      blink: 'incomplete blink',
      gap: 'no face',
      damaged: 'damaged frames',
      interrupted: 'interruptions',
      cut: 'cut',
    },
  },
};
