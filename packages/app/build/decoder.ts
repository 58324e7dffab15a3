/**
 * @file The second decoder beside the page: FFmpeg as WebAssembly, whole and unchanged, as files of its own.
 *
 * It is under another license (GPL-2.0-or-later) than the page, so it is neither bundled nor part of the npm package:
 * there `telltale open` serves it from its own package. A build for a static host has it in `decoder/`, with its
 * license beside it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import type { Plugin } from 'vite';

/** Folder of the build that holds the decoder. */
export const DECODER = 'decoder';

/** Version of the decoder: part of its address, so that no old one is kept. */
export const decoderVersion: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly peerDependencies: { readonly '@ffmpeg/core': string };
  }
).peerDependencies['@ffmpeg/core'];

/** Folder of the decoder; undefined if it is not installed, which is the default. */
function decoderFolder(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@ffmpeg/core')), '../esm');
  } catch {
    return undefined;
  }
}

/** Puts the decoder and its license into the build, where the decoder is installed. */
export function decoderBeside(): Plugin {
  return {
    name: 'telltale-decoder',
    apply: 'build',
    generateBundle() {
      const folder = decoderFolder();
      if (folder === undefined) return;
      const emit = (name: string, source: Uint8Array | string): void => {
        this.emitFile({ type: 'asset', fileName: `${DECODER}/${name}`, source });
      };
      for (const name of ['ffmpeg-core.js', 'ffmpeg-core.wasm']) {
        emit(name, readFileSync(join(folder, name)));
      }
      emit('LICENSE', readFileSync(new URL('GPL-2.0.txt', import.meta.url)));
      emit('README', ABOUT);
    },
  };
}

const ABOUT = `ffmpeg-core.js and ffmpeg-core.wasm are @ffmpeg/core ${decoderVersion}, unchanged, under the GNU General
Public License, version 2 or later: see LICENSE. They decode what a browser cannot, are loaded only then, and run in
a worker of their own. The page works without this folder, for all that the browser decodes by itself.

Their source, with the script that builds it: https://github.com/ffmpegwasm/ffmpeg.wasm/tree/v${decoderVersion}
`;
