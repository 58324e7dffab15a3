/**
 * @file An afternoon's work on the page: corrections survive reload, crash and another video; leaving with unsaved work
 * asks; files name who an event is by; drops are taken on every screen.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';

import {
  choose,
  describePage,
  marksOn,
  saved,
  settle,
  violations,
  type OpenedPage,
} from './app-page.ts';

/** What a review file holds, as far as the tests read it. */
interface Saved {
  readonly coder?: string;
  readonly events: readonly {
    readonly id: string;
    readonly apex: number;
    readonly label: string;
    readonly coder?: string;
  }[];
}

describePage('a review on the page', (at) => {
  let clip = '';
  let shown: OpenedPage;
  let page: Page;
  let work: Saved;
  const review = async (): Promise<Saved> =>
    JSON.parse(await saved(page, 'Review (JSON)')) as Saved;
  const keptStores = (): Promise<string[]> =>
    page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? ''));

  beforeAll(async () => {
    clip = await at.synthesize('clip.mp4', '--seconds', '2.5', '--blink');
    shown = await at.site.open({ acceptDownloads: true });
    page = shown.page;
  }, 600_000);

  it('nothing is stored by looking: only a correction is kept', async () => {
    await dropped(page, [clip]);
    expect(await settle(page)).toBe('report');
    await page.waitForSelector('img[alt^="Offset"]');
    expect(await keptStores()).toEqual([]);
    await page.getByLabel('Your initials').fill('AB');
    await page.getByRole('slider', { name: 'Apex' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText('All corrections are kept.').waitFor();
    expect(await keptStores()).toEqual(['telltale']);
  });

  it('after an edit, list, detail and files have the values of the new frames', async () => {
    // The frames before the movement: another apex, other probabilities.
    await page.getByRole('slider', { name: 'Onset' }).focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowLeft');
    await page.getByText('Computing…').first().waitFor({ state: 'hidden' });
    const chosen = page.locator('[aria-current="true"]');
    expect(await chosen.innerText()).toContain('corrected by AB');
    const [head, ...rows] = (await saved(page, 'Table (CSV)'))
      .replace('\uFEFF', '')
      .trim()
      .split('\r\n')
      .map((line) => line.split(','));
    const corrected = rows.find((row) => row[head!.indexOf('origin')] === 'corrected')!;
    const cell = (name: string): string => corrected[head!.indexOf(name)]!;
    expect(cell('confidence')).toBe('');
    expect(cell('coder')).toBe('AB');
    const verdict = cell('verdict');
    const sure = cell('units')
      .split('+')
      .filter((unit) => unit !== '' && !unit.endsWith('?'))
      .map((unit) => {
        const side = { L: ' left', R: ' right' }[unit[0]!] ?? '';
        return `AU${unit.replace(/^[LR]/, '')}${side}`;
      });
    // The table has units in the order of their numbers, the verdict clearest first.
    const withUnits = await page.locator('.detail .verdict').innerText();
    const [shownVerdict, shownUnits] = withUnits.split(': ');
    expect(shownVerdict).toBe(verdict);
    expect((shownUnits?.split(', ') ?? []).sort()).toEqual(sure.sort());
    expect(await chosen.innerText()).toContain(withUnits);
    // The bars of the detail are the probabilities of the table.
    for (const name of ['negative', 'positive', 'surprise']) {
      const share = Math.round(100 * Number(cell(`probability_${name}`)));
      expect(await page.locator('.detail .columns').first().innerText()).toContain(
        `${share}\u202F%`,
      );
    }
    expect(await saved(page, 'ELAN (.eaf)')).toContain('TIER_ID="corrected by AB"');
  });

  it('an event that a coder adds is theirs, without a confidence of the machine', async () => {
    await page.getByRole('slider', { name: 'Playhead' }).focus();
    await page.keyboard.press('Home');
    for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowRight');
    await page.getByRole('button', { name: 'Add an event here' }).click();
    await page.getByLabel('Your label').fill('nothing');
    await page.getByLabel('Comment').fill('a still face');
    const html = await saved(page, 'Report (HTML)');
    expect(html).toContain('One event was added by a coder; telltale did not report it.');
    expect(html).toContain('added by AB');
    expect(html).not.toMatch(/[Cc]onfidence[^.]{0,80}100\u202F%/);
    expect(html).toContain('so telltale gives no confidence for it');
    expect(await saved(page, 'ELAN (.eaf)')).toContain('TIER_ID="added by AB"');
    work = await review();
    expect(work.coder).toBe('AB');
    expect(work.events.map(({ coder }) => coder)).toContain('AB');
  });

  it('deleting is reported and keeps the focus; undo selects the event again', async () => {
    const count = (): Promise<number> => page.locator('.list li').count();
    const before = await count();
    await page.locator('.list li button').first().click();
    // Arrows work while a checkbox has the focus.
    await page.getByLabel('Show movement').focus();
    const frame = Number(await page.locator('.where strong').innerText());
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.where strong').innerText()).toBe(String(frame + 1));
    await page.keyboard.press('Delete');
    await page.getByText('Event deleted. You can undo this.').waitFor();
    expect(await count()).toBe(before - 1);
    expect(await page.evaluate(() => document.activeElement?.matches('.list [aria-current]'))).toBe(true); // prettier-ignore
    await page.keyboard.press('Control+z');
    expect(await count()).toBe(before);
    expect(await page.locator('.list li').first().locator('[aria-current]').count()).toBe(1);
    expect((await review()).events).toEqual(work.events);
  });

  it('the timeline zooms and pans by wheel and keys; kinds can be hidden', async () => {
    const line = page.getByRole('group', { name: 'Movement over time' });
    const view = async (): Promise<[number, number]> => [
      Number(await line.getAttribute('data-from')),
      Number(await line.getAttribute('data-to')),
    ];
    const whole = await view();
    await line.scrollIntoViewIfNeeded();
    await line.hover();
    await page.keyboard.down('Control');
    for (let i = 0; i < 4; i++) await page.mouse.wheel(0, -80);
    await page.keyboard.up('Control');
    await expect.poll(async () => (await view())[1] - (await view())[0]).toBeLessThan(0.3 * (whole[1] - whole[0])); // prettier-ignore
    const near = await view();
    await page.mouse.wheel(0, 300);
    await expect.poll(async () => (await view())[0]).toBeGreaterThan(near[0]);
    expect((await view())[1] - (await view())[0]).toBeCloseTo(near[1] - near[0], 2);
    // The selected event comes into sight.
    await page.locator('.list li button').first().click();
    const playhead = Number(await page.locator('.where .quiet').innerText().then((text) => text.split(':')[1])); // prettier-ignore
    expect((await view())[0]).toBeLessThanOrEqual(playhead);
    expect((await view())[1]).toBeGreaterThanOrEqual(playhead);
    await page.getByRole('slider', { name: 'Playhead' }).focus();
    await page.keyboard.press('0');
    expect(await view()).toEqual(whole);
    await page.keyboard.press('+');
    expect((await view())[1] - (await view())[0]).toBeLessThan(whole[1] - whole[0]);
    await page.getByRole('button', { name: 'Whole clip' }).click();

    const rows = page.locator('.list li');
    const all = await rows.count();
    await page.getByLabel('blink', { exact: false }).first().uncheck();
    expect(await rows.count()).toBe(all - 1);
    await page.getByLabel('blink', { exact: false }).first().check();
  });

  it('coding blind hides what telltale found; a second coder is compared', async () => {
    await page.getByLabel('Code blind').check();
    expect(await page.locator('.list li').count()).toBe(1); // the coder's own
    expect(await marksOn(page)).toBe(1);
    await page.getByLabel('Code blind').uncheck();
    const file = join(at.folder, 'second coder.review.json');
    writeFileSync(file, JSON.stringify({ ...work, coder: 'CD' }));
    await page.locator('.coding input[type=file]').setInputFiles(file);
    await page.getByText('With CD: 3 of 3 and 3 events match.').waitFor();
    await page.getByText('Mean overlap (IoU) 1.00, Cohen’s κ over frames 1.00.').waitFor();
    // In the list, one stop for Tab; arrows go from event to event, and a digit gives a label.
    await page.locator('.list [aria-current]').focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate(() => document.activeElement?.hasAttribute('aria-current'))).toBe(true); // prettier-ignore
    const before = await page.getByLabel('Your label').inputValue();
    await page.keyboard.press('1');
    expect(await page.getByLabel('Your label').inputValue()).toBe('negative');
    await page.keyboard.press('Control+z');
    expect(await page.getByLabel('Your label').inputValue()).toBe(before);
    expect((await review()).events).toEqual(work.events);
  });

  it('a crash of the tab loses nothing', async () => {
    await page.getByLabel('Comment').fill('the last word');
    await page.getByLabel('Your label').focus();
    await page.getByText('All corrections are kept.').waitFor();
    const crash = page.waitForEvent('crash');
    void page.goto('chrome://crash').catch(() => undefined);
    await crash;
    page = await shown.context.newPage();
    await page.goto(at.site.address, { waitUntil: 'commit' });
    await page.getByRole('heading', { name: 'Continue where you left off' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Continue: clip.mp4' }).click();
    await page.waitForSelector('[data-screen="reopen"] h1');
    await choose(page, clip);
    expect(await settle(page)).toBe('report');
    const again = await review();
    expect(JSON.stringify(again)).toContain('the last word');
    expect(again.events.map(({ id, apex, label }) => [id, apex, label])).toEqual(
      work.events.map(({ id, apex, label }) => [id, apex, label]),
    );
    expect(again.coder).toBe('AB');
    work = again;
  });

  it('the same video finds its corrections again, and can be analyzed again', async () => {
    await page.reload();
    await page.waitForSelector('[data-screen="start"]');
    await choose(page, clip);
    expect(await settle(page)).toBe('report');
    await page.getByText('These are your corrections of this video').waitFor();
    expect((await review()).events).toEqual(work.events);
    await page.getByRole('button', { name: 'Analyze again' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect((await review()).events).toEqual(work.events);
  });

  it('where nothing is kept, leaving asks, whichever way one leaves', async () => {
    await page.getByLabel('Keep my corrections in this browser').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Delete them' }).click();
    await expect.poll(keptStores).toEqual([]);
    await page.getByLabel('Comment').fill('not kept');
    await page.getByLabel('Your label').focus();
    await page.getByText('Not kept: save the review').waitFor();
    await page.getByRole('button', { name: 'Another video' }).click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    const asked: string[] = [];
    page.once('dialog', (one) => {
      asked.push(one.type());
      void one.dismiss();
    });
    await page.reload({ timeout: 5000 }).catch(() => undefined);
    expect(asked).toEqual(['beforeunload']);
    expect(await page.locator('h1').innerText()).toBe('clip.mp4');
    await dropped(page, [clip]);
    await dialog.getByText('neither kept in this browser nor saved').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    // After it was saved to a file, nothing asks.
    work = await review();
    expect(JSON.stringify(work)).toContain('not kept');
    await page.getByRole('button', { name: 'Another video' }).click();
    await page.waitForSelector('[data-screen="start"]');
    expect(await keptStores()).toEqual([]);
  });

  it('a review and its video in one drop are opened together', async () => {
    const file = join(at.folder, 'clip.review.json');
    writeFileSync(file, JSON.stringify(work));
    await dropped(page, [file, clip]);
    expect(await settle(page)).toBe('report');
    expect((await review()).events).toEqual(work.events);
    // On the report of its video, a review needs no other drop.
    await dropped(page, [file]);
    await page.getByRole('dialog').getByRole('button', { name: 'Open now' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.waitForSelector('[data-screen="working"], [data-screen="reopen"]');
    expect(await settle(page)).toBe('report');
    expect((await review()).events).toEqual(work.events);
  });

  it('videos dropped on a report and during an analysis wait; one table holds all', async () => {
    const names = ['second.mp4', 'third.mp4', 'fourth.mp4'].map((name) => join(at.folder, name));
    for (const name of names) writeFileSync(name, readFileSync(clip));
    const mirror = ['-i', clip, '-vf', 'hflip', '-crf', '8', names[1]!];
    expect(spawnSync('ffmpeg', ['-v', 'error', '-y', ...mirror]).status).toBe(0);
    const [second, third, fourth] = names as [string, string, string];
    await dropped(page, [second]);
    await page.getByRole('dialog').getByRole('button', { name: 'Open now' }).click();
    await page.waitForSelector('[data-screen="working"]');
    await dropped(page, [third]);
    await page.getByText('1 video waits for this one.').waitFor();
    expect(await settle(page)).toBe('report');
    expect(await page.locator('h1').innerText()).toBe('second.mp4');
    await dropped(page, [fourth]);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'Analyze in the background' })
      .click();
    await page.getByRole('button', { name: /^All 3 videos/ }).click();
    await page.getByText('3 analyzed').waitFor({ timeout: 300_000 });
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Open fourth.mp4' }).click();
    expect(await settle(page)).toBe('report');
    // The third, which is mirrored, is shown beside it and in step.
    await page.getByRole('checkbox', { name: 'Side by side' }).check();
    const beside = page.locator('.beside canvas');
    await page.locator('.beside select').selectOption('third.mp4');
    await page.getByRole('button', { name: 'Forward one frame' }).click();
    const frame = await page.locator('.where strong').innerText();
    await expect.poll(() => beside.getAttribute('data-frame')).toBe(frame);
    expect(await beside.getAttribute('aria-label')).toMatch(new RegExp(`third.mp4, frame ${frame},`)); // prettier-ignore
    await expect.poll(() => likenessOf(page)).toBe('mirrored');
    await page.locator('.beside select').selectOption('second.mp4');
    await expect.poll(() => likenessOf(page)).toBe('same');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('checkbox', { name: 'Side by side' }).uncheck();
    await page.getByRole('button', { name: 'Add an event here' }).click();
    await page.getByRole('button', { name: 'All 3 videos' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Table of all (CSV)' }).click(),
    ]);
    const rows = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n');
    const clips = rows.slice(1).map((row) => row.split(',')[0]);
    expect([...new Set(clips)]).toEqual(names.map((name) => name.split('/').at(-1)));
    expect(rows.filter((row) => row.startsWith('fourth.mp4')).some((row) => row.includes(',added,'))).toBe(true); // prettier-ignore
    expect(shown.problems).toEqual([]);
    await shown.context.close();
  });
});

/** Whether the image beside the player is its image, mirrored, or neither. */
function likenessOf(page: Page): Promise<'same' | 'mirrored' | 'neither'> {
  return page.evaluate(() => {
    const rows = ['.clip canvas:not(.beside canvas)', '.beside canvas'].map((selector) => {
      const small = new OffscreenCanvas(24, 24);
      const context = small.getContext('2d')!;
      context.drawImage(document.querySelector<HTMLCanvasElement>(selector)!, 0, 0, 24, 24);
      const { data } = context.getImageData(0, 0, 24, 24);
      return Array.from({ length: 24 * 24 }, (_, i) => data[4 * i + 1]!);
    });
    const [one, other] = rows as [number[], number[]];
    const away = (place: (i: number) => number): number =>
      one.reduce((sum, value, i) => sum + Math.abs(value - other[place(i)]!), 0) / one.length;
    const straight = away((i) => i);
    const mirrored = away((i) => i - (i % 24) + 23 - (i % 24));
    if (Math.min(straight, mirrored) > 6) return 'neither';
    return straight < mirrored ? 'same' : 'mirrored';
  });
}

/** Drops files on the page as a browser does. */
async function dropped(page: Page, paths: readonly string[]): Promise<void> {
  const files = paths.map((path) => ({
    name: path.split('/').at(-1)!,
    type: path.endsWith('.json') ? 'application/json' : 'video/mp4',
    content: readFileSync(path).toString('base64'),
  }));
  const transfer = await page.evaluateHandle((files) => {
    const all = new DataTransfer();
    for (const { name, type, content } of files) {
      const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
      all.items.add(new File([bytes], name, { type }));
    }
    return all;
  }, files);
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
}
