/**
 * @file Where a network whose attention is driven by the flow looks: a graph of its own, opened when it is first needed.
 *
 * After Cai et al. 2024, "MFDAN": the flow is to "locate the interest region of micro-expressions in the image". The map
 * shows the region, and the share how much of the network's image features it makes.
 */
import {
  createPredictor,
  EngineError,
  type Predictor,
  type SessionSettings,
} from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';
import type { Ort } from '../base/ort.ts';
import { exportAttention } from '../nets/export.ts';
import type { Model } from './weights.ts';

/** Where the attention of a network looks in one expression. */
export interface AttentionMap {
  /** Side of the maps, places of the face box. */
  readonly side: number;
  /**
   * Attention to each place, `[side, side]`: 1 is what each has where all of a window are attended alike. The mean over
   * queries, heads, blocks, and the image and its mirror image.
   */
  readonly attention: Float32Array;
  /** Movement of each place over the mean one, `[side, side]`, as the attention is given it. */
  readonly movement: Float32Array;
  /**
   * What the attention adds to the features of the image: its root mean square over theirs. Near 0 the flow drives next
   * to nothing, wherever the map looks.
   */
  readonly share: number;
}

/** Shows where the flow drives a network's attention. */
export interface FlowAttention {
  /** @param input - as `prepareInput` makes it, `[planes, size, size]` */
  look(input: Float32Array): Promise<AttentionMap>;
  /** Frees what the runtime holds. */
  release(): Promise<void>;
}

/** The attention of a network; undefined where no flow drives it. */
export function flowAttentionOf(
  ort: Ort,
  model: Model,
  settings: SessionSettings,
): FlowAttention | undefined {
  const { network } = model;
  if (network.isFlowDriven?.(model.config) !== true) return undefined;
  let opened: Promise<Predictor> | undefined;
  return {
    async look(input) {
      opened ??= open(ort, model, settings);
      const predictor = await opened;
      const { attention, movement, share } = await predictor.run({ images: input });
      return {
        side: Math.sqrt(attention!.length),
        attention: attention!,
        movement: movement!,
        share: share![0]!,
      };
    },
    async release() {
      await (await opened)?.release();
    },
  };
}

async function open(ort: Ort, model: Model, settings: SessionSettings): Promise<Predictor> {
  try {
    return await createPredictor(ort, exportAttention(model.network, model), settings);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    throw new TelltaleError(
      'WEIGHTS_MISMATCH',
      `the attention of network ${model.network.name} cannot be shown with the settings of the weights: ${cause.message}`,
      'Use weights that were trained with this network and these settings.',
      { cause },
    );
  }
}
