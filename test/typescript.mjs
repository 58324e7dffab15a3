/**
 * @file Lets Node run the TypeScript sources, so that tests can start the project's own workers and processes without
 * a build. Loaded with `--import` (vitest.config.ts); a worker or child process inherits it.
 */
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
