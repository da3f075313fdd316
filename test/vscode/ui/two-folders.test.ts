import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { madeProject } from '../host/made-project.ts';
import type { Workbench } from '../host/workbench.ts';
import { pictureFailures, startEditor, type Editor } from './editor.ts';

// One window with two projects: what is shown and done of one must not be of the other.

const profile = mkdtempSync(join(tmpdir(), 'alphasteer-profile-'));
const folder = mkdtempSync(join(tmpdir(), 'alphasteer-two-'));
const [first, second] = [join(folder, 'first'), join(folder, 'second')];
const workspace = join(folder, 'two.code-workspace');
let editor: Editor;
let window: Workbench;

const runsOf = (root: string): string[] => readdirSync(join(root, '.alphasteer/runs')).sort();
const row = (text: string | RegExp): Locator =>
  window.page.locator('.pane-body .monaco-list-row', { hasText: text }).first();

/** Calls an entry of a run's context menu. */
async function onRun(name: string, entry: string): Promise<void> {
  await row(name).click({ button: 'right' });
  const action = window.page.locator('.monaco-menu .action-label', { hasText: entry }).first();
  await action.waitFor();
  // A menu takes no click for a moment, so that the one that opened it chooses nothing.
  await window.page.waitForTimeout(500);
  await action.click();
}

beforeAll(async () => {
  madeProject(first, ['early', 'late']);
  madeProject(second, ['other'], 2);
  writeFileSync(
    workspace,
    JSON.stringify({ folders: [{ path: 'first' }, { path: 'second' }], settings: { 'alphasteer.rowLimit': 2 } }),
  );
  mkdirSync(join(folder, '.vscode'));
  editor = await startEditor({ profile, trusted: true, smokeTestDriver: true });
  ({ window } = editor);
  await window.openWorkspace(editor.server, workspace);
}, 300_000);

pictureFailures(() => window);

afterAll(async () => {
  await editor.stop();
  rmSync(profile, { recursive: true });
  rmSync(folder, { recursive: true });
});

test('the runs view lists each project with its model and runs', { timeout: 120_000 }, async () => {
  await window.status(/strength/).waitFor({ timeout: 60_000 });
  await window.page.locator('.activitybar [aria-label="AlphaSteer"]').first().click();
  await row('other').waitFor();
  const rows = await window.page.locator('.pane-body .monaco-list-row .label-name').allInnerTexts();
  expect(rows).toEqual(['first', 'Model', 'late', 'early', 'second', 'Model', 'other']);
  await window.screenshot('two-folders');
});

test(
  'status bar and verdicts above a prompt are those of the project whose file is shown',
  { timeout: 60_000 },
  async () => {
    for (const [name, run] of [
      ['second', 'other'],
      ['first', 'late'],
    ] as const) {
      await window.openFile('benign-heldout.jsonl', name);
      await window.lens('→').first().waitFor();
      await window.status(`${name}: model`).hover();
      await window.page.locator('.monaco-hover', { hasText: `AlphaSteer: ${name}` }).waitFor();
      await window.page.locator('.monaco-hover', { hasText: `Run ${run}` }).waitFor();
      await window.page.mouse.move(600, 300);
      await window.command('View: Close All Editors');
    }
  },
);

test('where a file of the run is missing, the message names it', { timeout: 60_000 }, async () => {
  await window.openFile('benign-heldout.jsonl', 'second');
  await window.lens('Test').first().click();
  const message = window.webview().locator('[role=alert]');
  await message.filter({ hasText: /second\/\.alphasteer\/runs\/.*No such file/ }).waitFor();
  await window.command('View: Close All Editors');
});

test('the Test Explorer tells files of the same name apart', { timeout: 60_000 }, async () => {
  await window.command('Testing: Focus on Test Explorer View');
  const tests = window.page.locator('.test-explorer .monaco-list-row');
  await tests.filter({ hasText: 'benign-heldout.jsonl' }).nth(1).waitFor();
  const names = await tests.filter({ hasText: 'benign-heldout.jsonl' }).allInnerTexts();
  expect(names.map((name) => /first|second/.exec(name)?.[0]).sort()).toEqual(['first', 'second']);
});

test('Fit asks which project, and does nothing where none is picked', { timeout: 60_000 }, async () => {
  await window.command('AlphaSteer: Fit AlphaSteer');
  const choices = window.page.locator('.quick-input-list .monaco-list-row');
  await window.page.locator('.quick-input-widget', { hasText: 'AlphaSteer: Fit' }).waitFor();
  await expect.poll(() => choices.locator('.label-name').allInnerTexts()).toEqual(['first', 'second']);
  await window.page.keyboard.press('Escape');
  expect(runsOf(second)).toHaveLength(1);
});

test('a run is renamed, compared with another one, and deleted after a question', { timeout: 120_000 }, async () => {
  await window.page.locator('.activitybar [aria-label="AlphaSteer"]').first().click();
  const input = window.page.locator('.quick-input-widget input');
  await onRun('early', 'Rename Run');
  await input.fill('before');
  await window.page.keyboard.press('Enter');
  await row('before').waitFor();
  const manifest: unknown = JSON.parse(
    readFileSync(join(first, '.alphasteer/runs', runsOf(first)[0]!, 'manifest.json'), 'utf8'),
  );
  expect(manifest).toMatchObject({ name: 'before' });

  await onRun('late', 'Compare with Another Run');
  const others = window.page.locator('.quick-input-list .monaco-list-row .label-name');
  await others.first().waitFor();
  await expect.poll(() => others.allInnerTexts()).toEqual(['before']);
  await window.page.keyboard.press('Enter');
  await window.page.locator('.tab.active', { hasText: 'before → late' }).waitFor();
  await window.command('View: Close All Editors');

  await onRun('late', 'Reveal Run Folder');
  const revealed = window.page.locator('.explorer-folders-view .monaco-list-row.selected');
  await revealed.filter({ hasText: runsOf(first)[1]! }).waitFor();
  await window.page.locator('.activitybar [aria-label="AlphaSteer"]').first().click();

  await onRun('before', 'Delete Run');
  const dialog = window.page.locator('.monaco-dialog-box');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(runsOf(first)).toHaveLength(2);
  await onRun('before', 'Delete Run');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect.poll(() => runsOf(first).length, { timeout: 20_000 }).toBe(1);
  expect(existsSync(join(second, '.alphasteer/runs', runsOf(second)[0]!))).toBe(true);
});

test('a broken row and a wrong entry are problems of their own project alone', { timeout: 120_000 }, async () => {
  const broken = join(second, 'prompts/harmful-heldout.jsonl');
  writeFileSync(broken, '{"prompt": "one"}\n{"prompt": 7}\n');
  await window.openFile('harmful-heldout.jsonl', 'second');
  const config = join(second, 'alphasteer.json');
  const text = readFileSync(config, 'utf8');
  writeFileSync(config, text.replace('prompts/benign.jsonl', 'prompts/benin.jsonl'));
  await window.openFile('alphasteer.json', 'second');
  await window.openFile('harmful-heldout.jsonl', 'first');
  await window.openFile('alphasteer.json', 'first');
  await window.command('Problems: Focus on Problems View');
  const rows = window.page.locator('.markers-panel .monaco-list-row');
  await rows.filter({ hasText: 'not text' }).waitFor();
  await rows.filter({ hasText: 'No file of the workspace matches "prompts/benin.jsonl"' }).waitFor();
  const files = (await rows.allInnerTexts()).filter((text) => !text.includes('AlphaSteer'));
  expect(files.map((text) => /first|second/.exec(text)?.[0])).toEqual(['second', 'second']);
  await window.screenshot('problems');
  writeFileSync(config, text);
  writeFileSync(broken, '{"prompt": "one"}\n');
  await expect.poll(() => rows.count(), { timeout: 10_000 }).toBe(0);
  await window.command('View: Hide Panel');
});

test('the walkthrough has ticked off what is there already', { timeout: 60_000 }, async () => {
  await window.command('AlphaSteer: Open Walkthrough');
  const done = window.page.locator('[data-done-step-id].complete');
  for (const step of ['folder', 'model', 'fit'])
    await window.page.locator(`[data-done-step-id$="#${step}"].complete`).waitFor();
  expect(await done.count()).toBe(3);
});
