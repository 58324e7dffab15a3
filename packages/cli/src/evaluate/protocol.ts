/** @file The protocol that a person chose, applied to the samples that are there. */
import type { Sample } from '@telltale/core/datasets';
import { applyProtocol, protocolOf } from '@telltale/core/evaluate';
import type { PlannedProtocol } from '@telltale/core/evaluate';

/** What the command takes of it. */
export interface ProtocolChoice {
  /** @defaultValue loso */
  readonly protocol?: string;
  /** Number of groups of subjects. */
  readonly folds?: number | undefined;
  /** Whether to go on where the data are not those that were published. */
  readonly allowCountMismatch?: boolean;
}

/** Samples under the classes of a protocol, and how a plan keeps it. */
export interface UnderProtocol {
  readonly samples: readonly Sample[];
  readonly planned: PlannedProtocol;
}

/**
 * Applies the chosen protocol.
 *
 * @param say - hears what is worth knowing, a line at a time
 * @throws TelltaleError `COUNTS_MISMATCH` naming what differs from the published numbers
 */
export function underProtocol(
  samples: readonly Sample[],
  { protocol: name = 'loso', folds, allowCountMismatch = false }: ProtocolChoice,
  say: (line: string) => void = () => undefined,
): UnderProtocol {
  const protocol = protocolOf(name);
  const applied = applyProtocol(protocol, samples, { allowMismatch: allowCountMismatch });
  const { omitted, mismatch } = applied.record;
  if (omitted > 0) say(`${name} leaves out ${omitted} of ${samples.length} samples`);
  if (mismatch.length > 0) say(`this is not ${name} as published: ${mismatch.join('; ')}`);
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

/** The samples that a plan's protocol takes now, whatever their number. */
export function replannedSamples(
  samples: readonly Sample[],
  plan: { readonly protocol: string },
): readonly Sample[] {
  return underProtocol(samples, { protocol: plan.protocol, allowCountMismatch: true }).samples;
}
