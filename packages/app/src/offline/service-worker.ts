/**
 * @file Keeps the files of the page, and gives every answer the headers that our own server gives: isolation, so
 * that threads may share memory, and a policy that lets nothing out. Clips never pass through here.
 */

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  readonly registration: { readonly scope: string };
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: 'install' | 'activate', on: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', on: (event: Fetching) => void): void;
}
const scope = globalThis as unknown as Scope;

const PREFIX = 'telltale-';

async function install(): Promise<void> {
  const response = await fetch('./offline.json', { cache: 'no-store' });
  const { version, files } = (await response.json()) as { version: string; files: string[] };
  const cache = await caches.open(PREFIX + version);
  try {
    await cache.addAll(files);
  } catch (error) {
    // Storage is full: the page works, isolated, but not without a network. Anything else is tried again later.
    if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error;
    await caches.delete(PREFIX + version);
  }
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== PREFIX + version) await caches.delete(name);
  }
  await scope.skipWaiting();
}

async function answer(request: Request): Promise<Response> {
  const isPage = request.mode === 'navigate';
  const kept = await caches.match(isPage ? './' : request, { ignoreSearch: isPage });
  if (kept !== undefined && !isPage) return guarded(kept);
  try {
    const fresh = await fetch(request);
    if (fresh.ok && /\/(?:assets|decoder)\//.test(request.url)) {
      const [name] = (await caches.keys()).filter((one) => one.startsWith(PREFIX));
      if (name !== undefined) await keep(name, request, fresh.clone());
    }
    return guarded(fresh);
  } catch (error) {
    if (kept !== undefined) return guarded(kept);
    throw error;
  }
}

/** Where storage is full nothing is kept, and the page works all the same. */
async function keep(name: string, request: Request, response: Response): Promise<void> {
  try {
    await (await caches.open(name)).put(request, response);
  } catch {
    // Fetched again the next time.
  }
}

function guarded(response: Response): Response {
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

scope.addEventListener('install', (event) => event.waitUntil(install()));
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(scope.registration.scope)) return;
  event.respondWith(answer(request));
});
