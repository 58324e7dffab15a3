/**
 * @file Chromium, Firefox by WebDriver BiDi and WebKitGTK's MiniBrowser by WebDriver, for tests. Every step has a time limit, and
 * closing kills the browser with all its processes: no browser can hold up a test run.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import type { LaunchOptions } from 'puppeteer-core';

import { CHROMIUM, hasChromium } from './chromium.ts';

/** A browser with one open page. */
export interface DrivenPage {
  goto(address: string): Promise<void>;
  /**
   * Runs the body of a function in the page; `args` holds its arguments, and it returns JSON.
   * It may not wait: a step of WebDriver is short, and waiting is done here.
   */
  run(body: string, ...args: readonly string[]): Promise<unknown>;
  close(): Promise<void>;
}

/** A browser that may be installed. */
export interface Driver {
  readonly name: string;
  /** Programs that are missing. */
  readonly missing: readonly string[];
  open(): Promise<DrivenPage>;
}

/** Milliseconds for one step. */
const STEP = 60_000;

/** Chromium. */
export const chromium: Driver = {
  name: 'Chromium',
  missing: hasChromium ? [] : [CHROMIUM],
  open: () =>
    openByPuppeteer('Chromium', {
      browser: 'chrome',
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    }),
};

/** Firefox ESR or another Firefox. */
export const firefox: Driver = {
  name: 'Firefox',
  missing: firefoxPath() === undefined ? ['firefox-esr'] : [],
  open: () => openByPuppeteer('Firefox', { browser: 'firefox', executablePath: firefoxPath()! }),
};

/** WebKitGTK's MiniBrowser on a display of its own. */
export const webkit: Driver = {
  name: 'WebKitGTK',
  missing: [
    ...['WebKitWebDriver', 'Xvfb'].filter((program) => pathOf(program) === undefined),
    ...(miniBrowser() === undefined ? ['MiniBrowser'] : []),
  ],
  open: openWebKit,
};

function pathOf(program: string): string | undefined {
  const { status, stdout } = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function firefoxPath(): string | undefined {
  return process.env['FIREFOX'] ?? pathOf('firefox-esr') ?? pathOf('firefox');
}

/** Debian puts it in a folder that names the architecture and the version of the interface. */
function miniBrowser(): string | undefined {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib') : [];
  return folders
    .filter((folder) => folder.endsWith('-linux-gnu'))
    .flatMap((folder) =>
      ['4.1', '4.0', '6.0'].map((api) => `/usr/lib/${folder}/webkit2gtk-${api}/MiniBrowser`),
    ) // prettier-ignore
    .find((path) => existsSync(path));
}

/** Rejects after a time; the work itself is ended by `close`. */
async function within<Value>(work: Promise<Value>, what: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer in ${STEP / 1000} s`)), STEP);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** A home of its own for a browser: what a page saves goes to the downloads there, and not to the user's. */
function makeHome(name: string): {
  readonly env: NodeJS.ProcessEnv;
  readonly remove: () => void;
} {
  const home = mkdtempSync(join(tmpdir(), `telltale-${name.toLowerCase()}-`));
  const own = { HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home };
  return {
    env: { ...process.env, ...own },
    remove: () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Ends a process with the group that it leads. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

async function openByPuppeteer(name: string, program: LaunchOptions): Promise<DrivenPage> {
  const { default: puppeteer } = await import('puppeteer-core');
  const { env, remove } = makeHome(name);
  const browser = await puppeteer.launch({
    ...program,
    env,
    headless: true,
    timeout: STEP,
    protocolTimeout: STEP,
  });
  const end = (): void => {
    browser.process()?.kill('SIGKILL');
    remove();
  };
  process.once('exit', end);
  try {
    const page = await within(browser.newPage(), name);
    await page.setViewport({ width: 1280, height: 900 });
    return {
      async goto(address) {
        await page.goto(address, { timeout: STEP });
      },
      run: (body, ...args) =>
        within(page.evaluate(`(function (...args) { ${body} })(...${JSON.stringify(args)})`), name), // prettier-ignore
      async close() {
        await within(browser.close(), name).catch(() => undefined);
        end();
        process.off('exit', end);
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}

/** A port of this computer that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port is free');
  return address.port;
}

async function openWebKit(): Promise<DrivenPage> {
  const port = await freePort();
  const { env: own, remove } = makeHome('WebKitGTK');
  const env = {
    ...own,
    ...{ LIBGL_ALWAYS_SOFTWARE: '1', WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' },
  };
  const shell = `Xvfb -displayfd 3 -screen 0 1280x1024x24 -nolisten tcp 3>"$HOME/display" 2>/dev/null &
    for _ in $(seq 100); do [ -s "$HOME/display" ] && break; sleep 0.1; done
    DISPLAY=":$(cat "$HOME/display")" exec WebKitWebDriver --port=${port}`;
  const driver = spawn('sh', ['-c', shell], { env, detached: true, stdio: 'ignore' });
  const end = (): void => killGroup(driver);
  process.once('exit', end);
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      signal: AbortSignal.timeout(STEP),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as { value: unknown };
    if (!response.ok) throw new Error(`WebKitGTK: ${JSON.stringify(value)}`);
    return value;
  };
  try {
    for (let left = 100; ; left--) {
      const isReady = await ask('GET', '/status').then(() => true, () => false); // prettier-ignore
      if (isReady) break;
      if (left === 0) throw new Error('WebKitWebDriver does not start');
      await sleep(200);
    }
    const options = { binary: miniBrowser()!, args: ['--automation'] };
    const { sessionId } = (await ask('POST', '/session', {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
    })) as { sessionId: string };
    const session = `/session/${sessionId}`;
    return {
      async goto(url) {
        await ask('POST', `${session}/url`, { url });
      },
      run: (body, ...args) =>
        ask('POST', `${session}/execute/sync`, {
          script: `return (function (...args) { ${body} })(...arguments)`,
          args,
        }),
      async close() {
        await ask('DELETE', session).catch(() => undefined);
        end();
        process.off('exit', end);
        remove();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}
