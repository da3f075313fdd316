/// <reference types="node" />
import { expect, it } from 'vitest';
import { diffRuns } from '../../src/core/report/diff/run-diff.ts';
import { diffPage } from '../../src/vscode/reports/diff-page.ts';
import { fakeRun } from '../unit/core/report/fake-run.ts';
import { pageOpener, pageSources, seriousFindings, themes } from './webview.ts';

const run = (name: string, seed: number) => {
  const { replies, fit } = fakeRun({ harmful: 20, perUnseenKind: 5, perSeenKind: 5, benign: 20, borderline: 10 }, seed);
  return { name, settings: [['Seed', String(seed)]] as const, strength: fit.strength, replies, rejudged: 0 };
};
const diff = diffRuns(run('before', 1), run('after', 2));
const open = pageOpener();

for (const theme of Object.keys(themes)) {
  it(`two runs compared: no serious finding of axe, nothing asked for, no column out of sight, ${theme}`, async () => {
    const { page, complaints } = await open(diffPage(diff, { title: 'before → after', ...pageSources }), null, {
      theme,
    });
    await page.getByText('newly refused').first().waitFor();
    expect(complaints).toEqual([]);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1000);
    await page.screenshot({ path: `test-results/webviews/diff-${theme}.png`, fullPage: true });
    await page.close();
  });
}
