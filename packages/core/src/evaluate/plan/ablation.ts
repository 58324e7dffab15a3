/**
 * @file The ablation of MERba: one part removed or exchanged at a time.
 *
 * Which parts there are follows Mao et al. 2025, "MERba: Multi-Receptive Field
 * MambaVision for Micro-Expression Recognition", arXiv:2506.14468: scans in
 * several directions, attention between windows, classification in two
 * granularities, several receptive fields. All rows have the sizes and the
 * recipe of the first one.
 */

/** One row of an ablation. */
export interface Variant {
  /** Unique, safe as part of a file name. */
  readonly name: string;
  /** Label in the table. */
  readonly label: string;
  /** Changes to the configuration. */
  readonly changes: Readonly<Record<string, unknown>>;
}

/** The rows; all others are compared with the first, the whole network. */
export const merbaVariants: readonly Variant[] = [
  { name: 'merba', label: 'whole (row forward + column backward)', changes: {} },
  { name: 'merba-scan-row', label: 'scan: row forward', changes: { scans: ['Hf'] } },
  { name: 'merba-scan-rows', label: 'scan: row both ways', changes: { scans: ['Hf', 'Hb'] } },
  {
    name: 'merba-scan-forward',
    label: 'scan: row + column forward',
    changes: { scans: ['Hf', 'Vf'] },
  },
  {
    name: 'merba-scan-all',
    label: 'scan: all four',
    changes: { scans: ['Hf', 'Hb', 'Vf', 'Vb'] },
  },
  { name: 'merba-no-attention', label: 'no window attention', changes: { attention: false } },
  { name: 'merba-one-head', label: 'one head', changes: { groups: [] } },
  { name: 'merba-one-field', label: 'one receptive field', changes: { fields: 'one' } },
];
