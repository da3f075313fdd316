import { expect, test } from 'vitest';
import { diffRuns, type DiffedRun } from '../../../../src/core/report/diff/run-diff.ts';
import { diffPage } from '../../../../src/vscode/reports/diff-page.ts';
import { hostileTexts } from '../../core/report/exports/hostile-texts.ts';
import { reply } from '../../core/report/reply.ts';

const style = { style: 'https://files/webview.css', source: 'https://files' };

function run(name: string, verdict: 'refused' | 'complied', text = 'Sure.'): DiffedRun {
  const about = { id: 'a', label: 'jailbreak', attack: text, prompt: text, file: text } as const;
  const replies = [reply({ ...about, condition: 'steered', reply: text, verdict })];
  return { name, settings: [['Seed', name]], strength: 0.3, replies, rejudged: 0 };
}

test('the page shows both replies of a flip, says whether it was wanted, and runs no script', () => {
  const page = diffPage(diffRuns(run('old', 'complied'), run('new', 'refused')), { title: 'old → new', ...style });
  expect(page).toContain('<span class="badge badge-met">newly refused</span>');
  expect(page.replaceAll('&#39;', "'")).toContain(`content="default-src 'none'; style-src https://files;`);
  expect(page).not.toMatch(/<script|\bon[a-z]+=/);
});

test('texts of prompts and models stay text', () => {
  for (const text of hostileTexts) {
    const page = diffPage(diffRuns(run(text, 'refused', text), run('new', 'complied', text)), {
      title: text,
      ...style,
    });
    expect(page).not.toMatch(/<script|<!--|<!ENTITY/);
    expect(page).toContain('no longer refused');
  }
});
