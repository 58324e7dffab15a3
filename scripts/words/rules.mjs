/**
 * What the word check looks for: words and phrases that telltale does not use, each with what to write instead.
 * The terms themselves, with their meanings, are in docs/glossary.md.
 *
 * A rule matches whole words in prose and the words inside identifiers (`flowPicture` contains `Picture`). A space
 * in a phrase also matches a line break inside a comment. `except` lists text that is right as it is, with a reason;
 * a match inside such text is not reported.
 */

/** Where a phrase may break: white space and the marks that open a comment line. */
const GAP = String.raw`(?:\s|\*|//|#|>)+`;

/**
 * One regular expression for several words or phrases, matched as words and as parts of identifiers.
 *
 * @param {...string} phrases - lower case, words separated by one space
 */
function words(...phrases) {
  const one = phrases.map((phrase) => {
    const [first, ...rest] = phrase;
    const tail = rest.map(escape).join('').replaceAll(' ', GAP);
    const capital = `${first.toUpperCase()}${tail}`;
    const upper = escape(phrase.toUpperCase()).replaceAll(' ', GAP);
    return `(?:(?<![A-Za-z])${first}|(?<![A-Z])${capital[0]})${tail}(?![a-z])|(?<![A-Za-z])${upper}(?![A-Za-z])`;
  });
  return new RegExp(one.join('|'), 'g');
}

function escape(text) {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}

/** @type {readonly { id: string, find: RegExp, write: string, except?: readonly { text: RegExp, reason: string }[] }[]} */
export const rules = [
  { id: 'made-up', find: words('made-up', 'made up', 'madeup'), write: 'synthetic' },
  {
    id: 'picture',
    find: words('picture', 'pictures', 'pictured'),
    write: 'frame (of a clip); image (a file); region crop, face crop, flow image, figure',
    except: [{ text: /<\/?picture>|PictureInPicture/g, reason: 'names of HTML' }],
  },
  {
    id: 'tell',
    find: words('tell', 'tells', 'told', 'telling'),
    write: 'report, log, show, distinguish; "default" for "unless told"',
  },
  {
    id: 'say',
    find: words('say', 'says', 'said', 'saying'),
    write: 'state, report, log, print, specify, be called; log/print for functions',
  },
  {
    id: 'go-on',
    find: words('go on', 'goes on', 'going on', 'went on', 'gone on'),
    write: 'resume, continue',
  },
  {
    id: 'begin-with-weights',
    find: words(
      'begin with weights',
      'begins with weights',
      'begins with the weights',
      'begin from weights',
    ),
    write: 'is initialized from',
  },
  {
    id: 'deviation',
    find: /(?<!standard[\s*/#>]*|absolute[\s*/#>]*)(?:(?<![A-Za-z])d|(?<![A-Z])D)eviations?(?![a-z])/gi,
    write: 'standard deviation',
  },
  {
    id: 'processor',
    find: words('processor', 'processors'),
    write: 'CPU, core; GPU for "graphics processor"',
    except: [
      {
        text: /AudioWorkletProcessor|MediaStreamTrackProcessor/g,
        reason: 'names of the Web platform',
      },
    ],
  },
  {
    id: 'person',
    find: words('person', 'persons', 'people'),
    write: 'user; participant, subject, face',
    except: [{ text: /person-(?:independent|specific|dependent)/gi, reason: "the field's term" }],
  },
  {
    id: 'somebody',
    find: words('nobody', 'anybody', 'somebody', 'whoever', 'whom', 'no one'),
    write: 'name the user or the program; "default" for "where nobody chooses"',
  },
  {
    id: 'judge',
    find: words('judge', 'judges', 'judged', 'judging'),
    write: 'evaluate, score, classify',
  },
  {
    id: 'talk',
    find: words('talk', 'talks'),
    write: 'progress and errors (on standard error); log',
  },
  { id: 'brought', find: words('brought', 'brings', 'bring'), write: 'supplied, provided, passed' },
  { id: 'handed', find: words('handed', 'hands in', 'hand in', 'hands over'), write: 'passed' },
  { id: 'anew', find: words('anew', 'afresh', 'thrice'), write: 'again; three times' },
  { id: 'polite', find: words('polite', 'politely'), write: 'cooperative; yields to other work' },
  { id: 'pile-up', find: words('pile up', 'piles up'), write: 'back-pressure; queue' },
  {
    id: 'come-and-go',
    find: words('comes and goes', 'come and go', 'came and went'),
    write: 'transient',
  },
  { id: 'trouble', find: words('trouble', 'troubles'), write: 'problem, error' },
  { id: 'mend', find: words('mend', 'mends', 'mended', 'mending'), write: 'fix, correct' },
  {
    id: 'stand-in',
    find: new RegExp(
      `(?<![A-Za-z])st(?:and|ands|ood|anding)${GAP}(?:in|beside|with|there|here|at|on|under|before|after|next|above|below|as|alone)(?![a-z])`,
      'gi',
    ),
    write: 'is, is listed, is documented',
    except: [{ text: /stands? in for|stand-in/gi, reason: 'means to replace' }],
  },
  {
    id: 'is-no',
    find: new RegExp(
      `(?<!there${GAP}|this${GAP}there${GAP})(?<![A-Za-z])(?:is|are|was|were)${GAP}no${GAP}(?!longer|more|less|other|such|greater|smaller|larger|better|worse)(?=[A-Za-z])`,
      'gi',
    ),
    write: 'is not a …, is not valid …',
  },
  {
    id: 'know-no',
    find: words('knows no', 'know no', 'knows nothing', 'know nothing'),
    write: 'has no, does not depend on',
  },
  { id: 'quiet-machine', find: words('quiet machine', 'quiet computer'), write: 'idle machine' },
  {
    id: 'look-again',
    find: words('look again', 'looks again', 'looked again'),
    write: 're-examine, check again',
  },
  { id: 'unfold', find: words('unfold to', 'unfolds to', 'unfolds into'), write: 'decompress' },
  {
    id: 'asked-for',
    find: words('asked for', 'asks for', 'ask for', 'asked of'),
    write: 'requested, specified, required',
  },
  {
    id: 'for-want-of',
    find: words('for want of', 'in want of'),
    write: 'without, because … is missing',
  },

  // Chinese: the terms of the field's papers.
  { id: 'zh-apex', find: /峰值帧|高峰帧|峰帧|顶峰帧|高潮帧/g, write: '顶点帧' },
  { id: 'zh-onset', find: /开始帧|起点帧|起始点帧/g, write: '起始帧' },
  { id: 'zh-offset', find: /终止帧|终点帧|结尾帧/g, write: '结束帧' },
  { id: 'zh-action-unit', find: /运动单元|动作单位|动作单元组/g, write: '动作单元' },
  { id: 'zh-strain', find: /光应变|光流应变/g, write: '光学应变' },
  { id: 'zh-loso', find: /留一受试者|留一主体|留一人/g, write: '留一被试交叉验证' },
  { id: 'zh-micro', find: /微型表情|微观表情/g, write: '微表情' },
  { id: 'zh-macro', find: /宏观表情|大表情/g, write: '宏表情' },
];

/** Files that are not read: recorded results, other programs' files, compiled code, and the list of words itself. */
export const ignored = [
  /^package-lock\.json$/,
  /^golden\//,
  /\/golden\//,
  /\/LICENSE/,
  /\/GPL-2\.0\.txt$/,
  /^bench\/results\//,
  /\.wasm\.ts$/,
  /^scripts\/words\//,
  /^docs\/glossary\.md$/,
];

/**
 * True uses of a word in one place.
 *
 * @type {readonly { rule: string, file: RegExp, text: RegExp, reason: string }[]}
 */
export const allowed = [
  {
    rule: 'picture',
    file: /^packages\/(?:node\/src\/video\/builtin\/source-h264|core\/src\/video\/(?:h264|damage))\.ts$/,
    text: /[Pp]ictures?/g,
    reason: 'the term of ITU-T H.264, and of messages of FFmpeg',
  },
  {
    rule: 'zh-apex',
    file: /^packages\/core\/src\/datasets\/column-names\.ts$/,
    text: /峰值帧|高潮帧|顶峰帧/g,
    reason: 'names of columns in sheets of others',
  },
  {
    rule: 'zh-onset',
    file: /^packages\/core\/src\/datasets\/column-names\.ts$/,
    text: /开始帧|起点帧/g,
    reason: 'names of columns in sheets of others',
  },
  {
    rule: 'zh-offset',
    file: /^packages\/core\/src\/datasets\/column-names\.ts$/,
    text: /终止帧|终点帧/g,
    reason: 'names of columns in sheets of others',
  },
  {
    rule: 'zh-action-unit',
    file: /^packages\/core\/src\/datasets\/column-names\.ts$/,
    text: /运动单元/g,
    reason: 'names of columns in sheets of others',
  },
  {
    rule: 'picture',
    file: /^test\/browser\/chromium\.test\.ts$/,
    text: /mediapipe\.pictures|readonly pictures: readonly \{ sample/g,
    reason: 'a key of a golden file',
  },
  {
    rule: 'deviation',
    file: /^(?:packages\/(?:core|cli|figures)\/src|bench)\//,
    text: /readonly deviation:|\bdeviation(?= \}| ===|\.toFixed|:)|\.deviation\b/g,
    reason: 'a key of result.json, version 1',
  },
  {
    rule: 'picture',
    file: /^packages\/(?:core|cli)\/src\/evaluate\//,
    text: /readonly picture:|\.picture\b|\bpicture: /g,
    reason: 'a key of plan.json, version 1',
  },
  {
    rule: 'picture',
    file: /^packages\/(cli\/src\/analyze\/recognize|core\/src\/recognize\/attention)\.test\.ts$/,
    text: /pictures: (\['flow'|'\["flow")/g,
    reason: 'a metadata key of weights files',
  },
  {
    rule: 'picture',
    file: /^packages\/core\/schema\/model\.schema\.json$/,
    text: /"pictures"/g,
    reason: 'a member of model.json, version 1',
  },
  {
    rule: 'picture',
    file: /^packages\/core\/src\/recognize\/(?:description|export|exported)\.ts$/,
    text: /readonly pictures: readonly ImageName|pictures: is\.listOf|pictures: images|input\.pictures/g,
    reason: 'a member of model.json, version 1',
  },
  {
    rule: 'picture',
    file: /^(?:packages\/(?:core\/src\/(?:recognize|train)|cli\/src\/commands)\/[^/]+|test\/app-models\.test)\.ts$/,
    text: /metadata\['pictures'\]|\{ pictures: '\[[^\n]*?\]' \}|`pictures` \(JSON\)|pictures: JSON\.stringify/g,
    reason: 'a metadata key of weights files',
  },
  {
    rule: 'picture',
    file: /^packages\/(?:core\/src\/train\/weights|cli\/src\/train\/run)\.ts$/,
    text: /readonly pictures\?: readonly ImageName|origin\.pictures|\{ pictures: used \}/g,
    reason: 'a key of checkpoint files',
  },
  {
    rule: 'picture',
    file: /^docs\/models\.md$/,
    text: /`pictures`/g,
    reason: 'a member of model.json, version 1',
  },
  {
    rule: 'talk',
    file: /^(?:bench\/(?:spotting|spot-units|quality)\.mjs|packages\/core\/src\/synth\/scenario(?:\.test)?\.ts)$/,
    text: /'talk'/g,
    reason: 'an action of a synthetic face: moving the mouth as in speech',
  },
  {
    rule: 'picture',
    file: /^packages\/core\/src\/face\/mesh\.test\.ts$/,
    text: /readonly pictures: readonly \{ readonly sample|golden\.pictures/g,
    reason: 'a key of a golden file',
  },
];
