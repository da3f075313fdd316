/// <reference types="node" />
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeRun } from '../unit/core/report/fake-run.ts';
import { reply } from '../unit/core/report/reply.ts';
import { launchBrowser } from '../browser/launch.ts';
import { reportWriter } from './report-file.ts';
import { seriousFindings } from './webview.ts';

const { replies, fit } = fakeRun();

const writeReport = reportWriter();
let browser: Browser;
let address: string;

beforeAll(async () => {
  [browser, address] = await Promise.all([launchBrowser(), writeReport(replies, fit)]);
});
afterAll(() => browser.close());

type Options = Parameters<Browser['newPage']>[0];

/** The report in a page of its own, drawn; and what the page complained of, violations of its policy included. */
async function open(url: string, options: Options = {}): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) complaints.push(`It asked for ${request.url()}`);
  });
  await page.goto(url);
  if (options.javaScriptEnabled !== false) await page.waitForSelector('#strength svg');
  return { page, complaints };
}

const status = (page: Page) => page.locator('.prompts-table .status');

describe('report.html', () => {
  it('opens from a file without an error or a violation of its policy, and asks for nothing', async () => {
    const { page, complaints } = await open(address);
    expect(complaints).toEqual([]);
    expect(await page.locator('.canvas > svg[role=img]').count()).toBe(9);
    expect(await page.locator('#flips').count()).toBe(0);
    await page.close();
  });

  it('is whole without scripts: answer, checks, rates, flips with what decided, layers, terms', async () => {
    const { page } = await open(address, { javaScriptEnabled: false });
    for (const name of [
      'Checks',
      'Refusal rates',
      'Prompts whose refusal changed',
      'Layer by layer, in numbers',
      'Warnings',
      'How it was measured',
    ]) {
      expect(await page.getByRole('heading', { name, exact: true }).count()).toBe(1);
    }
    expect(await page.locator('.flip mark').count()).toBeGreaterThan(10);
    await page.close();
  });

  const looks: readonly (readonly [string, Options])[] = [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['forced colours', { forcedColors: 'active' }],
    ['a narrow window', { viewport: { width: 420, height: 800 } }],
  ];
  for (const [name, options] of looks) {
    it(`has no serious finding of axe in ${name}, rows open`, async () => {
      const { page } = await open(address, options);
      await page.locator('.prompts .toggle').first().click();
      const findings = await seriousFindings(page);
      expect(findings).toEqual([]);
      await page.close();
    });
  }

  it('never scrolls sideways as a whole, however narrow', async () => {
    for (const width of [360, 700, 1400]) {
      const { page } = await open(address, { viewport: { width, height: 800 } });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.close();
    }
  });

  it('has no column of its tables out of sight at 1,100 px', async () => {
    const { page } = await open(address, { viewport: { width: 1100, height: 800 } });
    const hidden = await page
      .locator('main section > .scroll:not(.prompts)')
      .evaluateAll((boxes) =>
        boxes
          .filter(({ clientWidth, scrollWidth }) => scrollWidth > clientWidth)
          .map((box) => `${box.parentElement!.id}: ${box.scrollWidth} of ${box.clientWidth}`),
      );
    expect(await page.locator('#judge .scroll').count()).toBe(1);
    expect(hidden).toEqual([]);
    await page.close();
  });

  it('takes the editor’s colours where there is an editor', async () => {
    const { page } = await open(address);
    const background = await page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-editor-background', 'rgb(1, 2, 3)');
      return getComputedStyle(document.body).backgroundColor;
    });
    expect(background).toBe('rgb(1, 2, 3)');
    await page.close();
  });
});

describe('the table of prompts', () => {
  it('puts unwanted flips first', async () => {
    const { page } = await open(address);
    const changes = await page.locator('.prompt-row .badge').allTextContents();
    const labels = await page.locator('.prompt-row td:nth-child(3)').allTextContents();
    expect([changes[0], labels[0]]).toEqual(['newly refused', 'Benign']);
    expect(await status(page).innerText()).toMatch(/^880.prompts$/);
    await page.close();
  });

  it('keeps both of two filters that are set before the page is drawn again', async () => {
    const { page } = await open(address);
    await page.evaluate(() => {
      for (const [label, value] of [
        ['Change', 'same'],
        ['Label', 'benign'],
      ] as const) {
        const fields = [...document.querySelectorAll('.filters label')];
        const select = fields.find((field) => field.textContent.trim().startsWith(label))!.querySelector('select')!;
        select.value = value;
        select.dispatchEvent(new Event('change'));
      }
    });
    await expect
      .poll(async () => new Set(await page.locator('.prompt-row td:nth-child(3)').allTextContents()))
      .toEqual(new Set(['Benign']));
    expect(new Set(await page.locator('.prompt-row .badge').allTextContents())).toEqual(new Set(['unchanged']));
    await page.close();
  });

  it('filters by keyboard: text, label, attack, change, verdict; and clears', async () => {
    const { page } = await open(address);
    await page.getByLabel('Search').focus();
    await page.keyboard.type('canoe');
    await expect.poll(() => status(page).innerText()).toMatch(/^\d+ of 880.prompts$/);
    await page.keyboard.press('Tab');
    // As few letters as tell a choice: on a busy machine a list forgets the ones before. In their own case: the browser
    // that npm brings is built without the tables that tell B from b.
    await page.keyboard.type('Unc');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Be');
    await expect
      .poll(async () => new Set(await page.locator('.prompt-row td:nth-child(3)').allTextContents()))
      .toEqual(new Set(['Benign']));
    await expect
      .poll(async () => new Set(await page.locator('.prompt-row .badge').allTextContents()))
      .toEqual(new Set(['unchanged']));
    await page.getByRole('button', { name: 'Clear' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => status(page).innerText()).toMatch(/^880.prompts$/);
    await page.getByLabel('Attack').focus();
    await page.keyboard.type('transl');
    await expect.poll(() => status(page).innerText()).toMatch(/^40 of/);
    await page.getByLabel('Search').focus();
    await page.keyboard.type('no such prompt');
    await expect.poll(() => page.locator('.prompts .empty').innerText()).toBe('No prompt fits these filters.');
    await page.close();
  });

  it('sorts by keyboard, both ways, and says so', async () => {
    const { page } = await open(address);
    const head = page.getByRole('columnheader', { name: 'Mean s' });
    await head.getByRole('button').focus();
    await page.keyboard.press('Enter');
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    await page.keyboard.press('Enter');
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    const scores = (await page.locator('.prompt-row td.number').allTextContents()).map(Number);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    await page.close();
  });

  it('opens a row by keyboard: both replies, what decided, every layer', async () => {
    const { page } = await open(address);
    const toggle = page.locator('.prompts .toggle').first();
    await toggle.focus();
    await page.keyboard.press('Enter');
    expect(await toggle.getAttribute('aria-expanded')).toBe('true');
    const detail = page.locator('.detail').first();
    expect(await detail.locator('.side').count()).toBe(2);
    expect(await detail.locator('mark').first().isVisible()).toBe(true);
    expect(await detail.locator('table.layers thead th').count()).toBe(1 + fit.layers.length);
    await page.keyboard.press('Enter');
    expect(await detail.isVisible()).toBe(false);
    await page.close();
  });

  it('goes from prompt to prompt by arrow keys, to the last one and back, and leaves by tab', async () => {
    const { page } = await open(address);
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    const toggles = page.locator('.prompts .toggle');
    const [first, second] = await toggles.allTextContents();
    await toggles.first().focus();
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe(second);
    await page.keyboard.press('End');
    await expect.poll(() => toggles.allTextContents().then((ids) => ids.at(-1))).toBe(await focused());
    expect(await page.locator('.prompt-row').last().getAttribute('aria-rowindex')).toBe('881');
    expect(await page.locator('.prompts table').getAttribute('aria-rowcount')).toBe('881');
    await page.keyboard.press('Home');
    expect(await focused()).toBe(first);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('.prompts'))).toBe(null);
    await page.close();
  });

  it('keeps the focus on a prompt that is scrolled out of sight', async () => {
    const { page } = await open(address);
    await page.locator('.prompts .toggle').first().focus();
    await page.locator('.prompts').evaluate((scroller) => (scroller.scrollTop = scroller.scrollHeight));
    await expect.poll(() => page.locator('.prompt-row').last().getAttribute('aria-rowindex')).toBe('881');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('toggle');
    expect(await page.locator('.prompt-row').count()).toBeLessThan(60);
    await page.close();
  });

  it('holds a few dozen rows of 10,000 prompts, and searches all', async () => {
    const many = fakeRun({ harmful: 2000, perUnseenKind: 700, perSeenKind: 100, benign: 2000, borderline: 1000 });
    const url = await writeReport(
      many.replies.filter(({ condition }) => condition === 'base' || condition === 'steered'),
      many.fit,
    );
    const { page, complaints } = await open(url);
    const started = Date.now();
    await page.getByLabel('Search').fill('rye bread');
    await expect.poll(() => status(page).innerText(), { interval: 20 }).toMatch(/^\d+ of 10000/);
    console.log(`report.html of 10,000 prompts: search ${Date.now() - started} ms`);
    expect(await page.locator('.prompt-row').count()).toBeLessThan(60);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe('hostile replies', () => {
  const attack = `<img src=x onerror="document.title='pwned'"><script>document.title='pwned'</script></script><svg onload="document.title='pwned'">`;
  const about = { id: attack, prompt: attack, reply: attack, file: attack, label: 'jailbreak', attack } as const;

  it('run nothing, and are read as they were written', async () => {
    const url = await writeReport(
      [reply({ ...about }), reply({ ...about, condition: 'steered', verdict: 'refused', span: [0, 12] })],
      fit,
    );
    const { page, complaints } = await open(url);
    await page.locator('.prompts .toggle').first().click();
    await page.getByLabel('Attack').selectOption(attack);
    await page.waitForTimeout(300);
    expect(await page.title()).toBe('AlphaSteer refusal report');
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.locator('.side .text').first().textContent()).toBe(attack);
    expect(await page.locator('.side mark').textContent()).toBe(attack.slice(0, 12));
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('of a megabyte are cut, and shown whole on demand', async () => {
    const long = `${'loop '.repeat(200_000)}end`;
    const url = await writeReport(
      [reply({ id: 'a', reply: long }), reply({ id: 'a', condition: 'steered', verdict: 'refused' })],
      fit,
    );
    const { page } = await open(url);
    await page.locator('.prompts .toggle').first().click();
    const text = page.locator('.side .text').first();
    expect((await text.textContent())?.length).toBe(4000);
    await page.getByRole('button', { name: /more characters/ }).focus();
    await page.keyboard.press('Enter');
    expect((await text.textContent())?.length).toBe(long.length);
    await page.close();
  });
});

describe('a report of nothing', () => {
  it('says what is missing, and draws no empty chart', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(await writeReport([], { ...fit, perLayer: [], strengths: [] }));
    await page.waitForSelector('#strength');
    await expect.poll(() => page.locator('.canvas .empty').count()).toBe(8);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
