/** @file Words of the field in Simplified Chinese: caveats, scores, classes, regions of the face. */
import type { Caveat, CaveatCode } from '@telltale/core';

type Values = Caveat['values'];

/** Caveats by their codes; the sentences of `@telltale/core` in Chinese. */
const caveats: Readonly<Record<CaveatCode, (values: Values) => string>> = {
  'no-lie-detector': () =>
    '本报告说明面部在何时、何处动过。它不是测谎仪：任何面部动作都不能证明一个人的感受、想法或隐瞒。',
  recognizer: ({ network, config, score }) =>
    `类别概率是模型 ${network!} ${config!} 的猜测。它在没有见过的人身上的真实成绩：${scoreInChinese(String(score))}。换了摄像头、光线或人群，请把期望放低。`,
  'no-recognizer': () => '没有使用识别器：只找出了动作，没有分类。',
  spotting: () =>
    '动作的检出是用植入了已知动作的演示视频检验的。在自然的面部上，尤其是在说话的人脸上，它也会找出标注员不会称为表情的动作。',
  sizes: () => '动作大小由光流测得，测得的比实际的小：一个像素的移动会被测成 0.5 到 0.8 个像素。',
  ensemble: ({ members, config }) => `概率是 ${members!} 个模型的平均：${config!}。`,
  'own-model': ({ file }) =>
    `该模型不是 telltale 自带的：它来自 ${file!}，成绩是该文件对自己的说明。`,
  note: ({ note }) => noteInChinese(String(note)),
  faces: ({ faces }) => `画面中最多同时有 ${faces!} 张脸，只分析了最大的一张。`,
  gaps: ({ without, frames }) =>
    `${frames!} 帧中有 ${without!} 帧没有找到面部，那段时间发生了什么无从得知。`,
  'small-face': ({ pixels }) => `两眼间距只有 ${pixels!} 个像素，小于一个像素的动作看不到。`,
  'slow-camera': ({ rate, milliseconds }) =>
    `每秒 ${rate!} 帧时，起始、顶点和结束只精确到约 ${milliseconds!} 毫秒。`,
  'short-clip': () => '视频太短，无法知道这张脸平静时有多少动作，因此置信度不太可靠。',
};

/** A caveat in Chinese. */
export function caveatInChinese({ code, values }: Caveat): string {
  return caveats[code](values);
}

/** The phrases of which the scores of model cards are made; see docs/results.md. */
const phrases: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/one of (\d+) subjects left out at a time/g, '每次留出 $1 名受试者中的一名'],
  [/(\d+) epochs fixed in advance/g, '预先定为 $1 轮'],
  [/epochs fixed in advance/g, '轮数预先定好'],
  [/(\d+) seeds?\b/g, '$1 个随机种子'],
  [/(\d+) clips?\b/g, '$1 段视频'],
  [/(\d+) subjects?\b/g, '$1 名受试者'],
  [/: /g, '：'],
  [/; /g, '；'],
  [/, /g, '，'],
  [/ ?\(/g, '（'],
  [/\)/g, '）'],
];

/** A score out of a model card in Chinese; what it does not know stays as it is. */
export function scoreInChinese(score: string): string {
  return phrases.reduce((text, [pattern, words]) => text.replaceAll(pattern, words), score);
}

/** A note out of a model card. */
function noteInChinese(note: string): string {
  return note.replaceAll(
    /The image branch of (\S+) saw the magnitude of the flow in the place of the face: its weights were trained without faces\./g,
    '$1 的图像分支看到的是光流的大小而不是面部：它的权重训练时没有用到面部。',
  );
}

/** Classes of all datasets and protocols. */
export const classesInChinese: Readonly<Record<string, string>> = {
  negative: '消极',
  positive: '积极',
  surprise: '惊讶',
  others: '其他',
  anger: '愤怒',
  contempt: '轻蔑',
  disgust: '厌恶',
  fear: '恐惧',
  happiness: '高兴',
  repression: '压抑',
  sadness: '悲伤',
  neutral: '中性',
};

/** Regions of the face. */
export const regionsInChinese: Readonly<Record<string, string>> = {
  rightInnerBrow: '右眉内侧',
  leftInnerBrow: '左眉内侧',
  rightOuterBrow: '右眉外侧',
  leftOuterBrow: '左眉外侧',
  rightUpperLid: '右上眼睑',
  leftUpperLid: '左上眼睑',
  rightNoseWing: '右鼻翼',
  leftNoseWing: '左鼻翼',
  rightMouthCorner: '右嘴角',
  leftMouthCorner: '左嘴角',
  chin: '下巴',
};
