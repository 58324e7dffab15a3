/**
 * @file Writes weights in float16: `npm run build && node bench/pretrain/halved.mjs FROM.safetensors TO.safetensors`.
 *
 * Half the bytes to fetch and to store; they are read as float32, and each is off by at most one part in 2,048.
 */
import { readFileSync, writeFileSync } from 'node:fs';

import { readSafetensors, writeSafetensors } from '@telltale/engine';

const [from, to] = process.argv.slice(2);
writeFileSync(to, writeSafetensors(readSafetensors(readFileSync(from)), 'F16'), { flag: 'wx' });
