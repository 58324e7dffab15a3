/** @file The worker that finds the face in the camera's frames, and hands it on to be measured. */
import { watchLive } from '@telltale/core/spot';
import type { FaceModels } from '@telltale/core';
import { openFace } from '@telltale/web/models';

import { PageError } from '../session/problem.ts';
import { serveRequests } from '../session/rpc.ts';
import { takeAll } from './film.ts';
import { openHandover } from './handover.ts';
import { openPipeline, type Pipeline } from './pipeline.ts';
import { openPixelStore } from './pixels.ts';
import type { LiveRequests } from './protocol.ts';

let opened: { readonly face: FaceModels; readonly pipeline: Pipeline } | undefined;

serveRequests<LiveRequests>({
  async open({ faces }) {
    const [face, store] = await Promise.all([openFace(), openPixelStore()]);
    opened = { face, pipeline: openPipeline({ store, handover: openHandover(faces) }) };
    return { value: true };
  },
  begin({ window }) {
    const { face, pipeline } = tools();
    pipeline.begin(watchLive(face), window);
    return Promise.resolve({ value: true });
  },
  async film({ frames }) {
    const { pipeline } = tools();
    await takeAll(frames, (frame) => pipeline.take(frame));
    return { value: true };
  },
  async frame({ frame }) {
    await tools().pipeline.take(frame);
    return { value: true };
  },
  pause({ isPaused }) {
    tools().pipeline.pause(isPaused);
    return Promise.resolve({ value: true });
  },
  run: () => tools().pipeline.run(),
});

function tools(): NonNullable<typeof opened> {
  if (opened === undefined) throw new PageError('CANCELED');
  return opened;
}
