/** @file Messages between the analysis and the thread that finds landmarks. */
import type { NetworkOutputs } from '@telltale/core/face';

/** To the thread: a face to find landmarks in, in shared memory that is not changed before the reply; or the end. */
export type Request =
  { readonly kind: 'run'; readonly input: Float32Array } | { readonly kind: 'close' };

/** From the thread: the network is open or closed; or the outputs of the oldest face; or why there are none. */
export type Reply =
  | { readonly kind: 'opened' | 'closed' }
  | { readonly kind: 'outputs'; readonly outputs: NetworkOutputs }
  | {
      readonly kind: 'failed';
      readonly message: string;
      /** Of a TelltaleError. */
      readonly code?: string | undefined;
      readonly hint?: string | undefined;
    };
