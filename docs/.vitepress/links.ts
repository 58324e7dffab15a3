/**
 * @file Links between Markdown files become links between pages.
 *
 * A link to a file of the repository that is not a page is shown as text, because the site does not contain that
 * file. A link to a file that does not exist fails the build.
 */
import type { MarkdownRenderer } from 'vitepress';

import { resolveLink } from './pages.ts';

type Token = ReturnType<MarkdownRenderer['parse']>[number];

/** A plugin of markdown-it. */
export function repositoryLinks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('repository-links', (state) => {
    const { realPath } = state.env as { readonly realPath?: string };
    if (realPath === undefined) return;
    for (const token of state.tokens) {
      if (token.children) token.children = rewritten(token.children, realPath);
    }
  });
}

function rewritten(tokens: readonly Token[], file: string): Token[] {
  let unlinked = false;
  return tokens.filter((token) => {
    if (token.type === 'link_close' && unlinked) {
      unlinked = false;
      return false;
    }
    const href = token.type === 'link_open' ? token.attrGet('href') : null;
    if (href === null || /^(?:[a-z]+:|#|\/)/i.test(href)) return true;
    const [path = '', fragment] = href.split('#');
    const target = resolveLink(path, file);
    if (target === 'missing') throw new Error(`${file}: the link to ${href} has no target`);
    if (target === 'file') {
      unlinked = true;
      return false;
    }
    token.attrSet('href', fragment === undefined ? target.page : `${target.page}#${fragment}`);
    return true;
  });
}
