/** @file What is chosen before an analysis, and the workspace's tools, in Simplified Chinese. */
import type { workspaceInEnglish } from './workspace-en.ts';

/** Of what is done before the analysis and beside the report. */
export const workspaceInChinese: typeof workspaceInEnglish = {
  prepare: {
    open: '片段、旋转、人脸…',
    first: '先选择片段、旋转和人脸…',
    title: (name) => `分析 ${name} 之前`,
    image: (time) => `视频在 ${time} 的画面`,
    noImage: '此浏览器在分析之前无法显示该视频。',
    position: '视频中的位置',
    part: '片段',
    from: '从',
    to: '到',
    here: (what) => `${what}：此处`,
    start: '开头',
    end: '结尾',
    partHelp: '以秒为单位，或写成分和秒，例如 1:20。留空则为整段视频。',
    partWrong: '开始时间须早于结束时间，且在视频范围之内，例如 80.5 或 1:20。',
    rotation: '旋转',
    rotations: { 0: '不旋转', 90: '顺时针 90°', 180: '180°', 270: '逆时针 90°' },
    face: '人脸',
    faces: { largest: '最大的', left: '最左边的', right: '最右边的' },
    find: '显示视频中的所有人',
    finding: (done, total) =>
      total === 0 ? '正在查找…' : `正在查找… 第 ${done} 帧，共 ${total} 帧`,
    found: (count) => `共有 ${count} 张人脸。`,
    notFound: '该片段中未检测到人脸。请换一个片段或旋转方向。',
    subject: (number) => `人脸 ${number}`,
    analyze: '分析',
    command: '命令行使用以下选项可得到相同的结果',
  },
  beside: {
    title: '并排比较',
    image: (name, frame, time) => `${name}，第 ${frame} 帧，${time}`,
    video: '视频',
    moment: '旁边的时刻',
  },
  tracks: {
    sound: '声音',
    unsupported: '此浏览器无法解码该视频的声音。',
    names: {
      speech: '说话',
      covered: '人脸被遮挡',
      turned: '头部转动',
      noise: '噪声',
      blink: '不完整的眨眼',
      gap: '无人脸',
      damaged: '损坏的帧',
      interrupted: '画面中断',
      cut: '剪辑切换',
    },
  },
};
