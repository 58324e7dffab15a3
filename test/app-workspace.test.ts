/**
 * @file The workspace of a coder: annotations of other coders are compared and taken over, the sound and what was not
 * measured lie under the events.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';

import { choose, describePage, saved, settle, violations, type OpenedPage } from './app-page.ts';
import { telltale } from './telltale.ts';

describePage('the workspace', (at) => {
  let clip = '';
  let shown: OpenedPage;
  let page: Page;
  const put = (name: string, text: string): string => {
    const path = join(at.folder, name);
    writeFileSync(path, text);
    return path;
  };
  const rows = (): Promise<string[]> => page.locator('.list li').allInnerTexts();
  const give = (path: string): Promise<void> => page.locator('.coding input[type=file]').setInputFiles(path); // prettier-ignore

  beforeAll(async () => {
    const silent = await at.synthesize('silent.mp4', '--seconds', '2.5', '--blink');
    clip = join(at.folder, 'clip.mp4');
    // Loud in the first half, and no face at the end.
    const sound = ['-f', 'lavfi', '-i', "sine=300:d=2.5,volume='if(lt(t,1.2),1,0.05)':eval=frame"];
    const black = "drawbox=t=fill:enable='gte(t,2.3)'";
    const words = ['-i', silent, ...sound, '-vf', black, '-crf', '8', '-c:a', 'aac', clip];
    expect(spawnSync('ffmpeg', ['-v', 'error', '-y', ...words]).status).toBe(0);
    shown = await at.site.open({ acceptDownloads: true });
    page = shown.page;
  }, 600_000);

  it('sound, missing faces and confidence are shown', async () => {
    await choose(page, clip);
    expect(await settle(page)).toBe('report');
    const wave = await page.waitForSelector('.tracks .wave', { state: 'attached' });
    const heights = await wave.evaluate((path) =>
      [...path.getAttribute('d')!.matchAll(/M([\d.]+) ([\d.]+)V([\d.]+)/g)].map((one) => [
        Number(one[1]),
        Number(one[3]) - Number(one[2]),
      ]),
    );
    const width = heights.at(-1)![0]!;
    const mean = (from: number, to: number): number => {
      const part = heights.filter(([x]) => x! >= from * width && x! < to * width);
      return part.reduce((sum, [, height]) => sum + height!, 0) / part.length;
    };
    expect(mean(0.1, 0.4)).toBeGreaterThan(5 * mean(0.6, 0.9));
    expect(await page.locator('.tracks ul').innerText()).toMatch(/no face: 0:02\.\d\d/);
    expect((await rows()).join(' ')).toMatch(/confidence \d+\s%/);
    expect(await violations(page)).toEqual([]);
  });

  it('curves of action units are switched on, here and for a report of the command line', async () => {
    const out = join(at.folder, 'report');
    expect((await telltale('analyze', clip, '--out', out)).status).toBe(0);
    const named = async (): Promise<string[]> => {
      await page.locator('details.curves summary').click();
      // The clip raises the brows.
      for (const name of ['AU1 inner brow raiser', 'AU2 outer brow raiser', 'AU17 chin raiser'])
        await page.getByLabel(name).check();
      await page.locator('.legend li', { hasText: 'AU2 outer brow raiser, right' }).waitFor();
      expect(await page.locator('.timeline svg path[style*=stroke]').count()).toBe(5);
      expect(await violations(page)).toEqual([]);
      // Written at the peaks, where they are high enough.
      return page.locator('.timeline .lines text').allTextContents();
    };
    const here = await named();
    expect(here.some((name) => /^[LR][12]$/.test(name))).toBe(true);
    expect(here).not.toContain('17');
    await page.reload();
    await page.locator('input[accept=".json"]').setInputFiles(join(out, 'report.json'));
    await page.waitForSelector('[data-screen="reopen"]');
    await choose(page, clip);
    expect(await settle(page)).toBe('report');
    expect(await named()).toEqual(here);
  });

  it('a press on the timeline selects the event there, a drag does not', async () => {
    const current = (): Promise<string> => page.locator('.list [aria-current]').innerText();
    await page.locator('.list li button').last().click();
    const blink = await current();
    expect(blink).toContain('blink');
    const box = (await page.locator('.timeline .event.micro .band').first().boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 4];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 20, y, { steps: 3 });
    await page.mouse.up();
    expect(await current()).toBe(blink);
    await page.mouse.click(x, y);
    expect(await current()).toContain('micro-expression');
  });

  it('a table, ELAN and Praat are compared and taken over, in one step that is undone', async () => {
    const found = await rows();
    await give(put('anna.csv', 'onset,offset,label\n1.2,1.45,happiness\n0.2,0.9,sadness\n'));
    await page.getByText('With anna: 1 of').waitFor();
    await page.getByText(/Mean overlap \(IoU\) 0\.\d\d, Cohen’s κ over frames 0\.\d\d/).waitFor();
    await page.getByRole('button', { name: 'Take over 2 events of anna' }).click();
    await page.getByText('2 events taken over').waitFor();
    const both = await rows();
    expect(both).toHaveLength(found.length + 2);
    expect(both.filter((row) => row.includes('added by anna'))).toHaveLength(2);
    expect(both.find((row) => row.includes('sadness'))).toContain('macro-expression');
    // What a human annotated has no confidence of the machine.
    expect(both.filter((row) => row.includes('anna') && row.includes('confidence'))).toEqual([]);
    const eaf = put('again.eaf', await saved(page, 'ELAN (.eaf)'));
    const grid = join(at.folder, 'again.TextGrid');
    expect((await telltale('convert', eaf, '--out', grid)).status).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await rows()).toEqual(found);
    // Of ELAN's file only what anna annotated is taken; what telltale found is there already.
    await give(eaf);
    await page.getByRole('button', { name: 'Take over 2 events of again' }).click();
    expect((await rows()).filter((row) => row.includes('added by again'))).toHaveLength(2);
    expect((await rows()).find((row) => row.includes('sadness'))).toContain('macro-expression');
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(readFileSync(grid, 'utf8')).toContain('ooTextFile');
    await give(grid);
    await page.getByText(/With again: \d of/).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('an event is saved as a clip of its own, faces hidden on request', async () => {
    await page.locator('.list li button', { hasText: 'confidence' }).first().click();
    const sizes: number[] = [];
    for (const isBlurred of [false, true]) {
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByLabel('Faces unrecognizable').setChecked(isBlurred);
      expect(await violations(page)).toEqual([]);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Clip of the selected event' }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^clip\.event-\d\.mp4$/);
      const path = join(at.folder, `event-${String(isBlurred)}.mp4`);
      await download.saveAs(path);
      const ask = ['-show_entries', 'stream=nb_frames', '-of', 'csv=p=0', path];
      const { stdout } = spawnSync('ffprobe', ['-v', 'error', ...ask], { encoding: 'utf8' });
      expect(Number(stdout)).toBeGreaterThan(30);
      // The detail of the face, eyes and mouth, is gone: what is left is smooth.
      const crop = 'crop=iw/4:ih/4:iw*0.4:ih*0.35,format=gray';
      const raw = spawnSync('ffmpeg', ['-v', 'error', '-ss', '0.3', '-i', path, '-frames:v', '1', '-vf', crop, '-f', 'rawvideo', '-']).stdout; // prettier-ignore
      sizes.push(raw.reduce((sum, value, i) => sum + Math.abs(value - (raw[i + 1] ?? value)), 0));
    }
    expect(sizes[1]).toBeLessThan(0.5 * sizes[0]!);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByLabel('Faces unrecognizable').setChecked(false);
    await page.keyboard.press('Escape');
    const plain = await saved(page, 'Report (HTML)');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByLabel('Faces unrecognizable').setChecked(true);
    await page.keyboard.press('Escape');
    expect(await saved(page, 'Report (HTML)')).not.toBe(plain);
  });

  it('all events are saved at once, with progress, and that can be stopped', async () => {
    const events = await page.locator('.list li').count();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const all = page.getByRole('button', { name: 'Clips and figures of all events shown (ZIP)' });
    await all.click();
    await page.getByText(`Event 1 of ${events}`).waitFor();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await expect.poll(() => all.isEnabled(), { timeout: 60_000 }).toBe(true);
    expect(await violations(page)).toEqual([]);
    const [download] = await Promise.all([page.waitForEvent('download'), all.click()]);
    expect(download.suggestedFilename()).toBe('clip.events.zip');
    const files = unzipSync(new Uint8Array(readFileSync(await download.path())));
    const names = Object.keys(files);
    expect(names).toHaveLength(2 * events);
    for (const [name, bytes] of Object.entries(files)) {
      const text = new TextDecoder().decode(bytes.subarray(0, 12));
      expect(text.slice(name.endsWith('svg') ? 0 : 4), name).toMatch(/^<\?xml|^ftyp/);
    }
    const svg = new TextDecoder().decode(files[names.find((name) => name.endsWith('svg'))!]);
    expect(svg).toContain('apex');
    expect(await saved(page, 'Figure of the selected event (SVG)')).toMatch(/^<\?xml/);
  });

  it('another moment is shown beside the player, in step', async () => {
    await page.getByRole('checkbox', { name: 'Side by side' }).check();
    const beside = page.locator('.beside canvas');
    const frames = async (): Promise<[number, number]> => [
      Number(await page.locator('.where strong').innerText()),
      Number(await page.locator('.beside output strong').innerText()),
    ];
    const [here] = await frames();
    await page.getByLabel('Moment beside it').focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
    await expect.poll(frames).toEqual([here, here + 5]);
    await page.getByRole('button', { name: 'Forward one frame' }).click();
    await expect.poll(frames).toEqual([here + 1, here + 6]);
    await expect.poll(() => beside.getAttribute('data-frame')).toBe(String(here + 6));
    expect(await violations(page)).toEqual([]);
    await page.getByRole('checkbox', { name: 'Side by side' }).uncheck();
  });

  it('files of other videos and files that are none are refused in words', async () => {
    await give(put('many.csv', 'clip,onset,offset\na.mp4,1,2\nb.mp4,1,2\n'));
    await page.getByText('That file is about another video: a, b.').waitFor();
    await give(put('none.eaf', '<html></html>'));
    await page.getByText('none.eaf holds no annotation that can be read').waitFor();
    expect(shown.problems).toEqual([]);
    await shown.context.close();
  });
});
