/**
 * @file The recognizer of units as two files that any program can use: a standard ONNX graph, and `model.json` that
 * describes it.
 */
import { Graph, writeModel } from '@telltale/engine/onnx';

import { sha256 } from '../base/sha256.ts';
import { VERSION } from '../base/version.ts';
import { flowSize, inputVersion } from '../nets/input.ts';
import { mirrorFeatures, UNIT_CELLS, UNIT_FEATURES } from './features.ts';
import { CONSTANT } from './fit.ts';
import { allUnits, type UnitsModel } from './model.ts';
import { unfoldOdd } from './sides.ts';
import { actionUnitOf } from './vocabulary.ts';

/** Name and version of the format of the description. */
const SCHEMA = 'telltale.units-model/1';

/**
 * The ONNX file of a recognizer of units, with the text of its `model.json`.
 *
 * Input `images` `[1, 3, 28, 28]`, as `flowInput` prepares it. Outputs, one number for each unit: `left` and `right`,
 * decisions of both sides of the subject; `decisions` of the face, from 0 on a unit is named; `probabilities`, from 0.5
 * on a named unit is sure; `asymmetries`: positive toward the left side, one-sided from the threshold of the unit on.
 *
 * @param file - name that the ONNX file will have
 */
export function exportUnits(
  model: UnitsModel,
  file: string = 'units.onnx',
): { readonly onnx: Uint8Array; readonly description: string } {
  const { card } = model;
  const known = allUnits(card);
  const n = known.length;
  const graph = new Graph('portable');
  const images = graph.input('images', [1, 3, flowSize, flowSize]);
  const cell = flowSize / UNIT_CELLS;
  const pooling = { kernel_shape: [cell, cell], strides: [cell, cell] };
  const features = graph.one('Flatten', [graph.one('AveragePool', [images], pooling)], { axis: 1 });
  const left = linear(graph, features, rowsOf(model));
  const right = linear(
    graph,
    features,
    rowsOf(model).map(({ weight, bias }) => ({ weight: mirrorFeatures(weight), bias })),
  );
  // As faceDecision: half the stronger side, half the mean of both.
  const larger = graph.one('Mul', [graph.one('Max', [left, right]), graph.scalar(0.5)]);
  const mean = graph.one('Mul', [graph.one('Add', [left, right]), graph.scalar(0.25)]);
  const decisions = graph.one('Add', [larger, mean]);
  const slopes = graph.floats(model.calibrations.map(({ slope }) => slope));
  const offsets = graph.floats(model.calibrations.map(({ offset }) => offset));
  const logits = graph.one('Add', [graph.one('Mul', [decisions, slopes]), offsets]);
  const asymmetries = linear(
    graph,
    features,
    model.sides.weights.map((weight) => ({ weight: unfoldOdd(weight), bias: 0 })),
  );
  const outputs = {
    ...{ left, right, decisions },
    ...{ probabilities: graph.one('Sigmoid', [logits]), asymmetries },
  };
  for (const [name, value] of Object.entries(outputs)) graph.output(value, name, [1, n]);
  const units = known.map((unit, i) => ({
    ...{ unit, name: actionUnitOf(unit)?.name },
    oneSidedFrom: model.sides.thresholds[i],
    ...(i >= card.units.length && { learnedFrom: 'synthetic' }),
  }));
  const onnx = writeModel(graph, {
    units: JSON.stringify(known),
    ...(card.syntheticUnits && { synthetic_units: JSON.stringify(card.syntheticUnits) }),
    ...{ weights: card.weights, score: card.score },
  });
  const described = {
    schema: SCHEMA,
    onnx: { file, sha256: sha256(onnx) },
    input: { name: 'images', shape: [1, 3, flowSize, flowSize], preparation: inputVersion },
    outputs: Object.keys(outputs).map((name) => ({ name, shape: [1, n] })),
    units,
    score: card.score,
    weights: card.weights,
    made: `telltale ${VERSION}`,
  };
  return { onnx, description: `${JSON.stringify(described, null, 2)}\n` };
}

interface Row {
  readonly weight: Float64Array;
  readonly bias: number;
}

/** Decisions as weights of features that are not standardized. */
function rowsOf({ means, scales, weights }: UnitsModel): Row[] {
  return weights.map((row) => {
    const weight = Float64Array.from(
      scales,
      (scale, i) => (row[i]! * scale) / Math.sqrt(UNIT_FEATURES),
    );
    const shift = weight.reduce((sum, value, i) => sum + value * means[i]!, 0);
    return { weight, bias: row[UNIT_FEATURES]! * CONSTANT - shift };
  });
}

/** Weighted sums of the features, shape `[1, rows]`. */
function linear(graph: Graph, features: string, rows: readonly Row[]): string {
  const data = Float32Array.from(rows.flatMap(({ weight }) => [...weight]));
  const weights = graph.initializer(data, [rows.length, UNIT_FEATURES]);
  const bias = graph.floats(rows.map((row) => row.bias));
  return graph.one('Gemm', [features, weights, bias], { transB: 1 });
}
