/** @file Terms of the library in Simplified Chinese: caveats, scores, classes, facial regions. */
import type { Caveat, CaveatCode } from '@telltale/core';

type Values = Caveat['values'];

/** Caveats by code: the sentences of `@telltale/core` in Chinese. */
const caveats: Readonly<Record<CaveatCode, (values: Values) => string>> = {
  'no-lie-detector': () =>
    '本报告给出面部运动的时间和部位。它不是测谎仪：任何面部运动都不能证明一个人的感受、想法或隐瞒的内容。',
  elsewhere: ({ right, uf1, uar, clips, error }) =>
    `对其他实验室的人，预计每 100 个非“不确定”的判定中约有 ${right!} 个正确，概率偏差约 ${error!} %（在 ${clips!} 段视频上 UF1 ${uf1!}，UAR ${uar!}，模型均在另一数据集上训练）。`,
  recognizer: ({ network, config, score }) =>
    `类别概率是模型 ${network!} ${config!} 的估计。对未参与训练的被试的成绩：${scoreInChinese(String(score))}。摄像头、光照或人群不同时，成绩会更低。`,
  'no-recognizer': () => '未使用识别器：仅检测运动，不进行分类。',
  spotting: () =>
    '检测性能是在含有已知运动的合成演示视频上评估的。对于自然的人脸，尤其是说话时的人脸，也会检测到标注者不会标为表情的运动。',
  sizes: () => '运动幅度由光流测得，低于实际值：1 像素的位移测得为 0.5 至 0.8 像素。',
  ensemble: ({ members }) => `概率为 ${members!} 个模型的平均值。`,
  'own-model': ({ file }) =>
    `该模型并非 telltale 内置，而是来自 ${file!}；成绩以该文件注明的为准。`,
  uncalibrated: () =>
    '该模型未经校准，不知道概率多高才足够可靠，因此结论一律为“不确定”。请用未参与训练的片段运行 telltale calibrate。',
  note: ({ note }) => noteInChinese(String(note)),
  subject: ({ number, subjects }) => `片段中有 ${subjects!} 人，仅分析了第 ${number!} 人。`,
  faces: ({ faces }) => `画面中最多同时有 ${faces!} 张人脸，仅分析了最大的一张。`,
  gaps: ({ without, frames }) => `${frames!} 帧中有 ${without!} 帧未检测到人脸，相应时段没有结果。`,
  'small-face': ({ pixels }) => `两眼间距仅为 ${pixels!} 像素，无法检测小于 1 像素的运动。`,
  'slow-camera': ({ rate, milliseconds }) =>
    `帧率为 ${rate!} 帧/秒时，起始帧、顶点帧和结束帧的时间精度约为 ${milliseconds!} 毫秒。`,
  cuts: ({ cuts, times }) =>
    `视频中有 ${cuts!} 处剪辑切换（${times!}）。运动测量不跨越切换处；切换前后可能不是同一人。`,
  dark: ({ brightness }) =>
    `人脸过暗：平均亮度为 ${brightness!}（最大 255）。微小运动可能无法测得。`,
  overexposed: ({ percent }) => `人脸有 ${percent!} % 过曝，该处无法测量。`,
  noisy: ({ noise, texture }) =>
    `视频噪声较大：噪声为人脸亮度的 ${noise!} %，而用于测量运动的纹理为 ${texture!} %。微小运动可能被噪声掩盖。`,
  blurred: () => '人脸模糊：缺少可供测量运动的清晰边缘，测得的幅度偏小。',
  turned: ({ degrees }) => `头部偏离相机 ${degrees!}°，远离相机一侧的面部可见较少。`,
  'set-aside-noise': ({ count, times }) =>
    `${count!} 处运动（${times!}）不予报告：视频过暗、噪声过大、过于模糊或压缩过强，无法与噪声区分。`,
  'set-aside-blink': ({ count, times }) =>
    `${count!} 处运动（${times!}）不予报告：只有眼睑在动且眼睛部分闭合，与眨眼相同。`,
  'set-aside-covered': ({ count, times }) =>
    `${count!} 处运动（${times!}）不予报告：面部前有遮挡，或面部变化过大而无法比较。`,
  'set-aside-turned': ({ count, times }) =>
    `${count!} 处运动（${times!}）不予报告：头部转动会使面部在图像中移动。`,
  'mouth-opens': ({ count, times }) =>
    `${count!} 处口部微表情（${times!}）伴有张唇或抿唇：单音节的话语、呼吸或吞咽看起来与此相同。`,
  damaged: ({ damaged, frames }) =>
    `文件已损坏：${frames!} 帧中有 ${damaged!} 帧无法解码，无法得知该处发生了什么。`,
  interrupted: ({ count, times }) =>
    `${count!} 帧的画面与前后帧不连续（${times!}），如同损坏的帧；无法得知该处发生了什么。`,
  truncated: ({ why }) => `文件不完整，仅分析了剩余部分：${why!}。`,
  interlaced: ({ frames }) => `${frames!} 帧为隔行扫描：其中一半的行由插值得到，快速运动会变模糊。`,
  scaled: ({ frames }) => `${frames!} 帧的尺寸与第一帧不同，已缩放到相同尺寸。`,
  joined: ({ joints }) => `文件的时间在 ${joints!} 处重新开始；此后的时间接续之前的时间。`,
  'tone-mapped': ({ transfer }) => `视频为高动态范围（${transfer!}），其亮度已映射到标准动态范围。`,
  'rate-assumed': ({ rate }) =>
    `文件未注明帧率：假定为每秒 ${rate!} 帧，所有时间和时长均取决于此。请用 --fps 给出相机的帧率。`,
  'several-videos': ({ videos }) =>
    `文件含有 ${videos!} 路视频流（多台相机或多个节目），仅分析了其中一路：标记为默认的第一路，若无标记则为第一路。用 "ffmpeg -i FILE -map 0:v:1 -c copy OUT" 可取出第二路。`,
  'short-clip': () => '视频过短，无法确定静息基线，因此置信度不够可靠。',
};

/** A caveat in Chinese. */
export function caveatInChinese({ code, values }: Caveat): string {
  return caveats[code](values);
}

/** The phrases of which scores of model cards consist; see docs/results.md. */
const phrases: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/not measured as a whole/g, '整体未经评估'],
  [/its members by themselves/g, '各成员单独的成绩'],
  [/mean F1 ([\d.]+) \[/g, '平均 F1 $1 ['],
  [/mean AUC ([\d.]+) \[/g, '平均 AUC $1 ['],
  [/ over (\d+) units/g, '（$1 个动作单元）'],
  [/one dataset, one laboratory/g, '仅一个数据集、一个实验室'],
  [/one of (\d+) datasets left out at a time/g, '留一数据集交叉验证（$1 个数据集）'],
  [
    /one of (\d+) groups of (\d+) subjects left out at a time/g,
    '$1 组被试轮流留出（共 $2 名被试）',
  ],
  [/one of (\d+) subjects left out at a time/g, '留一被试交叉验证（$1 名被试）'],
  [/settings chosen by the other subjects alone/g, '参数仅由其余被试选定'],
  [/(\d+) epochs fixed in advance/g, '训练轮数预先固定为 $1'],
  [/epochs fixed in advance/g, '训练轮数预先固定'],
  [/one seed\b/g, '一个随机种子'],
  [/(\d+) seeds?\b/g, '$1 个随机种子'],
  [/(\d+) clips?\b/g, '$1 段视频'],
  [/(\d+) subjects?\b/g, '$1 名被试'],
  [/: /g, '：'],
  [/; /g, '；'],
  [/, /g, '，'],
  [/ ?\(/g, '（'],
  [/\)/g, '）'],
];

/** A score of a model card in Chinese; unknown phrases stay in English. */
export function scoreInChinese(score: string): string {
  return phrases.reduce((text, [pattern, words]) => text.replaceAll(pattern, words), score);
}

/** A note of a model card in Chinese. */
function noteInChinese(note: string): string {
  return note.replaceAll(
    /The image branch of (\S+) saw the magnitude of the flow in the place of the face: its weights were trained without faces\./g,
    '$1 的图像分支以光流幅值代替人脸图像作为输入：其权重的训练未使用人脸图像。',
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

/** Facial regions. */
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
