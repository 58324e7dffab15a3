/**
 * @file Ablations: one part of a network removed or exchanged at a time, before the training.
 *
 * Every network names the parts that can be removed. What is exchanged in MERba follows Mao et al. 2025, "MERba: Multi-Receptive Field
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

/** MERba's rows with parts exchanged; all others are compared with the first, the whole network. */
const merbaVariants: readonly Variant[] = [
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

/** A part of a network, as far as a row needs it. */
interface RemovablePart {
  readonly name: string;
  readonly title: string;
}

/**
 * The rows of an ablation: the whole network, MERba's with a part exchanged, then one without each part.
 *
 * @param parts - of the network's configuration, from `partsOf` of `@telltale/core/nets`
 */
export function variantsOf(network: string, parts: readonly RemovablePart[]): readonly Variant[] {
  const exchanged = network === 'merba' ? merbaVariants : [];
  const whole = { name: network, label: 'whole', changes: {} };
  return [
    ...(exchanged.length > 0 ? exchanged : [whole]),
    ...parts
      .filter(({ name }) => !exchanged.some((one) => one.name === `${network}-no-${name}`))
      .map(({ name, title }) => ({
        name: `${network}-no-${name}`,
        label: `without: ${title}`,
        changes: { without: [name] },
      })),
  ];
}
