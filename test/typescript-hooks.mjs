/** @file Module hooks of Node (https://nodejs.org/api/module.html#customization-hooks) that strip types. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Stripped modules by their content, because hundreds of processes of the tests load the same ones. */
const CACHE = new URL('../node_modules/.cache/stripped-types/', import.meta.url);

/** Types of `.ts` files are removed; everything else is loaded as usual. */
export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !new URL(url).pathname.endsWith('.ts')) {
    return nextLoad(url, context);
  }
  const path = fileURLToPath(url);
  const text = await readFile(path, 'utf8');
  const key = createHash('sha256').update(path).update('\0').update(text).digest('hex');
  const cached = new URL(`${key}.js`, CACHE);
  const source = await readFile(cached, 'utf8').catch(() => strip(path, text, cached));
  return { format: 'module', source, shortCircuit: true };
}

async function strip(path, text, cached) {
  const { default: typescript } = await import('typescript');
  const { outputText } = typescript.transpileModule(text, {
    fileName: path,
    compilerOptions: {
      target: typescript.ScriptTarget.ES2022,
      module: typescript.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  // Whole or absent, while others write the same. A folder that cannot be written only costs time.
  const own = new URL(`${cached.href}.${process.pid}`);
  await mkdir(CACHE, { recursive: true })
    .then(() => writeFile(own, outputText))
    .then(() => rename(own, cached))
    .catch(() => undefined);
  return outputText;
}
