/** @file The worker that runs FFmpeg, which is served beside the page, unbundled: it has a license of its own. */
import { serveFfmpeg } from '@telltale/web/ffmpeg';

const addressOf = (name: string): string =>
  new URL(`../decoder/${name}?${import.meta.env.DECODER_VERSION}`, location.href).href;

serveFfmpeg({ script: addressOf('ffmpeg-core.js'), wasm: addressOf('ffmpeg-core.wasm') });
