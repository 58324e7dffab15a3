/**
 * @file Serves the folder of the page to this computer only.
 *
 * The headers isolate the page (COOP and COEP, so that its threads may share memory) and allow connections to
 * this server only (Content-Security-Policy). Requests with another `Host` are refused, so that no other site reaches
 * it through DNS rebinding.
 */
import { own } from '@telltale/core/report';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { TelltaleError } from '@telltale/core';

/** A page that is being served. */
export interface ServedPage {
  /** Address to open, with the port. */
  readonly address: string;
  close(): Promise<void>;
}

/** Loopback only. */
const HOST = '127.0.0.1';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
};

/** Content policy; the same as in the head of the page, because workers have no head. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "worker-src 'self'",
  "style-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** Folders served under names of their own, such as `decoder`, absolute paths; they hide what the page has there. */
export type Beside = Readonly<Record<string, string>>;

interface Served {
  readonly folder: string;
  readonly beside: Beside;
}

/**
 * Serves a folder.
 *
 * @param port - 0 for any that is free
 * @throws TelltaleError `OPTION_INVALID` where the port is taken or not allowed
 */
export async function servePage(
  folder: string,
  port: number,
  beside: Beside = {},
): Promise<ServedPage> {
  const served = { folder, beside };
  const server = createServer((request, response) => {
    answer(served, request, response).catch(() => response.destroy());
  });
  await listen(server, port);
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server has no port');
  return {
    address: `http://${HOST}:${bound.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new TelltaleError(
          'OPTION_INVALID',
          `cannot serve on port ${port}: ${error.code === 'EADDRINUSE' ? 'it is taken' : error.message}`,
          'Give another --port, or leave it out: a free one is then found.',
          { cause: error },
        ),
      );
    });
    server.listen(port, HOST, () => resolve());
  });
}

async function answer(
  served: Served,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  if (!isForUs(request)) {
    refuse(response, 403);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    refuse(response, 405);
    return;
  }
  const file = await fileOf(served, request.url ?? '/');
  if (file === undefined) {
    refuse(response, 404);
    return;
  }
  response.writeHead(200, {
    'Content-Type': own(TYPES, extname(file.path)) ?? 'application/octet-stream',
    'Content-Length': file.size,
    // Names of assets hold the hash of their content, addresses of the decoder its version.
    'Cache-Control': /^\/(?:assets|decoder)\//.test(request.url ?? '')
      ? 'public, max-age=31536000, immutable'
      : 'no-cache',
  });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(file.path), response);
}

function isForUs({ headers, socket }: IncomingMessage): boolean {
  const names = [HOST, 'localhost'].map((name) => `${name}:${String(socket.localPort)}`);
  return headers.host !== undefined && names.includes(headers.host);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Length': 0 }).end();
}

/** The file behind an address; undefined where there is none inside the folder. */
async function fileOf(
  { folder, beside }: Served,
  address: string,
): Promise<{ readonly path: string; readonly size: number } | undefined> {
  let path: string;
  try {
    path = decodeURIComponent(address.replace(/[?#].*$/s, ''));
  } catch {
    return undefined;
  }
  if (path.includes('\0')) return undefined;
  const [, first = '', rest = ''] = /^\/([^/]*)(\/.*)$/s.exec(path) ?? [];
  const other = Object.hasOwn(beside, first) ? beside[first] : undefined;
  const root = other ?? folder;
  const inside = other === undefined ? path : rest;
  const whole = normalize(join(root, inside.endsWith('/') ? `${inside}index.html` : inside));
  if (!whole.startsWith(root + sep)) return undefined;
  try {
    const found = await stat(whole);
    return found.isFile() ? { path: whole, size: found.size } : undefined;
  } catch {
    return undefined;
  }
}
