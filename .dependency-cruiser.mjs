/** Which folder of core may import which, in the order of the data's path. An edge without a use fails a test. */
export const sees = {
  base: [],
  video: ['base'],
  face: ['base', 'video'],
  motion: ['base'],
  magnify: ['base', 'video'],
  spot: ['base', 'video', 'face', 'motion'],
  nets: ['base'],
  recognize: ['base', 'nets'],
  units: ['base', 'nets/input.ts'],
  expression: ['base', 'video', 'face', 'motion', 'magnify', 'spot', 'nets/input.ts', 'recognize'],
  report: ['base', 'recognize', 'units'],
  analyze: [
    'base',
    'video',
    'face',
    'motion',
    'spot',
    'recognize',
    'units',
    'expression',
    'report',
  ],
  synth: ['base', 'video', 'face', 'motion'],
  datasets: ['base'],
  prepare: ['base', 'face', 'motion', 'magnify', 'spot', 'expression', 'datasets'],
  train: ['base', 'nets', 'datasets'],
  protocols: ['base', 'datasets'],
  evaluate: [
    'base',
    'units',
    'datasets',
    'protocols',
    'nets/input.ts',
    'nets/unit-emotions.ts',
    'train',
  ],
  agreement: ['base', 'report', 'datasets'],
  classical: ['base', 'nets/input.ts', 'nets/gaussian.ts', 'evaluate'],
};
const core = 'packages/core/src';
const tests = '\\.(test|cases)\\.ts$';

const layers = Object.entries(sees).map(([layer, seen]) => ({
  name: `core/${layer}`,
  comment: `${layer}/ imports only ${[layer, ...seen].join(', ')}`,
  severity: 'error',
  from: { path: `^${core}/${layer}/`, pathNot: tests },
  to: { path: `^${core}/`, pathNot: `^${core}/(${[layer, ...seen].join('|')})(/|$)` },
}));

const unseen = {
  engine: 'core|figures|node|web|cli|app',
  core: 'figures|node|web|cli|app',
  figures: 'engine|node|web|cli|app',
  node: 'engine|web|cli|app',
  web: 'engine|figures|node|cli|app',
  cli: 'web|app',
  app: 'node|cli',
};
const walls = Object.entries(unseen).map(([from, not]) => ({
  name: `package/${from}`,
  severity: 'error',
  from: { path: `^packages/${from}/`, pathNot: tests },
  to: { path: `^packages/(${not})/` },
}));

export default {
  forbidden: [
    ...layers,
    ...walls,
    {
      name: 'pure',
      comment: 'engine, core and figures run in a browser, a worker and Node alike',
      severity: 'error',
      from: { path: '^packages/(engine|core|figures|web)/src/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-native-in-the-browser',
      severity: 'error',
      from: { path: '^packages/(engine|core|figures|web|app)/src/', pathNot: tests },
      to: { path: 'node_modules/(onnxruntime-node|sharp|@node-webcodecs)/', reachable: true },
    },
    {
      name: 'engine-only-below-nets-and-train',
      comment:
        'the path from a clip to a report meets the engine only where networks are; face/ writes ONNX files with it',
      severity: 'error',
      from: {
        path: `^${core}/(base|video|face|motion|magnify|spot|report|synth|datasets)/`,
        pathNot: tests,
      },
      to: { path: '^packages/engine/src/(?!onnx/)' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.tools.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@telltale/source', 'import', 'types', 'default'],
    },
  },
};
