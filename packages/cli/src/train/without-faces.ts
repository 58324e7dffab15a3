/** @file The note for a network that takes faces, trained on data without faces. */

/** What replaces the faces, and the effect. */
export function withoutFaces(network: string): string {
  return `${network} takes the apex face, and the data have none: it receives the magnitude of the flow instead, and cannot learn from appearance`;
}
