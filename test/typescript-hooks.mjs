/** @file Module hooks of Node (https://nodejs.org/api/module.html#customization-hooks) that strip types. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Types of `.ts` files are removed; everything else is loaded as usual. */
export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !new URL(url).pathname.endsWith('.ts')) {
    return nextLoad(url, context);
  }
  const path = fileURLToPath(url);
  const { default: typescript } = await import('typescript');
  const { outputText } = typescript.transpileModule(await readFile(path, 'utf8'), {
    fileName: path,
    compilerOptions: {
      target: typescript.ScriptTarget.ES2022,
      module: typescript.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  return { format: 'module', source: outputText, shortCircuit: true };
}
