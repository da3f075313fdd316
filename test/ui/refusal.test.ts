/// <reference types="node" />
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Override } from '../../src/core/evaluation/replies/overrides.ts';
import { summarise } from '../../src/core/evaluation/summarise.ts';
import { percent } from '../../src/core/format.ts';
import { fakeRun } from '../unit/core/report/fake-run.ts';
import { reply } from '../unit/core/report/reply.ts';
import { runState, secondVerdicts } from './run-state.ts';
import { seriousFindings, themes, webviewOpener, type OpenWebview, type WebviewOptions } from './webview.ts';

const { replies } = fakeRun();
const run = runState({ secondVerdicts: secondVerdicts(replies) });
const show = webviewOpener('refusal');

async function open(state = run, options: WebviewOptions = {}): Promise<OpenWebview> {
  const opened = await show({ type: 'run', run: state }, options);
  await opened.page.waitForSelector('.prompts');
  return opened;
}

const first = (page: Page) => page.locator('.prompts .toggle').first();
const status = (page: Page) => page.locator('.prompts-table .status');

describe('the refusal report', () => {
  for (const theme of Object.keys(themes)) {
    it(`has no serious finding of axe and asks for nothing, ${theme}`, async () => {
      const { page, complaints } = await open(run, { theme });
      await first(page).click();
      await page.waitForSelector('.detail');
      expect(complaints).toEqual([]);
      expect(await seriousFindings(page)).toEqual([]);
      await page.screenshot({ path: `test-results/webviews/refusal-${theme}.png`, fullPage: true });
      await page.close();
    });
  }

  it('says what report.html says', async () => {
    const { page } = await open();
    const { conditions } = summarise(run.replies, run.fit);
    expect(await page.locator('#rates .rates tbody').innerText()).toContain(
      percent(conditions['steered']!.harmful!.rate),
    );
    expect(await page.locator('.prompt-row .badge').first().innerText()).toBe('newly refused');
    expect(await status(page).innerText()).toMatch(/^880.prompts$/);
    await page.close();
  });

  it('never scrolls sideways as a whole, also at 200 % zoom', async () => {
    for (const width of [320, 500]) {
      const { page } = await open(run, { width });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.close();
    }
  });

  it('cuts no change off, the longest neither', async () => {
    const jailbreak = run.replies.find(({ label }) => label === 'jailbreak')!;
    const replies = run.replies.map((reply) => ({
      ...reply,
      ...(reply.id === jailbreak.id && { verdict: reply.condition === 'steered' ? 'complied' : 'refused' }),
    })) as typeof run.replies;
    const { page } = await open({ ...run, replies });
    const badge = page.locator('.prompt-row .badge', { hasText: 'no longer refused' }).first();
    const [right, cell] = await badge.evaluate((one) =>
      [one, one.closest('td')!].map((box) => box.getBoundingClientRect().right),
    );
    expect(right).toBeLessThanOrEqual(cell!);
    await page.close();
  });

  it('says what its judge is worth, and what another one says, with no column out of sight', async () => {
    for (const width of [720, 1100]) {
      const { page } = await open(run, { width });
      for (const id of ['judge', 'second-judge']) {
        await page.getByRole('navigation', { name: 'Contents' }).locator(`a[href="#${id}"]`).click();
        const table = page.locator(`#${id} .scroll`);
        expect(await table.locator('tbody tr').first().locator('td').count()).toBe(5);
        const [shown, whole] = await table.evaluate((box) => [box.clientWidth, box.scrollWidth]);
        expect(whole, `${id} at ${width} px`).toBeLessThanOrEqual(shown);
      }
      expect(await page.locator('#judge').innerText()).toMatch(/333.labelled replies/);
      await page.close();
    }
  });

  it('names the rule that decided a reply', async () => {
    const about = { id: 'a', rule: 'no-refusal' };
    const steered = { ...about, condition: 'steered', verdict: 'refused', rule: 'cannot' } as const;
    const { page } = await open(runState({ replies: [reply(about), reply(steered)] }));
    await first(page).click();
    expect(await page.locator('.side h4').allInnerTexts()).toEqual([
      expect.stringMatching(/^Base.*rule: no-refusal/),
      expect.stringMatching(/^Steered.*rule: cannot/),
    ]);
    await page.close();
  });

  it('opens a prompt where it stands, and the other report', async () => {
    const { page, posted } = await open();
    await first(page).click();
    await page.locator('.place').click();
    await page.getByRole('button', { name: 'Steering Norms' }).click();
    const place = (await page.locator('.place').innerText()).split(':');
    expect((await posted()).slice(1)).toEqual([
      { type: 'open', file: place[0], line: Number(place[1]) },
      { type: 'show', view: 'norms' },
    ]);
    await page.close();
  });

  it('is worked by keyboard alone: search, filters, prompts, verdict', async () => {
    const { page, posted } = await open();
    const tabTo = async (name: string) => {
      for (let n = 0; n < 40; n++) {
        const here = await page.evaluate(() => {
          let at = document.activeElement;
          while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
          return at?.getAttribute('aria-label') ?? at?.textContent.trim() ?? '';
        });
        if (here === name) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`The tab key never came to ${name}.`);
    };
    await tabTo('Search');
    await page.keyboard.type('how do i');
    await expect.poll(() => status(page).innerText()).toMatch(/^\d+ of 880/);
    await tabTo('Label');
    for (const key of ['Enter', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await expect
      .poll(async () => new Set(await page.locator('.prompt-row td:nth-child(3)').allInnerTexts()))
      .toEqual(new Set(['Harmful']));
    await tabTo((await first(page).innerText()).trim());
    await page.keyboard.press('Enter');
    await tabTo('Your verdict, steered');
    for (const key of ['Enter', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await expect.poll(async () => (await posted()).map(({ type }) => type)).toEqual(['ready', 'overrule']);
    await page.close();
  });
});

describe('verdicts of a person', () => {
  it('move the rates and kappa, and are taken back', async () => {
    const { page, posted, send } = await open();
    const refused = () => page.locator('#rates tr.group', { hasText: 'Benign' }).locator('td').nth(4).innerText();
    const before = await refused();
    expect(await page.locator('.prompt-row td:nth-child(3)').first().innerText()).toBe('Benign');
    await first(page).click();
    const choice = page.getByRole('combobox', { name: 'Your verdict, steered' });
    await choice.click();
    await page.getByRole('option', { name: 'complied' }).click();
    await expect.poll(async () => (await posted()).at(-1)?.type).toBe('overrule');
    const { override } = (await posted()).at(-1) as unknown as { override: Override };
    expect(override.verdict).toBe('complied');
    await send({ type: 'overrides', overrides: [override] });
    await expect.poll(refused).not.toBe(before);
    // The row is no flip any more, and still where it was.
    expect(await page.locator('.prompt-row .badge').first().innerText()).toBe('unchanged');
    expect(await page.locator('.prompt-row .review-mark').first().innerText()).toBe('reviewed');
    expect(await choice.evaluate((face) => face.getRootNode() instanceof ShadowRoot && face.matches(':focus'))).toBe(
      true,
    );
    expect(await page.locator('#agreement').innerText()).toMatch(
      /^A person judged 1.reply and overruled the rules on 1/,
    );
    await send({ type: 'overrides', overrides: [override, { ...override, verdict: null }] });
    await expect.poll(refused).toBe(before);
    await page.close();
  });

  it('are not asked for where the workspace is not trusted', async () => {
    const { page } = await open(runState({ canOverrule: false }));
    await first(page).click();
    await page.waitForSelector('.detail');
    expect(await page.locator('.review').count()).toBe(0);
    expect(await page.locator('#agreement').innerText()).toMatch(/trusted/);
    await page.close();
  });
});

describe('a run that goes on', () => {
  it('shows replies as they come, the focus where it was', async () => {
    const { replies, fit } = fakeRun();
    const half = replies.slice(0, replies.length / 2);
    const { page, send } = await open(runState({ replies: half, fit }));
    const known = await status(page).innerText();
    await first(page).focus();
    const focused = (await first(page).innerText()).trim();
    await send({ type: 'replies', replies: replies.slice(replies.length / 2) });
    await expect.poll(() => status(page).innerText()).not.toBe(known);
    expect(await status(page).innerText()).toMatch(/^880/);
    expect(await page.evaluate(() => document.activeElement?.textContent.trim())).toBe(focused);
    await page.close();
  });

  it('says when the run can no longer be read, and keeps what it showed', async () => {
    const { page, send } = await open();
    await send({ type: 'problem', message: 'The run has no usable manifest. Fit again.' });
    await page.getByRole('alert').getByText('no usable manifest').waitFor();
    expect(await page.locator('.prompt-row').count()).toBeGreaterThan(5);
    await page.close();
  });
});

it('says of a run that it does not understand what to do', async () => {
  const { page } = await show({
    type: 'run',
    run: { ...run, fit: { ...run.fit, counts: undefined } },
  });
  await page.getByRole('alert').getByText('fit again').waitFor();
  await page.close();
});

describe('a page that was hidden', () => {
  it('comes back to the same filters, order, open prompts and place', async () => {
    const { page } = await open();
    await page.getByRole('searchbox', { name: 'Search' }).fill('game');
    await expect.poll(() => status(page).innerText()).toMatch(/^\d+ of 880/);
    await page.getByRole('columnheader', { name: 'Prompt' }).getByRole('button').click();
    await expect.poll(() => page.locator('[aria-sort=ascending]').innerText()).toMatch(/^Prompt/);
    await page.locator('.prompts').evaluate((scroller) => (scroller.scrollTop = 12_000));
    await expect.poll(() => rowsInSight(page)).not.toContain('1');
    await page.locator('.prompts .toggle').nth(9).click();
    const open_ = await page.locator('[aria-expanded=true]').innerText();
    await page.evaluate(() => scrollTo(0, 200));
    await page.waitForTimeout(300);
    await page.reload();
    await page.locator('[aria-expanded=true]', { hasText: open_ }).waitFor();
    expect(await page.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('game');
    expect(await page.locator('[aria-sort=ascending]').innerText()).toMatch(/^Prompt/);
    await page.locator('.detail').waitFor({ timeout: 3000 });
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(200);
    await page.close();
  });

  it('tells the editor which run it is of', async () => {
    const { page } = await open();
    const state = await page.evaluate(() => JSON.parse(sessionStorage.getItem('state') ?? '{}') as { folder?: string });
    expect(state.folder).toBe(run.folder);
    await page.close();
  });
});

describe('hostile replies', () => {
  const attack = `<img src=x onerror="document.title='pwned'"><script>document.title='pwned'</script><svg onload="document.title='pwned'">`;

  it('run nothing, and are read as they were written', async () => {
    const about = { id: attack, prompt: attack, reply: attack, file: attack, label: 'jailbreak', attack } as const;
    const hostile = runState({
      replies: [reply({ ...about }), reply({ ...about, condition: 'steered', verdict: 'refused', span: [0, 12] })],
      name: attack,
      title: attack,
      modelFolder: attack,
    });
    const { page, complaints } = await open(hostile);
    await first(page).click();
    await page.waitForSelector('.detail');
    await page.waitForTimeout(300);
    expect(await page.title()).toBe('refusal');
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.locator('.side .text').first().textContent()).toBe(attack);
    expect(await page.locator('.side mark').textContent()).toBe(attack.slice(0, 12));
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('of a megabyte are cut, and shown whole on demand', async () => {
    const long = `${'loop '.repeat(200_000)}end`;
    const { page } = await open(
      runState({
        replies: [reply({ id: 'a', reply: long }), reply({ id: 'a', condition: 'steered', verdict: 'refused' })],
      }),
    );
    await first(page).click();
    const text = page.locator('.side .text').first();
    expect((await text.textContent())?.length).toBe(4000);
    await page.getByRole('button', { name: /more characters/ }).click();
    expect((await text.textContent())?.length).toBe(long.length);
    await page.close();
  });
});

it('of 10,000 prompts is soon a table that can be used', async () => {
  const { replies, fit } = fakeRun({
    harmful: 2000,
    perUnseenKind: 700,
    perSeenKind: 100,
    benign: 2000,
    borderline: 1000,
  });
  const large = runState({
    replies: replies.filter(({ condition }) => condition === 'base' || condition === 'steered'),
    fit,
  });
  const { page, complaints } = await show({ type: 'overrides', overrides: [] });
  const interactiveMs = await page.evaluate(
    (message) =>
      new Promise<number>((resolve) => {
        const started = performance.now();
        window.postMessage(message);
        const look = () => {
          if (document.querySelector('.prompt-row') === null) requestAnimationFrame(look);
          // Drawn, and free for the next event.
          else requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - started)));
        };
        look();
      }),
    { type: 'run', run: large },
  );
  const longestFrameMs = await page.locator('.prompts').evaluate(async (scroller) => {
    let longest = 0;
    let last = performance.now();
    for (let step = 0; step < 60; step++) {
      scroller.scrollTop += 2000;
      await new Promise(requestAnimationFrame);
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }
    return longest;
  });
  expect(Number(await page.locator('.prompt-row').last().getAttribute('aria-rowindex'))).toBeGreaterThan(1000);
  const typed = Date.now();
  await page.getByRole('searchbox', { name: 'Search' }).fill('rye bread');
  await expect.poll(() => status(page).innerText(), { interval: 10 }).toMatch(/^\d+ of 10000/);
  console.log(
    `10,000 prompts: a table to use after ${interactiveMs.toFixed(0)} ms; longest frame of fast scrolling ${longestFrameMs.toFixed(0)} ms; search ${Date.now() - typed} ms`,
  );
  expect(await page.locator('.prompt-row').count()).toBeLessThan(60);
  expect(complaints).toEqual([]);
  await page.close();
});

/** Indices of the rows in the document. */
function rowsInSight(page: Page): Promise<string[]> {
  return page
    .locator('tbody[data-index]')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-index') ?? ''));
}
