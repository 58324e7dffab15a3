/** @file What the site's menus list. A page that does not exist is left out. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { DefaultTheme } from 'vitepress';

import { root } from './pages.ts';

interface Section {
  readonly text: string;
  /** Address without leading slash and extension, file from the root of the repository, title. */
  readonly pages: readonly (readonly [string, string, string])[];
}

const ENGLISH: readonly Section[] = [
  {
    text: 'Start',
    pages: [
      ['', 'README.md', 'Overview'],
      ['start', 'docs/start.md', 'Start in five minutes'],
      ['glossary', 'docs/glossary.md', 'Glossary'],
    ],
  },
  {
    text: 'Guides',
    pages: [
      ['guides/analyze', 'docs/guides/analyze.md', 'Analyze a clip'],
      ['guides/train', 'docs/guides/train.md', 'Train on your data'],
      ['guides/library', 'docs/guides/library.md', 'Use the library'],
      [
        'guides/read-report',
        'docs/guides/read-report.md',
        'Read the report in Python, R and Excel',
      ],
      ['agreement', 'docs/agreement.md', 'Agreement between coders'],
      ['packages/app', 'packages/app/README.md', 'The page'],
      ['cluster', 'docs/cluster.md', 'Run on a cluster'],
    ],
  },
  {
    text: 'Models and results',
    pages: [
      ['results', 'docs/results.md', 'Results'],
      ['models', 'docs/models.md', 'Models and their exchange'],
      ['models/merba', 'packages/core/models/MODEL_CARD.md', 'Model card: MERba'],
      [
        'models/merba-awake',
        'packages/core/models/MODEL_CARD-merba-awake.md',
        'Model card: MERba awake',
      ],
      ['models/mfdan', 'packages/core/models/MODEL_CARD-mfdan.md', 'Model card: MFDAN'],
      [
        'models/mfdan-faces',
        'packages/core/models/MODEL_CARD-mfdan-faces.md',
        'Model card: MFDAN with faces',
      ],
      [
        'models/densemix',
        'packages/core/models/MODEL_CARD-densemix.md',
        'Model card: DenseMix on flow',
      ],
      [
        'models/densemix-magnified',
        'packages/core/models/MODEL_CARD-densemix-magnified.md',
        'Model card: DenseMix on magnified faces',
      ],
      [
        'models/svm-rbf',
        'packages/core/models/MODEL_CARD-svm-rbf.md',
        'Model card: support vectors, and the default',
      ],
      ['benchmarks', 'docs/benchmarks.md', 'Speed and numerical errors'],
      ['experiments', 'docs/experiments.md', 'Experiments'],
    ],
  },
  {
    text: 'How it works',
    pages: [
      ['architecture', 'ARCHITECTURE.md', 'Architecture'],
      ['recordings', 'docs/recordings.md', 'Recordings'],
      ['faces', 'docs/faces.md', 'Finding faces'],
      ['spotting', 'docs/spotting.md', 'Spotting'],
      ['quality', 'docs/quality.md', 'Quality of a recording'],
      ['units', 'docs/units.md', 'Action units'],
      ['report', 'docs/report.md', 'The report'],
      ['frames', 'docs/frames.md', 'The numbers of every frame'],
      ['magnification', 'docs/magnification.md', 'Magnification'],
      ['protocols', 'docs/protocols.md', 'Protocols'],
      ['datasets', 'docs/datasets.md', 'Datasets'],
      ['synthetic', 'docs/synthetic.md', 'Synthetic data'],
      ['transfer', 'docs/transfer.md', 'Pretraining and transfer'],
    ],
  },
  {
    text: 'Project',
    pages: [
      ['privacy', 'docs/privacy.md', 'Privacy'],
      ['reliability', 'docs/reliability.md', 'Reliability'],
      ['licenses', 'docs/licenses.md', 'Licenses'],
      ['platforms', 'docs/platforms.md', 'Platforms'],
      ['contributing', 'CONTRIBUTING.md', 'Contributing'],
      ['changelog', 'CHANGELOG.md', 'Changelog'],
    ],
  },
];

const CHINESE: readonly Section[] = [
  {
    text: '开始',
    pages: [
      ['zh/', 'README.zh-CN.md', '概览'],
      ['zh/start', 'docs/zh/start.md', '五分钟上手'],
      ['glossary', 'docs/glossary.md', '术语表'],
    ],
  },
  {
    text: '指南',
    pages: [
      ['zh/guides/analyze', 'docs/zh/guides/analyze.md', '分析视频'],
      ['zh/guides/train', 'docs/zh/guides/train.md', '用自己的数据训练'],
      ['zh/guides/library', 'docs/zh/guides/library.md', '在程序中使用'],
      ['zh/guides/read-report', 'docs/zh/guides/read-report.md', '用 Python、R 和 Excel 读取报告'],
    ],
  },
  {
    text: '参考（英文）',
    pages: [
      ['results', 'docs/results.md', '结果'],
      ['models', 'docs/models.md', '模型'],
      ['protocols', 'docs/protocols.md', '评估协议'],
      ['datasets', 'docs/datasets.md', '数据集'],
      ['architecture', 'ARCHITECTURE.md', '架构'],
      ['privacy', 'docs/privacy.md', '隐私'],
      ['licenses', 'docs/licenses.md', '许可证'],
      ['platforms', 'docs/platforms.md', '平台'],
    ],
  },
];

/** The sidebar of the English pages. */
export function englishSidebar(): DefaultTheme.SidebarItem[] {
  const [start, guides, ...rest] = sections(ENGLISH);
  return [start!, guides!, ...generated('Commands', 'API'), ...rest];
}

/** The sidebar of the Chinese pages. */
export function chineseSidebar(): DefaultTheme.SidebarItem[] {
  const [start, guides, ...rest] = sections(CHINESE);
  return [start!, guides!, ...generated('命令（英文）', 'API（英文）'), ...rest];
}

function sections(list: readonly Section[]): DefaultTheme.SidebarItem[] {
  return list.map(({ text, pages }) => ({
    text,
    items: pages
      .filter(([, file]) => existsSync(join(root, file)))
      .map(([address, , title]) => ({ text: title, link: `/${address}` })),
  }));
}

/** The pages that `scripts/docs/` writes from the command tree and from the doc comments. */
function generated(commands: string, api: string): DefaultTheme.SidebarItem[] {
  return [
    {
      text: commands,
      collapsed: true,
      items: listed('commands', (name) => `telltale ${name.replaceAll('-', ' ')}`),
    },
    { text: api, collapsed: true, items: listed('api', (name) => name) },
  ];
}

function listed(folder: string, title: (name: string) => string): DefaultTheme.SidebarItem[] {
  const path = join(root, 'docs/reference', folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => file.slice(0, -3))
    .sort()
    .map((name) => ({ text: title(name), link: `/reference/${folder}/${name}` }));
}
