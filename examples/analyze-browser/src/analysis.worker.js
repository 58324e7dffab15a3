/** @file The worker: an analysis computes for seconds, and here it does not block the page. */
import { analyze } from '@telltale/core';
import { openClip, openTools } from '@telltale/web';

self.addEventListener('message', async ({ data: file }) => {
  try {
    const [clip, tools] = await Promise.all([openClip(file), openTools()]);
    const { report } = await analyze(clip, tools, {
      onProgress: (progress) => self.postMessage({ progress }),
    });
    clip.close();
    await tools.close();
    self.postMessage({ report });
  } catch (error) {
    // Errors of telltale carry a hint: one sentence about what to do.
    self.postMessage({ error: [error.message, error.hint].filter(Boolean).join(' ') });
  }
});
