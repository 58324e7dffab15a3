/**
 * @file The parts of a network that its paper names, and what replaces each where it is taken out.
 *
 * A part is taken out by its name in `without` of the configuration: of trained weights, to see what it does in them,
 * or before a training. Its parameters stay, so the same weights fit; what it adds is multiplied by 0, so that in a
 * training their gradients are 0.
 */
import { mul, type Tensor } from '@telltale/engine';

import * as is from '../base/shape.ts';

/** The member of a configuration that takes parts out. */
interface Without {
  readonly without?: readonly string[];
}

/** A part of a network that can be taken out. */
export interface Part<C = never> {
  /** What its paper calls it. */
  readonly title: string;
  /** What replaces it. */
  readonly neutral: string;
  /** Whether it acts in training only, so that taking it out of trained weights changes nothing. @defaultValue false */
  readonly training?: boolean;
  /** Whether a configuration has it. @defaultValue all have it */
  isIn?(config: C): boolean;
}

/** Parts by name. */
export type Parts<C = never> = Readonly<Record<string, Part<C>>>;

/** A part under its name. */
export interface NamedPart extends Pick<Part, 'title' | 'neutral'> {
  /** As `without` takes it. */
  readonly name: string;
  /** Whether it acts in training only. */
  readonly training: boolean;
}

/**
 * The parts that a configuration has, in the order of the network's list; those that are taken out are not among them.
 *
 * @param network - whose parts
 */
export function partsOf<C extends Without>(
  network: { readonly parts: Parts<C> },
  config: C,
): readonly NamedPart[] {
  return Object.entries(network.parts).flatMap(([name, part]) =>
    part.isIn?.(config) === false || isWithout(config, name)
      ? []
      : [{ name, title: part.title, neutral: part.neutral, training: part.training === true }],
  );
}

/** Whether a part is taken out. */
export function isWithout({ without }: Without, part: string): boolean {
  return without?.includes(part) === true;
}

/** What a part gives, or 0 where it is taken out. */
export function unless(config: Without, part: string, branch: Tensor): Tensor {
  return isWithout(config, part) ? mul(branch, 0) : branch;
}

/** Schema of `without` for a network with these parts. */
export function withoutShape(parts: Parts): is.Shape {
  return is.optional(is.listOf(is.oneOf(...Object.keys(parts)), { most: 100 }));
}
