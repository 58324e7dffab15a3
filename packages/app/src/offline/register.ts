/** @file Registers the service worker, which keeps the page for use without a network. */

/** Registers it once the page is idle; only the built page has one. */
export function keepOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const register = (): void => {
    navigator.serviceWorker.register('./service-worker.js', { type: 'module' }).then(
      () => askForIsolation(),
      () => undefined, // a browser that refuses it still shows the page
    );
  };
  if (document.readyState === 'complete') register();
  else addEventListener('load', register, { once: true });
}

/**
 * A host that sends no COOP and COEP headers gets them from the service worker: the page must be loaded through it
 * once. Only while nothing has begun, and only once.
 */
function askForIsolation(): void {
  if (globalThis.crossOriginIsolated || sessionStorage.getItem(TRIED) !== null) return;
  void navigator.serviceWorker.ready.then(() => {
    if (document.querySelector('[data-screen="start"]') === null) return;
    try {
      sessionStorage.setItem(TRIED, '1');
    } catch {
      return; // storage is full or forbidden: without a mark it might load for ever
    }
    location.reload();
  });
}

const TRIED = 'telltale.isolation';
