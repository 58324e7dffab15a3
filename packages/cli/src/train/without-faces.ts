/** @file The sentence for a network that looks at faces and is given none. */

/** What stands in, and what that costs. */
export function withoutFaces(network: string): string {
  return `${network} looks at the apex face, and the data have none: it is given the magnitude of the flow in its place, and cannot learn what only a face shows`;
}
