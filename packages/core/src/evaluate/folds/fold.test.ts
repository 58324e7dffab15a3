/** @file From a plan to its result, with a machine that counts: what is read, chosen, checked and refused. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { parseFlowFolder } from '../../datasets/flow-folder.ts';
import { jobsOf } from '../plan/jobs.ts';
import type { PlannedJob } from '../plan/jobs.ts';
import { makePlan, planHash } from '../plan/plan.ts';
import type { Plan } from '../plan/plan.ts';
import { assertSamePlan } from '../plan/same-plan.ts';
import { checkRecord, digestOf, runFold } from './fold.ts';
import type { FoldRecord } from './fold.ts';
import { evaluationResult } from '../scores/result.ts';
import { chooseEpoch, chooseOnTest, comparedEpochs, splitInside } from './epochs.ts';
import { resultLatex } from '../tables/latex.ts';
import { resultMarkdown } from '../tables/recognition.ts';
import type { FoldOptions, FoldPart, Method, TrainingData } from './method.ts';

const EMOTIONS = ['negative', 'positive', 'surprise'];
const samples = parseFlowFolder(
  [
    'dataset,subject,clip,emotion,flow',
    ...Array.from({ length: 24 }, (_, i) => {
      const [dataset, subject] = [i % 2 === 0 ? 'A' : 'B', `s${i % 8}`];
      return `${dataset},${subject},c${i},${EMOTIONS[i % 3]!},${i}.png`;
    }),
  ].join('\n'),
);
const hashes = new Map(samples.map(({ id }) => [id, `hash of ${id}`]));
const data: TrainingData = {
  ids: samples.map(({ id }) => id),
  subjects: samples.map(({ subject }) => subject),
  labels: samples.map(({ emotion }) => EMOTIONS.indexOf(emotion!)),
  images: samples.map(() => ({ data: new Uint8Array(3), width: 1, height: 1, channels: 3 })),
  inputs: samples.map((_, i) => Float32Array.of(i, i % 3, 0)),
};

/** What the machine was given, training by training. */
let seen: { readonly part: FoldPart; readonly options: FoldOptions }[];
beforeEach(() => void (seen = []));
afterEach(() => {
  for (const { part } of seen) expect(Object.keys(part.test)).toEqual(['ids', 'images', 'inputs']);
});

/** Right at epoch 2 alone: before and after it predicts negative for all. */
const method: Method = {
  name: 'counting',
  paper: 'Counting 2026',
  settings: { kind: 'counting' },
  epochs: 4,
  open: () =>
    Promise.resolve({
      name: 'counting',
      trainFold(part, options) {
        seen.push({ part, options });
        const predictions = (options.at ?? [4]).map((epoch) => ({
          epoch,
          probabilities: part.test.inputs.map((input) =>
            EMOTIONS.map((_, c) => (c === (epoch === 2 ? input[1] : 0) ? 0.8 : 0.1)),
          ),
        }));
        return Promise.resolve({
          predictions,
          losses: [4, 3, 2, 1].slice(0, predictions.at(-1)!.epoch),
        });
      },
      release: () => Promise.resolve(),
    }),
};

function planWith(changes: Partial<Plan> = {}): Plan {
  const plan = makePlan(
    {
      telltale: '0.0.0',
      code: 'c0de',
      folder: '/data',
      samples,
      hashes,
      fingerprint: 'f',
      seeds: [1, 2],
      select: 'fixed',
      leaky: false,
      ablation: false,
    },
    [method, { ...method, name: 'other', label: 'Other & more' }],
  );
  return { ...plan, ...changes };
}

async function runOne(plan: Plan, job: PlannedJob): Promise<FoldRecord> {
  const trainable = await method.open(EMOTIONS, { ort: undefined as never });
  const named = { ...method, name: plan.methods[job.method]!.name };
  let time = 0;
  const tools = { plan, planHash: planHash(plan), method: named, trainable, data, hashes };
  return runFold(job, { ...tools, now: () => (time += 1) });
}

async function runAll(plan: Plan): Promise<FoldRecord[]> {
  return Promise.all(jobsOf(plan).map((job) => runOne(plan, job)));
}

describe('a fold', () => {
  test('reads its own training part and no label of its test part', async () => {
    const plan = planWith();
    const [job] = jobsOf(plan);
    const record = await runOne(plan, job!);
    expect(seen[0]!.part.train.ids).toEqual(job!.fold.train);
    expect(seen[0]!.part.test.ids).toEqual(job!.fold.test);
    expect(seen[0]!.options).toMatchObject({ seed: job!.trainingSeed });
    expect(record).toMatchObject({ epochs: 4, losses: [4, 3, 2, 1], subject: 'A/s0' });
    expect(record.leaky).toBeUndefined();
  });

  test('records the best epoch on its test part separately, and keeps the honest one', async () => {
    const record = await runOne(planWith({ leaky: true }), jobsOf(planWith())[1]!);
    expect(record.epochs).toBe(4);
    expect(record.probabilities[0]).toEqual([0.8, 0.1, 0.1]);
    expect(record.leaky!.epoch).toBe(2);
  });

  test('chooses its epochs on subjects that it then trains on, never on the tested one', async () => {
    const plan = planWith({ select: 'inner' });
    const record = await runOne(plan, jobsOf(plan)[3]!);
    expect(record).toMatchObject({ epochs: 2, losses: [4, 3], inner: { epoch: 2 } });
    expect(seen).toHaveLength(2);
    const [inner, outer] = seen;
    expect(inner!.part.train.subjects).not.toContain(record.subject);
    expect([...inner!.part.train.ids, ...inner!.part.test.ids].sort()).toEqual(
      [...outer!.part.train.ids].sort(),
    );
    expect(inner!.options.seed).not.toBe(outer!.options.seed);
    expect(outer!.options.at).toEqual([2]);
  });
});

describe('a record', () => {
  const plan = planWith({ select: 'inner' });
  const job = jobsOf(plan)[3]!;
  const where = { path: 'x.json', plan, planHash: planHash(plan) };
  const changed = (record: FoldRecord, changes: Partial<FoldRecord>): FoldRecord => {
    const next = { ...record, ...changes };
    return { ...next, digest: digestOf(next) };
  };

  test('is taken as it was written', async () => {
    const record = await runOne(plan, job);
    expect(checkRecord(JSON.parse(JSON.stringify(record)), job, where)).toEqual(record);
  });

  test.each([[null], [{}], ['text']])('that is %j is refused', (value) => {
    expect(() => checkRecord(value, job, where)).toThrow(
      'x.json is damaged or was not written by telltale',
    );
  });

  test('with another digit, of another plan or fold, is refused', async () => {
    const record = await runOne(plan, job);
    const code = (value: unknown, as = job): unknown => {
      try {
        checkRecord(value, as, where);
      } catch (error) {
        return (error as { code: unknown }).code;
      }
      return undefined;
    };
    expect(code({ ...record, epochs: 3 })).toBe('FOLD_CORRUPT');
    expect(code(changed(record, { plan: 'p' }))).toBe('CHECKPOINT_MISMATCH');
    expect(code(record, jobsOf(plan)[4])).toBe('CHECKPOINT_MISMATCH');
  });

  test('that shows a leak is refused, whichever it is', async () => {
    const record = await runOne(plan, job);
    const [tested] = record.test;
    const own = record.inner!;
    const ofHeldOut = record.train.find(([id]) =>
      own.subjects.some((who) => id.startsWith(`${who}/`)),
    )![0];
    for (const [changes, message] of [
      [{ train: [...record.train, tested!] }, 'was trained on other samples than planned'],
      [{ train: record.train.slice(1) }, 'was trained on other samples than planned'],
      [{ train: [[record.train[0]![0], 'h'], ...record.train.slice(1)] }, 'read other pixels'],
      [{ inner: { ...own, subjects: [record.subject] } }, 'epochs on the tested subject'],
      [{ inner: { ...own, train: [tested![0]] } }, 'which is not in its training part'],
      [{ inner: { ...own, train: [ofHeldOut] } }, 'on the same subject'],
    ] as [Partial<FoldRecord>, string][]) {
      expect(() => checkRecord(changed(record, changes), job, where)).toThrow(message);
    }
    // Even a plan that is wrong itself is not believed.
    const bad = { ...job, fold: { ...job.fold, train: [...job.fold.train, tested![0]] } };
    expect(() =>
      checkRecord(changed(record, { train: [...record.train, tested!] }), bad, where),
    ).toThrow('has the same sample');
  });
});

describe('epochs', () => {
  test('an inner split parts the subjects, keeps all samples, and is the same each time', () => {
    for (let seed = 0; seed < 30; seed++) {
      const { part, labels, subjects } = splitInside(data, seed);
      expect([...part.train.ids, ...part.test.ids].sort()).toEqual([...data.ids].sort());
      expect(part.train.subjects.filter((one) => subjects.includes(one))).toEqual([]);
      expect(labels).toEqual(part.test.ids.map((id) => data.labels[data.ids.indexOf(id)]));
      expect(new Set(labels).size).toBe(3);
      expect(labels.length).toBeGreaterThanOrEqual(24 / 5);
      expect(splitInside(data, seed)).toEqual(splitInside(data, seed));
    }
  });

  test('compares all epochs, or a hundred with the last', () => {
    expect(comparedEpochs(3)).toEqual([1, 2, 3]);
    const many = comparedEpochs(730);
    expect(many).toHaveLength(100);
    expect(many.at(-1)).toBe(730);
    expect(new Set(many).size).toBe(100);
  });

  test('chooses by UF1, then likelihood, then the earliest; on the test by hits, the last', () => {
    const moment = (epoch: number, rows: number[][]) => ({ epoch, probabilities: rows });
    const wrong = [
      [0.2, 0.8],
      [0.8, 0.2],
    ];
    const right = [
      [0.6, 0.4],
      [0.4, 0.6],
    ];
    const surer = [
      [0.9, 0.1],
      [0.1, 0.9],
    ];
    const predictions = [wrong, right, surer, surer].map((rows, i) => moment(i + 1, rows));
    expect(chooseEpoch(predictions, [0, 1], ['a', 'b'])).toEqual({
      epoch: 3,
      measures: [0, 1, 1, 1],
    });
    expect(chooseOnTest(predictions, [0, 1]).epoch).toBe(4);
  });
});

describe('a result', () => {
  test('has the scores of pooled predictions, intervals, subjects, losses and comparisons', async () => {
    const plan = planWith({ leaky: true });
    const records = await runAll(plan);
    const result = evaluationResult(plan, records);
    expect(evaluationResult(plan, [...records].reverse())).toEqual(result);
    const [first] = result.methods;
    // All is called negative: 8 of 24, F1 16/32.
    expect(first!.scores.all.uf1.mean).toBeCloseTo(0.5 / 3, 12);
    expect(first!.leaky!.scores.all.uf1.mean).toBe(1);
    expect(first!.intervals['all']!.accuracy[0]).toBeLessThanOrEqual(1 / 3);
    expect(first!.intervals['all']!.uf1[1]).toBeGreaterThanOrEqual(0.5 / 3);
    expect(first!.subjects).toHaveLength(8);
    expect(first!.losses.map(({ mean }) => mean)).toEqual([4, 3, 2, 1]);
    expect(result.comparisons).toHaveLength(1);
    expect(result.comparisons[0]).toMatchObject({
      difference: { measured: { uf1: 0 }, p: { uf1: 1 } },
      mcnemar: [{ onlyFirst: 0, onlySecond: 0, p: 1 }, { p: 1 }],
    });
    expect(result.time).toEqual({ counting: 16, other: 16 });
    const text = resultMarkdown(result);
    expect(text).toContain('| **counting** | all | 24 | 0.167 [');
    expect(text).toContain('This is not a result');
    expect(resultLatex(result)).toContain('Other \\& more & all & $0.167$');
    expect(() => evaluationResult(plan, records.slice(1))).toThrow('1 of 32 folds are missing');
  });

  test('an ensemble is the mean of its rows, fold by fold and seed by seed', async () => {
    const plan = planWith({ leaky: true });
    const tilted = (await runAll(plan)).map((record) => ({
      ...record,
      probabilities: record.probabilities.map(() =>
        record.method === 'counting' ? [0.6, 0.3, 0.1] : [0.1, 0.3, 0.6],
      ),
    }));
    const { methods, time, comparisons } = evaluationResult(plan, tilted, {
      ensembles: [
        ['counting', 'other'],
        ['other', 'counting'],
      ],
    });
    const last = methods.at(-2)!;
    expect(methods.at(-1)!).toMatchObject({
      name: 'ensemble-2',
      label: 'mean of other, counting',
      scores: { all: last.scores.all },
    });
    expect(last).toMatchObject({ name: 'ensemble', label: 'mean of counting, other' });
    expect(last.leaky).toBeUndefined();
    expect(last.results).toHaveLength(methods[0]!.results.length);
    for (const { predictions } of last.results)
      for (const { probabilities } of predictions)
        [0.35, 0.3, 0.35].forEach((value, k) => expect(probabilities[k]).toBeCloseTo(value, 12));
    expect(time['ensemble']).toBe(32);
    expect(comparisons).toHaveLength(6);
    for (const ensemble of [['counting'], ['counting', 'counting'], ['counting', 'unknown']])
      expect(() => evaluationResult(plan, tilted, { ensembles: [ensemble] })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
  });

  test('an ablation compares each row with the first', async () => {
    const plan = planWith({ ablation: true });
    const three: Plan = { ...plan, methods: [...plan.methods, { ...plan.methods[1]!, name: 'c' }] };
    const { comparisons } = evaluationResult(three, await runAll(three));
    expect(comparisons.map(({ first, second }) => `${first} ${second}`)).toEqual([
      'counting other',
      'counting c',
    ]);
  });
});

describe('a plan', () => {
  test('does not depend on where the data lie', () => {
    expect(planHash(planWith({ folder: '/elsewhere' }))).toBe(planHash(planWith()));
    expect(() => assertSamePlan(planWith({ folder: '/elsewhere' }), planWith(), 'r')).not.toThrow();
  });

  test('is resumed by another release with the same code, and by no other code', () => {
    const kept = planWith();
    expect(() => assertSamePlan(planWith({ telltale: '9.0.0' }), kept, 'r')).not.toThrow();
    expect(() => assertSamePlan(planWith({ code: 'other' }), kept, 'r')).toThrow(
      'it was planned by telltale 0.0.0, whose code differs',
    );
    const { code, ...old } = kept;
    expect(code).toBe('c0de');
    expect(() => assertSamePlan(kept, { ...old, telltale: '0.1.0' }, 'r')).toThrow(
      'it was planned by telltale 0.1.0, which did not record its code',
    );
  });

  test('is not resumed with other settings, and the error lists the differences', () => {
    const kept = planWith();
    const [sample] = kept.samples;
    const refusalOf = (now: Partial<Plan>): string => {
      try {
        assertSamePlan(planWith(now), kept, 'RUN');
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    expect(refusalOf({ seeds: [4] })).toContain('seeds: [1,2] there, [4] now');
    expect(refusalOf({ methods: kept.methods.slice(1) })).toContain(
      'methods: counting, other there, other now',
    );
    expect(
      refusalOf({ methods: kept.methods.map((one) => ({ ...one, settings: { kind: 'x' } })) }),
    ).toContain('counting kind: "counting" there, "x" now');
    expect(refusalOf({ fingerprint: 'g', samples: kept.samples.slice(1) })).toContain(
      `${sample!.id} is gone`,
    );
    expect(
      refusalOf({
        fingerprint: 'g',
        samples: [{ ...sample!, picture: 'p' }, ...kept.samples.slice(1)],
      }),
    ).toContain(`the flow image of ${sample!.id} changed`);
    expect(
      refusalOf({
        fingerprint: 'g',
        samples: [{ ...sample!, emotion: 'e' }, ...kept.samples.slice(1)],
      }),
    ).toContain('was negative, is e');
  });

  test('needs emotions and clips with different flow images', () => {
    const input = {
      telltale: '0',
      code: 'c0de',
      folder: '/',
      fingerprint: 'f',
      seeds: [1],
      select: 'fixed',
      leaky: false,
      ablation: false,
    } as const;
    const [one, ...others] = samples;
    const { id, dataset, subject, clip, file } = one!;
    const unknown = { id, dataset, subject, clip, file };
    expect(() => makePlan({ ...input, hashes, samples: [unknown, ...others] }, [method])).toThrow(
      /has no emotion/,
    );
    expect(() => makePlan({ ...input, hashes, samples: samples.slice(0, 1) }, [method])).toThrow(
      /all samples have the emotion/,
    );
    const same = new Map(hashes).set(samples[1]!.id, hashes.get(samples[2]!.id)!);
    expect(() => makePlan({ ...input, hashes: same, samples }, [method])).toThrow(
      /have the same image/,
    );
  });
});
