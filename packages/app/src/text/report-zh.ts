/** @file What figures and the report as a file say, in Simplified Chinese. */
import type { ReportWords } from '@telltale/figures';

import { classesInChinese, regionsInChinese, scoreInChinese } from './terms-zh.ts';
import { zh } from './zh.ts';

const kinds = { ...zh.report.kinds, expression: '表情' } as const;
const moments = { onset: '起始', apex: '顶点', offset: '结束' } as const;
const verdicts = { unsure: zh.report.unsure } as Readonly<Record<string, string>>;

/** A region, or both of a pair. */
function placesOf(names: readonly string[]): string {
  if (names.length > 6) return '整张脸';
  const isPair = (part: string): boolean =>
    names.includes(`left${part}`) && names.includes(`right${part}`);
  const said = names.map((name) => {
    const part = /^(?:left|right)(.+)$/.exec(name)?.[1] ?? '';
    const word = regionsInChinese[name] ?? name;
    return isPair(part) ? word.replace(/^[左右]/, '双侧') : word;
  });
  return [...new Set(said)].join('、');
}

/** Simplified Chinese. */
export const reportInChinese: ReportWords = {
  language: 'zh',
  title: (kind) => kinds[kind],
  kind: (kind) => kinds[kind],
  count: (kind, count) => `${count} ${kind === 'blink' ? '次' : '个'}${kinds[kind]}`,
  moment: (name) => moments[name],
  name: (name) => classesInChinese[name] ?? regionsInChinese[name] ?? verdicts[name] ?? name,
  list: (items) => items.join('、'),
  places: placesOf,
  timeline: {
    label: (clip, found) => `${clip} 中面部随时间的动作：${found}。`,
    nothing: '没有找到动作',
    time: '时间（秒）',
    movement: '动作（两眼间距的百分比）',
    movementShort: '动作（%）',
    threshold: '阈值',
    noFace: '无面部',
  },
  probabilities: {
    label: (shares, verdict) => `类别概率：${shares}。判断：${verdict}。`,
    none: '无',
    unsureBelow: (share) => `低于 ${share} 为不确定`,
  },
  regions: {
    label: (movements) => `各区域的动作，以两眼间距的百分比表示：${movements}。`,
    axis: '两眼间距的百分比',
  },
  page: {
    title: (clip) => `${clip}：telltale 报告`,
    brand: '报告',
    facts: ({ width, height, frames, rate, duration }) =>
      `${width} × ${height} 像素，${frames} 帧，每秒 ${rate} 帧，时长 ${duration}`,
    movement: '随时间变化的动作',
    expressions: '表情',
    legend: '图例',
    legendHelp: '每条色带从起始到结束，标记处为顶点。',
    made: (frames) => [
      `由 telltale 制作。完整的报告（包括 ${frames} 帧的动作数据）以 JSON 格式嵌在本页中（元素 `,
      '）。',
    ],
  },
  findings: {
    title: '找到了什么',
    noFace: '视频中没有找到面部，因此没有分析。',
    found: (micro, macro) =>
      micro + macro === 0
        ? '没有发现微表情。'
        : `发现 ${micro} 个微表情${macro === 0 ? '' : `和 ${macro} 个较长的表情`}。`,
    told({ kind, duration, regions, verdict, share }) {
      const where = regions.length === 0 ? '' : `，主要在${placesOf(regions)}`;
      const what =
        verdict === undefined
          ? ''
          : share === undefined
            ? '识别器不确定它是什么。'
            : `识别器认为它是${classesInChinese[verdict] ?? verdict}（${share}）。`;
      return ['在 ', ` 处有一个${kinds[kind]}，持续 ${duration}${where}。${what}`];
    },
    others: (count) => `另外 ${count} 个不那么突出，见表格。`,
    blinks: (count) => `识别出 ${count} 次眨眼，不计入表情。`,
    gaps: (without, frames) =>
      `${frames} 帧中有 ${without} 帧没有看到面部，对那段时间不作任何说明。`,
    doubt: [
      '这不是测谎仪。',
      '面部的短暂动作不能说明一个人是否诚实、有何意图；类别只是模型的猜测，不是事实。',
    ],
  },
  card: {
    heading: (kind, time) => `${time} 处的${kinds[kind]}`,
    when: '何时',
    where: '何处',
    what: '识别器怎么看',
    columns: ['时刻', '时间', '帧'],
    lasts: (duration) => `持续 ${duration}。确实是面部在动、而不只是噪声的置信度：`,
    face: (moment, frame) => `${moments[moment]}时的面部，第 ${frame} 帧。`,
    flow: '从起始到顶点的运动：色调表示方向，浓淡表示距离',
    flowAlt: '以颜色表示的从起始到顶点的光流：色调表示方向，浓淡表示距离。',
    wheel: '各方向的颜色。',
    seen: '识别器看到的图像：红色向右，绿色向下，蓝色为应变',
    seenAlt: '识别器看到的光流图像，28 × 28 像素，已放大。',
  },
  table: {
    others: '其他表情',
    othersHelp: (shown) => `上面列出了最突出的 ${shown} 个表情，其余在此。`,
    blinks: '眨眼',
    blinksHelp: '只有眼睑的动作。识别出它们，是为了不被误认为表情。',
    columns: ['编号', '起始', '顶点', '结束', '持续', '置信度'],
    kind: '类型',
    taken: '被认为是',
  },
  face: {
    title: '面部',
    followed: (seen, frames, share) => `${frames} 帧中跟踪到 ${seen} 帧（${share}）。`,
    faces: (faces) => `画面中最多同时有 ${faces} 张脸，分析了最大的一张。`,
    gaps: '没有看到面部的时段',
    gap: (from, to, [first, last]) => `${from} 至 ${to}（第 ${first} 至 ${last} 帧）`,
  },
  trust: {
    title: '可信到什么程度',
    model: '类别概率来自一个模型。',
    unsure: (share) => [`没有任何类别达到 ${share} 时，判断为`, '不确定', '。'],
    none: '没有使用识别器：本报告只说明何时有动作，不说明是什么动作。',
    score: '在从未见过的人身上的成绩',
    scoreOf: scoreInChinese,
    network: '网络',
    networkOf: (network, config) => `${network}，配置 ${config}`,
    file: '来自文件',
    classes: '类别',
    weights: '权重（SHA-256）',
  },
  made: {
    title: '由什么制作',
    columns: ['阶段', '版本', '设置'],
    format: '数据格式：',
  },
};
