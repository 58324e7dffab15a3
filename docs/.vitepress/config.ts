/**
 * @file The documentation as a site: `npm run docs`.
 *
 * Pages are the Markdown files of the repository (`pages.ts`) and the reference that `scripts/docs/` generates.
 * Search runs in the browser over an index in the site, by words that `Intl.Segmenter` finds, so that it works without
 * a network and in Chinese.
 */
import { slug } from 'github-slugger';
import { defineConfig, type DefaultTheme } from 'vitepress';

import { repositoryLinks } from './links.ts';
import { chineseSidebar, englishSidebar } from './navigation.ts';
import { addressOf, excluded } from './pages.ts';

/** VitePress sends this function to the browser as text: it may use nothing outside itself. */
function tokenize(text: string): string[] {
  const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });
  return [...segmenter.segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment);
}

const search: DefaultTheme.LocalSearchOptions = {
  // VitePress takes the language from the path of the source, which README.zh-CN.md has at the root.
  _render: (source, env, markdown) => {
    const { relativePath } = env as { readonly relativePath: string };
    return relativePath === 'zh/index.md' ? '' : markdown.render(source, env);
  },
  miniSearch: {
    options: { tokenize },
    searchOptions: { fuzzy: 0.1, prefix: true, boost: { title: 4, text: 2, titles: 1 } },
  },
  locales: {
    zh: {
      translations: {
        button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
        modal: {
          displayDetails: '显示详细列表',
          resetButtonTitle: '清除',
          backButtonTitle: '关闭',
          noResultsText: '没有结果',
          footer: { selectText: '选择', navigateText: '切换', closeText: '关闭' },
        },
      },
    },
  },
};

export default defineConfig({
  title: 'telltale',
  description: 'Micro-expression analysis in TypeScript.',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcDir: '..',
  srcExclude: excluded,
  cacheDir: '../node_modules/.cache/vitepress',
  rewrites: addressOf,
  markdown: {
    // The fragments of Git hosts, so that a link works there and here.
    anchor: { slugify: slug },
    config: repositoryLinks,
  },
  locales: {
    root: {
      label: 'English',
      lang: 'en',
      themeConfig: {
        nav: [
          { text: 'Start', link: '/start' },
          { text: 'Results', link: '/results' },
          { text: 'How it works', link: '/architecture' },
        ],
        sidebar: englishSidebar(),
        outline: [2, 3],
      },
    },
    zh: {
      label: '简体中文',
      lang: 'zh-CN',
      description: '用 TypeScript 分析微表情。',
      themeConfig: {
        nav: [{ text: '上手', link: '/zh/start' }],
        sidebar: chineseSidebar(),
        outline: { level: [2, 3], label: '本页内容' },
        docFooter: { prev: '上一页', next: '下一页' },
        darkModeSwitchLabel: '外观',
        sidebarMenuLabel: '目录',
        returnToTopLabel: '返回顶部',
        langMenuLabel: '语言',
      },
    },
  },
  // The reference exists in English alone, so the language menu leads to the start of the other language.
  themeConfig: { i18nRouting: false, search: { provider: 'local', options: search } },
});
