/**
 * @file Names of the columns of annotation sheets, and which columns a header names.
 */
import { cleanHeader, cleanText } from './cells.ts';
import type { Column, DatasetDefinition } from './definition.ts';

/** Usual names of columns, cleaned, the most specific first. */
// prettier-ignore
export const USUAL: Readonly<Record<Column, readonly string[]>> = {
  subject: [
    'subject', 'subjects', 'subid', 'sub', 'subjectid', 'subjectno', 'subjectname', 'subjectnumber', 'subj', 'participant', 'participants', 'participantid',
    '被试', '被试编号', '被试者', '受试者', '受试者编号', '主体', '参与者',
    '被試', '被試者', '受試者', '被験者',
  ],
  file: [
    'filename', 'foldname', 'file', 'video', 'clip', 'material', 'videoname', 'clipname', 'foldername', 'sequence',
    'seq', 'sequencename', 'videoid', 'clipid', 'videofile', 'videofilename', 'sample', 'samplename', 'filenames',
    '文件名', '文件', '视频名', '视频', '视频编号', '片段', '样本', '样本名',
    '样本编号', '视频文件', '视频文件名', '视频名称', '檔名', '檔案名', 'ファイル名',
  ],
  onset: ['onsetframe', 'onsetframeno', 'onsetframenumber', 'onsetf', 'onset', 'onsetindex', 'onsetidx', 'startframe', '起始帧', '起始帧数', '开始帧数', '起始幀', '開始幀', '開始フレーム', '开始帧', '起点帧', '起始', '开始'],
  apex: [
    'apexframe', 'apexframeno', 'apexframenumber', 'apexf', 'apexf1', 'apex', 'apex1', 'apexindex', 'apexidx', 'peakframe', 'peak',
    '顶点帧', '峰值帧', '高潮帧', '顶峰帧', '顶点', '峰值', '最高帧', '峰值帧数', '顶点帧数', '頂點幀', '頂点フレーム',
  ],
  offset: ['offsetframe', 'offsetframeno', 'offsetframenumber', 'offsetf', 'offset', 'offsetindex', 'offsetidx', 'endframe', '结束帧', '结束帧数', '結束幀', '終了フレーム', '终止帧', '终点帧', '结束', '终止'],
  emotion: [
    'estimatedemotion', 'emotion', 'emotions', 'emotionlabel', 'emotionclass', 'emotioncategory', 'emotiontype', 'label',
    '情绪', '情绪类别', '情绪标签', '估计情绪', '情感', '情感类别', '表情', '表情类别', '标签',
    '情绪分类', '情绪种类', '情緒', '感情',
  ],
  fineEmotion: ['fineemotion', 'selfreport', 'selfreportedemotion', 'selfreports', '自我报告', '自评情绪'],
  actionUnits: [
    'actionunits', 'actionunit', 'aus', 'au', 'facs', 'facscode', 'facscodes',
    '动作单元', '面部动作单元', '运动单元', '面部运动单元', '動作單元',
  ],
  kind: ['expressiontype', 'type', 'micromacro', 'macromicro', 'kind', '表情类型', '类型'],
  objectiveClass: ['objectiveclass', 'objectiveclasses', '客观类别'],
  framesPerSecond: ['fps', 'framespersecond', 'framerate', '帧率'],
  first: ['firstf', 'firstframe', '首帧', '第一帧'],
  folder: [],
  dataset: [],
};
/** Every column. */
export const COLUMNS: readonly Column[] = Object.keys(USUAL) as Column[];

/** Where the columns are, from the names that each column may have; `from` is the first position that counts. */
export function columnsOf(
  { columns }: Pick<DatasetDefinition, 'columns'>,
  names: readonly (readonly string[])[],
  from = 0,
): Map<Column, number> {
  const at = new Map<Column, number>();
  for (const column of COLUMNS) {
    for (const alias of [...(columns?.[column] ?? []), ...USUAL[column]]) {
      const index = names.findIndex((some, i) => i >= from && some.includes(alias));
      if (index < 0) continue;
      at.set(column, index);
      break;
    }
  }
  return at;
}

/** Names that a cell of a header may hold: as a whole, without parentheses, and in one of two scripts (`Onset 起始帧`). */
export function namesOf(cell: string): string[] {
  const text = cleanText(cell);
  const parts = [
    text,
    text.replaceAll(/[([].*?[)\]]/g, ''),
    text.replaceAll(/\p{Script=Han}/gu, ''),
    text.replaceAll(/[^\p{Script=Han}]/gu, ''),
  ];
  return [...new Set(parts.map(cleanHeader))].filter((name) => name !== '');
}

/** Words in a header that make its numbers times: `Onset (s)`, `Apex [ms]`, `Offset time`. */
const TIMES =
  /[([] ?(?:s|sec|secs|seconds?|ms|msec|milliseconds?|秒|毫秒) ?[)\]]|(?:\b|_)(?:time|seconds?|ms)$|时间/i;

/** Columns of frame numbers with times instead, by their header. */
export function timesAmong(
  at: ReadonlyMap<Column, number>,
  header: readonly string[],
): readonly string[] {
  return (['onset', 'apex', 'offset'] as const).flatMap((column) => {
    const cell = cleanText(header[at.get(column) ?? -1] ?? '');
    return TIMES.test(cell) && !/frame|帧/i.test(cell) ? [cell] : [];
  });
}
