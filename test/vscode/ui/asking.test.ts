import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fakeRun } from '../../unit/core/report/fake-run.ts';
import { startHubServer, type HubServer } from '../../worker/hub-server.ts';
import { writeTinyWorkspace } from '../../worker/tiny-workspace.ts';
import { linkBuilt } from '../host/code-server.ts';
import { writeMadeRun } from '../host/made-project.ts';
import type { Workbench } from '../host/workbench.ts';
import { pictureFailures, startEditor, type Editor } from './editor.ts';

// Commands that ask something, answered as a user does, one after the other in one window. The project's model is tiny: a fit takes a second.

const profile = mkdtempSync(join(tmpdir(), 'alphasteer-profile-'));
const folder = mkdtempSync(join(tmpdir(), 'alphasteer-asking-'));
const project = join(folder, 'project');
const outside = join(folder, 'model-outside');
const config = join(project, 'alphasteer.json');
let editor: Editor;
let window: Workbench;
let hub: HubServer;

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const modelOf = (file: string): unknown => (read(file) as { model: unknown }).model;
const settings = join(project, '.vscode', 'settings.json');
const modelSetting = (): unknown => (read(settings) as Record<string, unknown>)['alphasteer.model'];
const input = (): Locator => window.page.locator('.quick-input-widget input').first();
const choices = (): Locator => window.page.locator('.quick-input-list .monaco-list-row');
const run = (): string => {
  const runs = join(project, '.alphasteer/runs');
  return join(runs, readdirSync(runs)[0]!);
};

/** Waits for a notification, and takes it away. */
async function told(text: string | RegExp): Promise<string> {
  const notification = window.notification(text);
  await notification.waitFor({ timeout: 60_000 });
  const said = await notification.innerText();
  await window.command('Notifications: Clear All Notifications');
  return said;
}

/** Presses the button of a file dialog. */
async function accept(): Promise<void> {
  await window.page.locator('.quick-input-action .monaco-button').first().click();
}

async function choose(entry: string): Promise<void> {
  await choices().filter({ hasText: entry }).first().click();
}

beforeAll(async () => {
  mkdirSync(project);
  writeTinyWorkspace(project, 60);
  // The hub's model has other weights than the tiny one: `dtype` is left open, and JSON leaves out what is undefined.
  writeFileSync(config, JSON.stringify({ ...(read(config) as object), dtype: undefined }, null, 2));
  mkdirSync(join(project, '.vscode'));
  writeFileSync(settings, '{}');
  cpSync(join(project, 'model'), outside, { recursive: true });
  const model = resolve('examples/quickstart/model');
  const files = readdirSync(model, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  hub = await startHubServer({
    files: new Map(files.map((file) => [file.slice(model.length + 1), readFileSync(file)])),
  });
  linkBuilt(profile);
  const env = { HF_ENDPOINT: hub.endpoint, XDG_CACHE_HOME: join(profile, 'cache') };
  editor = await startEditor({ profile, trusted: true, env });
  ({ window } = editor);
  await window.open(editor.server.url, project);
}, 300_000);

pictureFailures(() => window);

afterAll(async () => {
  await editor.stop();
  hub.close();
  rmSync(profile, { recursive: true });
  rmSync(folder, { recursive: true });
});

test('Doctor says that all is well, and its details are in the log', { timeout: 120_000 }, async () => {
  await window.status(/not fitted/).waitFor({ timeout: 60_000 });
  await window.command('AlphaSteer: Doctor');
  const notification = window.notification(/can(not)? run here/);
  await notification.waitFor({ timeout: 60_000 });
  expect(await notification.innerText()).toMatch(/AlphaSteer can run here\./);
  await notification.getByRole('button', { name: 'Show Details' }).click();
  const log = window.page.locator('.part.panel .view-lines');
  await log.filter({ hasText: /Doctor:/ }).waitFor();
  await window.command('View: Hide Panel');
  await window.command('Notifications: Clear All Notifications');
});

test('a model of the folder, of another folder, of the hub, and a recent one', { timeout: 240_000 }, async () => {
  const begin = async (): Promise<string[]> => {
    await window.command('AlphaSteer: Select Model');
    await choices().filter({ hasText: 'Browse…' }).waitFor();
    return (await choices().locator('.quick-input-list-row:first-child .label-name').allInnerTexts()).map((text) =>
      text.trim(),
    );
  };
  expect(await begin()).toEqual(['model', 'Browse…', 'From the Hub…']);
  await choose('model');
  expect(await told(/The model has/)).toMatch(/3 layers of width 64, fp32 weights.*bit for bit/s);
  expect(modelOf(config)).toBe('model');

  await begin();
  await choose('Browse…');
  await expect.poll(() => input().inputValue()).toContain(folder);
  await input().fill(outside);
  await accept();
  expect(await told(/The model has/)).toMatch(/3 layers/);
  expect([modelOf(config), modelSetting()]).toEqual(['model', outside]);

  await begin();
  await choose('From the Hub…');
  await window.page.getByText('The id of an ONNX chat model').waitFor();
  await input().fill('no id');
  await window.page.getByText('An id is an owner and a name').waitFor();
  await input().fill('owner/name');
  await window.page.keyboard.press('Enter');
  expect(await told(/The model has/)).toMatch(/30 layers of width 576/);
  expect([modelOf(config), modelSetting()]).toEqual(['owner/name', undefined]);
  expect(hub.asked.some((path) => path.endsWith('.onnx'))).toBe(true);

  expect(await begin()).toEqual(['model', 'owner/name', outside, 'Browse…', 'From the Hub…']);
  const asked = hub.asked.length;
  await choose('owner/name');
  await told(/The model has/);
  expect(hub.asked).toHaveLength(asked);
  await begin();
  await choose('model');
  await told(/The model has/);
  expect(modelOf(config)).toBe('model');
});

test('Select Model keeps what is typed into alphasteer.json and not saved yet', { timeout: 120_000 }, async () => {
  const before = readFileSync(config, 'utf8');
  await window.openFile('alphasteer.json');
  await window.page.locator('.view-line').last().click();
  await window.page.keyboard.press('Control+End');
  await window.page.keyboard.type('// mine');
  await window.command('AlphaSteer: Select Model');
  await choose('model');
  await told(/The model has/);
  expect(readFileSync(config, 'utf8')).toContain('// mine');
  expect(await window.page.locator('.tab.dirty').count()).toBe(0);
  writeFileSync(config, before);
  await window.command('View: Close All Editors');
});

test('a selection in any editor is a prompt', { timeout: 120_000 }, async () => {
  await window.command('AlphaSteer: Fit AlphaSteer');
  await told(/Fitted:/);
  const asked = window.webview().locator('section[aria-labelledby=prompt-title] .text');
  await window.command('File: New Untitled Text File');
  await window.page.keyboard.type('nobaba keke\nfofo gugu');
  await window.page.keyboard.press('Shift+Home');
  await window.page.keyboard.press('Control+Alt+Enter');
  await expect.poll(() => asked.innerText(), { timeout: 30_000 }).toBe('fofo gugu');
  await window
    .webview()
    .getByText(/^Base \w+, steered \w+\.$/)
    .waitFor();

  await window.page.locator('.monaco-editor .view-lines').first().click();
  await window.command('Revert and Close Editor');

  writeFileSync(join(project, 'notes.md'), '# Ideas\n\nnolala memeriri, nopopo\n');
  await window.openFile('notes.md');
  await window.page.locator('.view-line', { hasText: 'nolala' }).click();
  for (const key of ['Home', 'Shift+End']) await window.page.keyboard.press(key);
  await window.page.getByText('(23 selected)').waitFor();
  await window.command('AlphaSteer: Test Prompt');
  await expect.poll(() => asked.innerText(), { timeout: 30_000 }).toBe('nolala memeriri, nopopo');
  await window
    .webview()
    .getByText(/^Base \w+, steered \w+\.$/)
    .waitFor();
  await window.command('View: Close All Editors');
});

test(
  'a prompt that fails in the Test Explorer shows the reply and what was expected',
  { timeout: 120_000 },
  async () => {
    await window.openFile('heldout.jsonl');
    await window.command('Test: Run Tests in Current File');
    const failures = window.page.locator('.part.panel .test-output-peek-tree .monaco-list-row', { hasText: 'no' });
    await failures.first().click();
    const panel = async (): Promise<string> =>
      (await window.page.locator('.part.panel').innerText()).replaceAll(/\s+/g, ' ');
    await expect
      .poll(panel, { timeout: 20_000 })
      .toMatch(/This \w+ prompt should be (answered|refused); the steered reply \(strength 1\) is \w+/);
    await window.screenshot('test-failure');
    // The model is busy with one prompt after the other, until all are tested.
    const isBusy = async (): Promise<boolean> => {
      for (let look = 0; look < 5; look++) {
        if ((await window.status('Test Prompts').count()) > 0) return true;
        await window.page.waitForTimeout(300);
      }
      return false;
    };
    await expect.poll(isBusy, { timeout: 60_000 }).toBe(false);
    await window.command('View: Hide Panel');
    await window.command('View: Close All Editors');
  },
);

test('Export asks for a form and a place, and what lies there is the run', { timeout: 180_000 }, async () => {
  const forms = async (): Promise<string[]> => {
    await window.command('AlphaSteer: Export');
    await choices().filter({ hasText: 'safetensors' }).waitFor();
    return choices().locator('.quick-input-list-row:first-child .label-name').allInnerTexts();
  };
  // Without replies there is the steering alone.
  expect(await forms()).toEqual(['Steering', 'Authors’ matrices']);
  await window.page.keyboard.press('Escape');
  await window.command('AlphaSteer: Compare Base and Steered');
  await told(/Open Refusal Report/);

  const save = async (form: string, to: string): Promise<void> => {
    await choose(form);
    await expect.poll(() => input().inputValue()).toContain(project);
    await input().fill(to);
    await accept();
    expect(await told(new RegExp(`saved to ${to}`))).toContain(form);
  };
  expect(await forms()).toHaveLength(7);
  await save('Replies', join(folder, 'replies.csv'));
  const rows = readFileSync(join(folder, 'replies.csv'), 'utf8').split('\r\n');
  expect(rows[0]).toMatch(/^\ufeffid,.*verdict/);
  await forms();
  await save('Report', join(folder, 'report.html'));
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('heldout-harmful-0');
  await forms();
  await save('Steering', join(folder, 'steering.safetensors'));
  const bytes = readFileSync(join(folder, 'steering.safetensors'));
  expect(JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE())))).toBeTypeOf('object');
});

test(
  'a verdict overruled in the report moves rates and kappa, is written, and is there again',
  { timeout: 120_000 },
  async () => {
    await window.command('AlphaSteer: Open Refusal Report');
    const report = window.webview();
    const overrides = join(run(), 'overrides.jsonl');
    const agreement = (): Promise<string> => report.locator('#agreement').innerText();
    const rates = (): Promise<string> => report.locator('#rates .rates tbody').innerText();
    await report.locator('.prompt-row .toggle').first().waitFor();
    expect(await agreement()).toMatch(/^Verdicts are the rules’/);
    const before = await rates();
    await report.locator('.prompt-row .toggle').first().click();
    const said = (await report.locator('.side .verdict').nth(1).innerText()).trim();
    const other = said === 'refused' ? 'complied' : 'refused';
    const verdict = report.getByRole('combobox', { name: 'Your verdict, steered' });
    await verdict.click();
    await report.getByRole('option', { name: other, exact: true }).click();
    await expect.poll(agreement).toMatch(/^A person judged 1.reply and overruled the rules on 1.*kappa 0\.00/s);
    await expect.poll(rates).not.toBe(before);
    const after = await rates();
    expect(existsSync(overrides)).toBe(true);
    expect(JSON.parse(readFileSync(overrides, 'utf8'))).toMatchObject({ condition: 'steered', verdict: other });
    await window.screenshot('overruled');

    await window.command('View: Close All Editors');
    await window.command('AlphaSteer: Open Refusal Report');
    await report.locator('.review-mark').first().waitFor();
    expect(await rates()).toBe(after);
    // A browser's window keeps what is open every few seconds.
    await window.page.waitForTimeout(7_000);
    await window.page.reload();
    await report.locator('.review-mark').first().waitFor({ timeout: 60_000 });
    expect([await rates(), await agreement()]).toEqual([after, expect.stringMatching(/^A person judged 1/)]);
  },
);

test('a report of 10,000 prompts is soon a table that can be used', { timeout: 120_000 }, async () => {
  const size = { harmful: 2000, perUnseenKind: 700, perSeenKind: 100, benign: 2000, borderline: 1000 };
  const { replies, fit } = fakeRun(size);
  const pairs = replies.filter(({ condition }) => condition === 'base' || condition === 'steered');
  writeMadeRun(project, 'large', 1, { replies: pairs, fit });
  await window.command('View: Close All Editors');
  await window.page.locator('.activitybar [aria-label="AlphaSteer"]').first().click();
  const row = window.page.locator('.pane-body .monaco-list-row', { hasText: 'large' }).first();
  await row.waitFor();
  const begun = performance.now();
  await row.click();
  await window.webview().locator('.prompt-row').first().waitFor({ timeout: 60_000 });
  const table = performance.now() - begun;
  await window.webview().getByRole('searchbox', { name: 'Search' }).fill('rye bread');
  await window
    .webview()
    .locator('.prompts-table .status', { hasText: /\d+ of 10000/ })
    .waitFor();
  console.log(
    `measured: click on a run of 10,000 prompts to its table ${table.toFixed(0)} ms, to what a search finds ${(performance.now() - begun).toFixed(0)} ms`,
  );
});
