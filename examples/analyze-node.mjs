/**
 * Analyzes clips and writes a report for each, next to the clip.
 *
 *     node examples/analyze-node.mjs first.mp4 second.mp4
 */
import process from 'node:process';

import { analyze, TelltaleError } from '@telltale/core';
import { openClip, openTools } from '@telltale/node';
import { writeReport } from '@telltale/node/report';

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('usage: node examples/analyze-node.mjs CLIP...');
  process.exit(2);
}
const controller = new AbortController();
process.once('SIGINT', () => controller.abort());
const { signal } = controller;

// Opening the models takes about as long as a short analysis: open them once.
const tools = await openTools({ signal });
try {
  for (const path of paths) {
    const clip = await openClip(path);
    try {
      const analysis = await analyze(clip, tools, { signal });
      await writeReport(`${path}-report`, analysis);
      for (const { kind, onset, apex, offset, verdict = '' } of analysis.report.expressions) {
        const times = [onset, apex, offset].map(({ time }) => time.toFixed(2));
        console.log([path, kind, ...times, verdict].join('\t'));
      }
    } finally {
      await clip.close();
    }
  }
} catch (error) {
  if (!(error instanceof TelltaleError)) throw error;
  console.error(`${error.code}: ${error.message}\n${error.hint}`);
  process.exitCode = 2;
} finally {
  await tools.close();
}
