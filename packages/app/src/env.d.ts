/// <reference types="svelte" />
/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Version of the second decoder, part of its address. */
  readonly DECODER_VERSION: string;
}
