import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeTinyWorkspace } from '../../worker/tiny-workspace.ts';
import { linkBuilt, startCodeServer } from '../host/code-server.ts';
import { newWindow, type Workbench } from '../host/workbench.ts';
import { pictureFailures, startEditor, type Editor } from './editor.ts';

// A day's work in one window with two projects: files come, change and go while they are listed and tested. The model is tiny.

const profile = mkdtempSync(join(tmpdir(), 'alphasteer-profile-'));
const folder = mkdtempSync(join(tmpdir(), 'alphasteer-changes-'));
const [first, second] = [join(folder, 'first'), join(folder, 'second')];
const workspace = join(folder, 'two.code-workspace');
const more = join(first, 'more');
let editor: Editor;
let window: Workbench;

const tests = (text: string | RegExp): Locator =>
  window.page.locator('.test-explorer .monaco-list-row', { hasText: text }).first();
const choices = (): Locator => window.page.locator('.quick-input-list .monaco-list-row');
/** How a test stands, as it is read to who can't see its icon: `Passed`, `Failed`, `Not yet run`. */
const stateOf = async (text: string): Promise<string | undefined> =>
  /\((Passed|Failed|Errored|Skipped|Not yet run|Running|Queued)/.exec(
    (await tests(text).getAttribute('aria-label')) ?? '',
  )?.[1];

async function expand(name: string): Promise<void> {
  await tests(name).click();
  await window.page.keyboard.press('ArrowRight');
}

/** Fits a project, and presses what the message offers. */
async function fit(name: string, press: string): Promise<void> {
  await window.command('AlphaSteer: Fit AlphaSteer');
  await choices().filter({ hasText: name }).first().click();
  const fitted = window.notification('Fitted:');
  await fitted.waitFor({ timeout: 60_000 });
  await fitted.getByRole('button', { name: press }).click();
}

beforeAll(async () => {
  for (const root of [first, second]) {
    mkdirSync(root);
    writeTinyWorkspace(root, 60);
  }
  mkdirSync(more);
  const config = join(first, 'alphasteer.json');
  const { prompts, ...others } = JSON.parse(readFileSync(config, 'utf8')) as { prompts: { evaluate: object[] } };
  const evaluate = [...prompts.evaluate, { files: 'more/*', label: 'benign' }];
  writeFileSync(config, JSON.stringify({ ...others, prompts: { ...prompts, evaluate } }));
  writeFileSync(join(more, 'plain.txt'), 'fofo gugu\nkeke baba\n');
  writeFileSync(join(more, 'gone.txt'), 'nolala memeriri\n');
  writeFileSync(join(more, 'odd.jsonl'), '{"id": "a\\u0000b", "prompt": "echo $(whoami) and $(ls -l)"}\n');
  writeFileSync(workspace, JSON.stringify({ folders: [{ path: 'first' }, { path: 'second' }] }));
  linkBuilt(profile);
  editor = await startEditor({ profile, trusted: true });
  ({ window } = editor);
  await window.open(editor.server.url, workspace);
}, 300_000);

pictureFailures(() => window);

afterAll(async () => {
  await editor.stop();
  rmSync(profile, { recursive: true });
  rmSync(folder, { recursive: true });
});

test('what a message offers is done in the project that it tells of', { timeout: 120_000 }, async () => {
  await window.status(/not fitted/).waitFor({ timeout: 60_000 });
  await fit('second', 'Compare Base and Steered');
  await window.notification('Open Refusal Report').waitFor({ timeout: 60_000 });
  const runs = join(second, '.alphasteer/runs');
  expect(readdirSync(join(runs, readdirSync(runs)[0]!))).toContain('report.html');
  await window.command('Notifications: Clear All Notifications');
  await fit('first', 'Steering Norms');
  await window.page.locator('.tab.active', { hasText: 'Steering Norms' }).waitFor();
  await window.command('Notifications: Clear All Notifications');
  await window.command('View: Close All Editors');
});

test(
  'the button in the title tests the prompt at the cursor, and Ask Again asks the same project',
  { timeout: 120_000 },
  async () => {
    await window.openFile('heldout.jsonl', 'second');
    await window.lens('Test').first().waitFor();
    await window.page.locator('.editor-actions [aria-label^="Test Prompt"]').first().click();
    const judged = window.webview().getByText(/^Base \w+, steered \w+\.$/);
    await judged.waitFor();
    const asked = window.webview().locator('section[aria-labelledby=prompt-title] .text');
    const prompt = await asked.innerText();
    expect(readFileSync(join(second, 'heldout.jsonl'), 'utf8').split('\n')[0]).toContain(prompt);
    await window.webview().getByRole('button', { name: 'Ask Again' }).click();
    await judged.waitFor();
    expect(await window.page.locator('.quick-input-widget:visible').count()).toBe(0);
    expect(await asked.innerText()).toBe(prompt);
    await window.command('View: Close All Editors');
  },
);

test('a result stays with its prompt, wherever that moves, and a new one has none', { timeout: 120_000 }, async () => {
  await window.command('Testing: Focus on Test Explorer View');
  await tests('plain.txt').waitFor();
  await window.openFile('plain.txt');
  await window.command('Test: Run Tests in Current File');
  await expand('plain.txt');
  await expect.poll(() => stateOf('keke baba'), { timeout: 30_000 }).toMatch(/Passed|Failed/);
  const before = [await stateOf('fofo gugu'), await stateOf('keke baba')];
  await window.page.locator('.view-line', { hasText: 'fofo gugu' }).click();
  await window.page.keyboard.press('Control+Home');
  await window.page.keyboard.type('dede lala\n');
  await window.page.keyboard.press('Control+S');
  await tests('dede lala').waitFor();
  expect([await stateOf('dede lala'), await stateOf('fofo gugu'), await stateOf('keke baba')]).toEqual([
    'Not yet run',
    ...before,
  ]);
  await window.command('View: Hide Panel');
});

test(
  'a file that changes, comes or goes outside the editor does so in the Test Explorer',
  { timeout: 120_000 },
  async () => {
    writeFileSync(join(more, 'plain.txt'), 'gugu keke\n');
    await tests('gugu keke').waitFor();
    expect(await tests('fofo gugu').count()).toBe(0);
    writeFileSync(join(more, 'new.txt'), 'lala dede\n');
    await tests('new.txt').waitFor();
    rmSync(join(more, 'gone.txt'));
    await expect.poll(() => tests('gone.txt').count(), { timeout: 20_000 }).toBe(0);
  },
);

test('a file that is gone holds up no other', { timeout: 120_000 }, async () => {
  // Moved with its folder, of which alone the editor hears.
  rmSync(more, { recursive: true });
  await window.command('Test: Run All Tests');
  await expect.poll(() => stateOf('heldout.jsonl'), { timeout: 60_000 }).toMatch(/Passed|Failed/);
  mkdirSync(more);
  await window.command('View: Hide Panel');
});

test('a prompt of a shell is shown as it is, whatever its id', { timeout: 60_000 }, async () => {
  writeFileSync(join(more, 'odd.jsonl'), '{"id": "a\\u0000b", "prompt": "echo $(whoami) and $(ls -l)"}\n');
  await tests('odd.jsonl').waitFor();
  await expand('odd.jsonl');
  await tests('echo').waitFor();
  expect(await tests('echo').innerText()).toContain('echo $(whoami) and $(ls -l)');
});

test('a fit that fails shows what is wrong with the rows that it could not use', { timeout: 120_000 }, async () => {
  const file = join(second, 'benign.jsonl');
  const rows = readFileSync(file);
  writeFileSync(file, '{"prompt": 7}\n');
  await window.command('View: Close All Editors');
  await window.command('AlphaSteer: Fit AlphaSteer');
  await choices().filter({ hasText: 'second' }).first().click();
  await window.notification('no benign prompts').waitFor({ timeout: 60_000 });
  await window.command('Problems: Focus on Problems View');
  await window.page.locator('.markers-panel .monaco-list-row', { hasText: 'not text' }).waitFor();
  writeFileSync(file, rows);
  await window.command('Notifications: Clear All Notifications');
  await window.command('View: Hide Panel');
});

test('the row of the model follows the setting', { timeout: 60_000 }, async () => {
  await window.page.locator('.activitybar [aria-label="AlphaSteer"]').first().click();
  const row = window.page.locator('.pane-body .monaco-list-row', { hasText: 'Model' }).first();
  await row.filter({ hasText: 'model, loaded' }).waitFor();
  const before = readFileSync(workspace, 'utf8');
  const settings = { 'alphasteer.model': '/models/outside' };
  writeFileSync(workspace, JSON.stringify({ ...(JSON.parse(before) as object), settings }));
  await row.filter({ hasText: '/models/outside' }).waitFor();
  writeFileSync(workspace, before);
  await row.filter({ hasText: 'model, loaded' }).waitFor();
});

test('without a folder, Create alphasteer.json says what is missing', { timeout: 60_000 }, async () => {
  const empty = await newWindow(editor.browser);
  await empty.open(editor.server.url);
  await empty.command('AlphaSteer: Create alphasteer.json');
  await empty.notification('No folder is open').getByRole('button', { name: 'Open Folder' }).waitFor();
  await empty.page.close();
});

test('a report that is open when its folder becomes trusted takes verdicts', { timeout: 180_000 }, async () => {
  const own = mkdtempSync(join(tmpdir(), 'alphasteer-untrusted-'));
  linkBuilt(own);
  const untrusted = await startCodeServer({ profile: own, trusted: false });
  try {
    const restricted = await newWindow(editor.browser);
    await restricted.open(untrusted.url, second);
    await restricted.page.locator('.part.banner').getByText('Restricted Mode').waitFor({ timeout: 30_000 });
    await restricted.command('AlphaSteer: Open Refusal Report');
    const agreement = restricted.webview().locator('#agreement');
    await agreement.filter({ hasText: 'Verdicts can be given when the workspace is trusted.' }).waitFor();
    await restricted.command('View: New Editor Group to the Right');
    await restricted.command('Workspaces: Manage Workspace Trust');
    await restricted.page.locator('.workspace-trust-buttons-row').getByText('Trust', { exact: true }).first().click();
    await agreement.filter({ hasText: 'Open a prompt to give yours' }).waitFor();
    await restricted.page.close();
  } finally {
    await untrusted.stop();
    rmSync(own, { recursive: true });
  }
});
