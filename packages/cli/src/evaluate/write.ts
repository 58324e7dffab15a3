/** @file The result of an evaluation as files. */
import { megcLog, resultLatex, resultMarkdown } from '@telltale/core/evaluate';
import type { EvaluationResult, MethodResult, Plan, Summary } from '@telltale/core/evaluate';
import { evaluationPage } from '@telltale/figures/evaluation';
import { parseHTML } from 'linkedom/worker';
import { writeFolderWhole } from '@telltale/node/output';

/**
 * Writes `result.json`, `result.md`, `result.tex`, `report.html` and `logs/`, all or none.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE`
 */
export async function writeResult(
  folder: string,
  plan: Plan,
  result: EvaluationResult,
): Promise<void> {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  await writeFolderWhole(
    folder,
    new Map([
      ['result.json', `${JSON.stringify(result, null, 1)}\n`],
      ['result.md', resultMarkdown(result)],
      ['result.tex', resultLatex(result)],
      ['report.html', evaluationPage(result, { document })],
      ...result.methods.flatMap((method) => logsOf(plan, method)),
    ]),
  );
}

/** One log of the MEGC 2019 format per seed. */
function logsOf(plan: Plan, { name, results }: MethodResult): [string, string][] {
  return plan.seeds.map((seed) => {
    const probabilitiesOf = new Map(
      results
        .filter((result) => result.seed === seed)
        .flatMap(({ predictions }) => predictions.map((one) => [one.id, one.probabilities])),
    );
    const rows = plan.samples.map((sample) => ({
      sample,
      probabilities: probabilitiesOf.get(sample.id)!,
    }));
    return [`logs/${name}-seed-${seed}.megc.txt`, megcLog(rows, plan.classes)];
  });
}

/** UF1 and UAR of each method over everything and over each dataset, as mean ± standard deviation over seeds. */
export function scoreLines({ methods }: EvaluationResult): string {
  const rows = methods.flatMap(({ label, scores }): [string, Summary][] => [
    [methods.length > 1 ? label : 'all', scores.all],
    ...Object.entries(scores.parts).map(([name, part]): [string, Summary] => [`  ${name}`, part]),
  ]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, { samples, uf1, uar }]) => {
    const values = [uf1, uar].map(
      ({ mean, deviation }) => `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`,
    );
    return `${name.padEnd(width)}  ${String(samples).padStart(5)}  ${values.join('  ')}`;
  });
  return `${[`${''.padEnd(width)}  clips  UF1              UAR`, ...lines].join('\n')}\n`;
}
