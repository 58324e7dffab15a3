/** @file The worker that runs FFmpeg in the test's page. */
import { serveFfmpeg } from '@telltale/web/ffmpeg';

const folder = '/node_modules/@ffmpeg/core/dist/esm';
serveFfmpeg({ script: `${folder}/ffmpeg-core.js`, wasm: `${folder}/ffmpeg-core.wasm` });
