/** @file The chosen protocol, applied to the samples. */
import type { Sample } from '@telltale/core/datasets';
import { applyProtocol, protocolOf } from '@telltale/core/evaluate';
import type { PlannedProtocol } from '@telltale/core/evaluate';

/** What the command takes of it. */
export interface ProtocolChoice {
  /** @defaultValue loso */
  readonly protocol?: string;
  /** Number of groups of subjects. */
  readonly folds?: number | undefined;
  /** Whether to continue where the data differ from the published ones. */
  readonly allowCountMismatch?: boolean;
}

/** Samples under the classes of a protocol, and the protocol as in a plan. */
export interface UnderProtocol {
  readonly samples: readonly Sample[];
  readonly planned: PlannedProtocol;
}

/**
 * Applies the chosen protocol.
 *
 * @param note - called with notes for the user, one line each
 * @throws TelltaleError `COUNTS_MISMATCH` naming what differs from the published numbers
 */
export function underProtocol(
  samples: readonly Sample[],
  { protocol: name = 'loso', folds, allowCountMismatch = false }: ProtocolChoice,
  note: (line: string) => void = () => undefined,
): UnderProtocol {
  const protocol = protocolOf(name);
  const applied = applyProtocol(protocol, samples, { allowMismatch: allowCountMismatch });
  const { omitted, mismatch } = applied.record;
  if (omitted > 0) note(`${name} leaves out ${omitted} of ${samples.length} samples`);
  if (mismatch.length > 0) note(`this is not ${name} as published: ${mismatch.join('; ')}`);
  const count = folds ?? protocol.folds;
  return {
    samples: applied.samples,
    planned: {
      cut: protocol.cut,
      ...(count !== undefined && { folds: count }),
      record: applied.record,
    },
  };
}

/** The samples that a plan's protocol selects, whatever their number. */
export function replannedSamples(
  samples: readonly Sample[],
  plan: { readonly protocol: string },
): readonly Sample[] {
  return underProtocol(samples, { protocol: plan.protocol, allowCountMismatch: true }).samples;
}
