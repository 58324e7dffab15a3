/** @file The bytes of a file in the browser. */
import type { FileBytes } from '@telltale/core/video';

/** A file as the readers of containers take it. */
export function fileBytesOf(file: Blob): FileBytes {
  return {
    size: file.size,
    read: async (at, length) => new Uint8Array(await file.slice(at, at + length).arrayBuffer()),
  };
}
