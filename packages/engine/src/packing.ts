/**
 * @file Many small parameters as one vector, so that the optimizer runs its passes once for all.
 *
 * A network of sixty tensors of a few hundred numbers each would spend more
 * time between operators than in them. Large parameters are not packed: their
 * passes are long, and packing would add two more.
 */
import { reshape } from './operations/broadcast.ts';
import { concat, split } from './operations/layout.ts';
import type { NamedParameter } from './parameters.ts';
import { leaf, sizeOf, type Tensor } from './tensor.ts';

/** Parameters of at least this many numbers are not packed. */
const LARGE = 16_384;

/** A trainable parameter with the leaf that stands for it in the network. */
export type Trainable = readonly [tensor: Tensor, info: NamedParameter];

/** Parameters that are updated together. */
export interface Pack {
  /** Empty where the pack is one parameter in its own shape. */
  readonly name: string;
  readonly members: readonly Trainable[];
  /** Whether weight decay applies. */
  readonly decay: boolean;
}

/** Trainable parameters in packs: one for those with weight decay, one for the others, and one for each large parameter. */
export function packParameters(trainable: readonly Trainable[]): readonly Pack[] {
  const decays = ([, info]: Trainable): boolean => info.decay ?? info.shape.length > 1;
  const large = ([{ shape }]: Trainable): boolean => sizeOf(shape) >= LARGE;
  const alone = (member: Trainable): Pack => ({
    name: '',
    members: [member],
    decay: decays(member),
  });
  const small = trainable.filter((member) => !large(member));
  const joined = [true, false].flatMap((decay, i): readonly Pack[] => {
    const members = small.filter((member) => decays(member) === decay);
    return members.length > 1 ? [{ name: `packed.${i}`, members, decay }] : members.map(alone);
  });
  return [...joined, ...trainable.filter(large).map(alone)];
}

/** A leaf for one kind of state of a pack, such as its weights or their first moments. */
export function packLeaf({ name, members }: Pack, kind: string): Tensor {
  const [tensor, info] = members[0]!;
  return name === ''
    ? leaf(kind + info.name, tensor.shape)
    : leaf(`${name}.${kind}`, [members.reduce((sum, [{ shape }]) => sum + sizeOf(shape), 0)]);
}

/** What each member is, in terms of the pack's weights. */
export function unpack(
  { name, members }: Pack,
  weights: Tensor,
): readonly (readonly [member: Tensor, value: Tensor])[] {
  if (name === '') return [[members[0]![0], weights]];
  const parts = split(
    weights,
    0,
    members.map(([{ shape }]) => sizeOf(shape)),
  );
  return members.map(([tensor], i) => [tensor, reshape(parts[i]!, tensor.shape)]);
}

/** Tensors of the members' shapes as one of the pack's. */
export function joinMembers({ name }: Pack, tensors: readonly Tensor[]): Tensor {
  if (name === '') return tensors[0]!;
  const flat = tensors.map((tensor) => reshape(tensor, [sizeOf(tensor.shape)]));
  return concat(flat, 0);
}
