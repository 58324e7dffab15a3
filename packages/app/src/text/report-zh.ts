/** @file The text of figures and of the HTML report in Simplified Chinese. */
import { actionUnitOf } from '@telltale/core/units';
import { own } from '@telltale/core/report';
import type { ReportWords } from '@telltale/figures';

import { classesInChinese, regionsInChinese, scoreInChinese } from './terms-zh.ts';
import { zh } from './zh.ts';

const kinds = { ...zh.report.kinds, expression: '表情' } as const;
const moments = { onset: '起始帧', apex: '顶点帧', offset: '结束帧' } as const;
const verdicts = { unsure: zh.report.unsure } as Readonly<Record<string, string>>;

/** A region, or both of a pair. */
function placesOf(names: readonly string[]): string {
  if (names.length > 6) return '整个面部';
  const isPair = (part: string): boolean =>
    names.includes(`left${part}`) && names.includes(`right${part}`);
  const words = names.map((name) => {
    const part = /^(?:left|right)(.+)$/.exec(name)?.[1] ?? '';
    const word = own(regionsInChinese, name) ?? name;
    return isPair(part) ? word.replace(/^[左右]/, '双侧') : word;
  });
  return [...new Set(words)].join('、');
}

/** Simplified Chinese. */
export const reportInChinese: ReportWords = {
  language: 'zh',
  title: (kind) => kinds[kind],
  kind: (kind) => kinds[kind],
  count: (kind, count) => `${count} ${kind === 'blink' ? '次' : '个'}${kinds[kind]}`,
  moment: (name) => moments[name],
  name: (name) =>
    own(classesInChinese, name) ?? own(regionsInChinese, name) ?? own(verdicts, name) ?? name,
  list: (items) => items.join('、'),
  by: (origin, coder) =>
    `由${coder === undefined ? '人工' : ` ${coder} `}${origin === 'added' ? '添加' : '修正'}`,
  places: placesOf,
  timeline: {
    label: (clip, found) => `${clip} 中面部运动随时间的变化：${found}。`,
    nothing: '未检测到运动',
    time: '时间（秒）',
    movement: '运动（两眼间距的百分比）',
    movementShort: '运动（%）',
    threshold: '阈值',
    noFace: '无人脸',
  },
  probabilities: {
    label: (shares, verdict) => `类别概率：${shares}。判定：${verdict}。`,
    none: '无',
    unsureBelow: (share) => `低于 ${share} 判定为不确定`,
  },
  regions: {
    label: (movements) => `各面部区域的运动，以两眼间距的百分比表示：${movements}。`,
    axis: '两眼间距的百分比',
  },
  page: {
    title: (clip) => `${clip}：telltale 报告`,
    brand: '报告',
    facts: ({ width, height, frames, rate, duration }) =>
      `${width} × ${height} 像素，${frames} 帧，${rate} 帧/秒，时长 ${duration}`,
    movement: '运动随时间的变化',
    expressions: '表情',
    legend: '图例',
    legendHelp: '每条色带表示起始帧到结束帧的区间，标记处为顶点帧。',
    made: (frames) => [
      `由 telltale 生成。完整报告（包括 ${frames} 帧的运动数据）以 JSON 格式嵌入本页（元素 `,
      '）。',
    ],
  },
  findings: {
    title: '检测结果',
    noFace: '视频中未检测到人脸，因此未进行分析。',
    found: (micro, macro) =>
      micro + macro === 0
        ? '未检测到微表情。'
        : `检测到 ${micro} 个微表情${macro === 0 ? '' : `和 ${macro} 个宏表情`}。`,
    added: (count) => `另有 ${count} 个事件由人工添加，telltale 未检测到。`,
    expression({ kind, duration, regions, verdict, share, by }) {
      const where = regions.length === 0 ? '' : `，主要位于${placesOf(regions)}`;
      const what =
        verdict === undefined
          ? ''
          : share === undefined
            ? '识别器的判定为不确定。'
            : `识别器的判定为${own(classesInChinese, verdict) ?? verdict}（${share}）。`;
      const who = by === undefined ? '' : `，${by}`;
      return ['在 ', ` 处有一个${kinds[kind]}，持续 ${duration}${where}${who}。${what}`];
    },
    others: (count) => `其余 ${count} 个置信度较低，见表格。`,
    blinks: (count) => `检测到 ${count} 次眨眼，不计入表情。`,
    atEdge: '处于临界：接近阈值。',
    candidates: (times) =>
      `有 ${times.length} 处临界运动未报告（${times.join('、')}）：接近阈值，换一种解码器可能得出不同结论。`,
    gaps: (without, frames) => `${frames} 帧中有 ${without} 帧未检测到人脸，相应时段没有结果。`,
    doubt: [
      '这不是测谎仪。',
      '短暂的面部运动不能说明一个人是否诚实或有何意图；类别只是模型的估计，并非事实。',
    ],
  },
  card: {
    heading: (kind, time) => `${time} 处的${kinds[kind]}`,
    when: '时间',
    where: '面部区域',
    what: '识别器的判定',
    columns: ['时间点', '时间', '帧'],
    lasts: (duration) => `持续 ${duration}。该运动超出静息基线的置信度：`,
    lastsBy: (duration, by) => `持续 ${duration}。该事件${by}，因此没有 telltale 的置信度。`,
    face: (moment, frame) => `${moments[moment]}的人脸，第 ${frame} 帧。`,
    flow: '起始帧到顶点帧的光流：色相表示方向，饱和度表示长度',
    flowAlt: '以颜色编码的起始帧到顶点帧的光流：色相表示方向，饱和度表示长度。',
    wheel: '表示方向的色轮。',
    seen: '识别器的输入：红色为向右，绿色为向下，蓝色为光学应变',
    seenAlt: '识别器读取的光流图，28 × 28 像素，已放大。',
    attention: {
      alt: '顶点帧的人脸，左侧以颜色叠加运动，右侧叠加识别器的注意力。',
      caption: (share) =>
        `运动（左）与由其驱动的识别器注意力（右）：黑色为无，白色为平均值的四倍。注意力对图像特征的贡献为 ${share}：接近 0 时结论与其无关。`,
    },
  },
  units: {
    title: '动作单元',
    label: (names) => `示意人脸，标出该表情的动作单元：${names}。`,
    none: '未识别出动作单元。',
    name: (unit) => actionUnitOf(unit)?.chinese ?? '',
    side: (side) => (side === 'left' ? '左侧' : '右侧'),
    unsure: '不确定',
    sideNotMeasurable: '无法区分左右',
    syntheticOnly: '仅由合成数据习得',
    syntheticHelp:
      '仅由合成数据习得（点线）：没有编码过的片段包含该动作单元，只从合成运动中学习。它在真实人脸上有多少是正确的尚不清楚，因此不给出百分比。',
    comma: '，',
    verdict: (verdict, units) => `${verdict}：${units}`,
    curvesLabel: (peaks) => `各动作单元随时间的运动，最大值以两眼间距的百分比表示：${peaks}。`,
    curvesHelp:
      '动作单元使皮肤偏离静止位置的距离，以两眼间距的百分比表示：运动最大的六个。实线：被试左侧，或两侧；虚线：右侧。由各区域的位移测得，与动作单元识别器无关。',
    help: '最清晰的动作单元排在最前。百分比是训练数据的编码者会记录该动作单元的概率：很少被记录的单元，即使清晰，概率也小。左右以被试本人为准：被试的左侧位于图像右边。标为不确定（虚线）的动作单元，多数情况下并未出现。',
    score: '动作单元的得分',
  },
  table: {
    others: '其他表情',
    othersHelp: (shown) => `上文列出了置信度最高的 ${shown} 个表情，其余列于此处。`,
    blinks: '眨眼',
    blinksHelp: '仅有眼睑的运动。单独检测眨眼，以免误判为表情。',
    columns: ['编号', '起始帧', '顶点帧', '结束帧', '时长', '置信度'],
    kind: '类型',
    taken: '判定',
  },
  face: {
    title: '人脸',
    followed: (seen, frames, share) => `在 ${frames} 帧中的 ${seen} 帧跟踪到人脸（${share}）。`,
    faces: (faces) => `画面中最多同时有 ${faces} 张人脸，分析了最大的一张。`,
    subject: (number, subjects) => `片段中有 ${subjects} 人，分析了第 ${number} 人。`,
    gaps: '未检测到人脸的时段',
    gap: (from, to, [first, last]) => `${from} 至 ${to}（第 ${first} 至 ${last} 帧）`,
  },
  trust: {
    title: '可信程度',
    model: '类别概率由模型给出。',
    unsure: (share) => [`没有任何类别达到 ${share} 时，判定为`, '不确定', '。'],
    none: '未使用识别器：本报告只给出运动的时间，不给出类别。',
    elsewhere: '对其他实验室的人',
    elsewhereOf: ({ right, sure, uf1, uar, standardizedUf1, calibrationError, clips }) =>
      `非“不确定”的判定有 ${Math.round(100 * right)} % 正确（${Math.round(100 * sure)} % 的视频不是“不确定”）；` +
      `UF1 ${uf1.toFixed(2)}（各类样本数相等时为 ${standardizedUf1.toFixed(2)}），UAR ${uar.toFixed(2)}；` +
      `概率平均偏差 ${Math.round(100 * calibrationError)} %；${clips} 段视频，模型均在另一数据集上训练`,
    score: '对未参与训练的被试的成绩',
    scoreOf: scoreInChinese,
    network: '网络',
    networkOf: (network, config) => `${network}，配置 ${config}`,
    file: '文件',
    classes: '类别',
    weights: '权重（SHA-256）',
  },
  made: {
    title: '生成信息',
    columns: ['阶段', '版本', '设置'],
    format: '数据格式：',
  },
};
