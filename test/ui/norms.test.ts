/// <reference types="node" />
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { fakeRun } from '../unit/core/report/fake-run.ts';
import { runState } from './run-state.ts';
import { seriousFindings, themes, webviewOpener, type OpenWebview, type WebviewOptions } from './webview.ts';

const run = runState();
const show = webviewOpener('norms');

async function open(state = run, options: WebviewOptions = {}): Promise<OpenWebview> {
  const opened = await show({ type: 'run', run: state }, options);
  await opened.page.waitForSelector('#strength svg');
  return opened;
}

const bars = (page: Page) => page.locator('#layer .bar');
const behind = (page: Page) => page.locator('#behind-title');

/** `37 prompts` of a bar's name, as the heading of the table behind it begins. */
function countIn(name: string | null): string {
  return /(\d+).prompts?$/.exec(name ?? '')?.[1] ?? '';
}

describe('the steering norms', () => {
  for (const theme of Object.keys(themes)) {
    it(`have no serious finding of axe and ask for nothing, ${theme}`, async () => {
      const { page, complaints } = await open(run, { theme });
      await bars(page).nth(4).click();
      await behind(page).waitFor();
      expect(complaints).toEqual([]);
      expect(await seriousFindings(page)).toEqual([]);
      await page.screenshot({ path: `test-results/webviews/norms-${theme}.png`, fullPage: true });
      await page.close();
    });
  }

  it('never scroll sideways as a whole, also at 200 % zoom', async () => {
    for (const width of [320, 500]) {
      const { page } = await open(run, { width });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.close();
    }
  });

  it('show numbers under the pointer', async () => {
    const { page } = await open();
    const scores = page.locator('#layers .canvas > svg').first();
    await scores.locator('path[fill^="var(--as-"]').first().hover();
    await expect
      .poll(() => scores.textContent())
      .toMatch(/(Harmful|Jailbreak|Benign|Borderline), layer \d+: \d+ prompts/);
    await page.close();
  });

  it('open the prompts behind a bar, as many as it says, and close them', async () => {
    const { page } = await open();
    const bar = bars(page).nth(6);
    const name = await bar.getAttribute('aria-label');
    await bar.click();
    const n = countIn(name);
    expect(await behind(page).innerText()).toMatch(new RegExp(`^${n}.prompts?: `));
    expect(await page.locator('.behind .status').innerText()).toMatch(new RegExp(`^${n}.prompts?$`));
    expect(await page.locator('.bar[aria-pressed=true]').getAttribute('aria-label')).toBe(name);
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await behind(page).count()).toBe(0);
    expect(await page.locator('.bar[aria-pressed=true]').count()).toBe(0);
    await page.close();
  });

  it('are worked by keyboard: from bar to bar, and into the prompts', async () => {
    const { page } = await open();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    await page.locator('#layer .bar[tabindex="0"]').first().focus();
    const first = await focused();
    await page.keyboard.press('ArrowRight');
    const second = await focused();
    expect(second).not.toBe(first);
    await page.keyboard.press('Enter');
    await behind(page).waitFor();
    expect(await focused()).toBe(second);
    expect(await page.locator('.behind .status').innerText()).toMatch(new RegExp(`^${countIn(second)}.prompt`));
    await page.close();
  });

  it('go to another layer by choice and by a click into a chart; say why one has no scores', async () => {
    const { page } = await open();
    const title = () => page.locator('#layer-title').innerText();
    const before = await title();
    const choice = page.getByRole('combobox', { name: 'Layer' });
    await choice.click();
    await page.getByRole('option', { name: '5 (not steered)' }).click();
    expect(await title()).toBe('Layer 5');
    await expect.poll(() => page.locator('#layer .empty').first().innerText()).toMatch(/not steered/);
    await page.locator('#layers .canvas > svg').nth(2).locator('circle').nth(10).click();
    await expect.poll(title).not.toBe('Layer 5');
    expect(before).toMatch(/^Layer \d+$/);
    await page.close();
  });

  it('come back to the layer and the bar that were chosen', async () => {
    const { page } = await open();
    await page.getByRole('combobox', { name: 'Layer' }).click();
    await page.getByRole('option', { name: '12', exact: true }).click();
    await bars(page).nth(3).click();
    const said = await behind(page).innerText();
    await page.reload();
    expect(await page.locator('#layer-title').innerText()).toBe('Layer 12');
    expect(await behind(page).innerText()).toBe(said);
    await page.close();
  });

  it('follow a run that goes on', async () => {
    const { replies, fit } = fakeRun();
    const { page, send } = await open(runState({ replies: replies.slice(0, 60), fit }));
    await bars(page).first().waitFor();
    const before = await bars(page).count();
    await send({ type: 'replies', replies: replies.slice(60) });
    await expect.poll(() => bars(page).count()).toBeGreaterThan(before);
    await page.close();
  });

  it('say what is missing where nothing was compared yet', async () => {
    const { page, complaints } = await open(runState({ replies: [] }));
    await expect.poll(() => page.locator('#layers .empty').count()).toBe(2);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
