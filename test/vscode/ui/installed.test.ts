import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { version } from '../../../src/core/version.ts';
import { processes } from '../../processes.ts';
import { installVsix, startCodeServer } from '../host/code-server.ts';
import { copyQuickstart } from '../host/quickstart.ts';
import { newWindow, type Workbench } from '../host/workbench.ts';
import { pictureFailures, startEditor, type Editor } from './editor.ts';

// One test after the other in one window, as somebody would who has just installed the extension from its VSIX.

const profile = mkdtempSync(join(tmpdir(), 'alphasteer-profile-'));
const workspace = copyQuickstart(48);
let editor: Editor;
let window: Workbench;

/** The process of the model below the server, where one runs. */
function workerPid(): number | undefined {
  return processes().find(({ command }) => command.includes(profile) && command.includes('worker.js'))?.pid;
}

/** Replies that the fit has made to label its prompts, and keeps: a line each. */
function labelled(): string[] {
  const cache = join(workspace, '.alphasteer', 'cache');
  const file = readdirSync(cache).find((name) => name.includes('-labels-'));
  return file === undefined ? [] : readFileSync(join(cache, file), 'utf8').trimEnd().split('\n');
}

beforeAll(async () => {
  execFileSync('npm', ['run', 'package'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const vsix = readdirSync('.').find((name) => name.endsWith(`-${process.platform}-${process.arch}-${version}.vsix`))!;
  installVsix(vsix, profile);
  editor = await startEditor({ profile, trusted: true });
  ({ window } = editor);
  await window.open(editor.server.url, workspace);
  await window.theme('dark');
}, 600_000);

pictureFailures(() => window);

afterAll(async () => {
  await editor.stop();
  rmSync(profile, { recursive: true });
  rmSync(workspace, { recursive: true });
});

test(
  'a fit is seen with numbers and time left; stopped, it goes on later; when its process is killed, the message offers to go on',
  { timeout: 300_000 },
  async () => {
    await window.status(/not fitted/).waitFor({ timeout: 60_000 });
    await window.command('AlphaSteer: Fit AlphaSteer');
    const progress = window.notification(/\d+ of \d+ .*left/);
    await progress.waitFor({ timeout: 60_000 });
    await window.screenshot('fit-progress');
    await window.command('AlphaSteer: Stop');
    const stopped = window.notification('Fit was stopped. What is finished is kept.');
    await stopped.waitFor();
    await window.screenshot('fit-stopped');
    const kept = labelled();
    expect(kept.length).toBeGreaterThan(0);
    await stopped.getByRole('button', { name: 'Go On' }).click();
    await progress.waitFor({ timeout: 60_000 });
    process.kill(workerPid()!, 'SIGKILL');
    const message = window.notification("The model's process was ended by SIGKILL");
    await message.waitFor();
    await window.screenshot('worker-killed');
    await message.getByRole('button', { name: 'Go On' }).click();
    await window.notification(/Fitted: layers 14, 16, strength 1/).waitFor({ timeout: 200_000 });
    await window.screenshot('fit-done');
    // Nothing was lost, and nothing made twice.
    expect(labelled().slice(0, kept.length)).toEqual(kept);
    expect(new Set(labelled()).size).toBe(labelled().length);
    await window.status(/strength 1/).waitFor();
  },
);

test('Test above a prompt streams both replies beside the editor', { timeout: 120_000 }, async () => {
  // For the comparison that comes next: settings take a moment.
  window.set('alphasteer.rowLimit', 5);
  await window.openFile('jailbreak-heldout.jsonl');
  await window.command('Notifications: Clear All Notifications');
  const lens = window.lens('Test').first();
  await lens.waitFor();
  await window.screenshots('codelens');
  const reply = window.webview();
  const firstText = async (): Promise<number> => {
    const begun = performance.now();
    await lens.click();
    await reply.getByText('Replying…').waitFor();
    await reply.locator('section.side:not(:has(.empty))').first().waitFor();
    return performance.now() - begun;
  };
  const judged = reply.getByText(/^Base \w+, steered \w+\.$/);
  const first = await firstText();
  await window.screenshot('compare-streaming');
  await judged.waitFor({ timeout: 60_000 });
  const second = await firstText();
  await judged.waitFor({ timeout: 60_000 });
  console.log(
    `measured: click on Test to the first text ${first.toFixed(0)} ms, the second time ${second.toFixed(0)} ms`,
  );
  await window.lens('→').first().waitFor();
  await window.screenshots('reply');
  await lens.click();
  await reply.locator('section.side:not(:has(.empty))').first().waitFor();
  await reply.getByRole('button', { name: 'Stop' }).click();
  await reply.getByText('Stopped. What had come stays here, not judged.').waitFor();
  expect(await reply.locator('.side .text').first().innerText()).not.toBe('');
  expect(await reply.locator('.verdict').count()).toBe(0);
});

test(
  'Compare ends in a notification that opens the refusal report; the norms open from the runs view',
  { timeout: 240_000 },
  async () => {
    await window.command('AlphaSteer: Compare Base and Steered');
    const done = window.notification('Open Refusal Report');
    await done.waitFor({ timeout: 200_000 });
    await done.getByRole('button', { name: 'Open Refusal Report' }).click();
    await window.page.locator('.tab.active', { hasText: 'Refusal Report' }).waitFor();
    await window.command('View: Close Other Editors in Group');
    await window.webview().getByRole('heading').first().waitFor();
    await window.screenshots('refusal-report');
    await window.page.locator('.activitybar [aria-label="AlphaSteer"]').first().click();
    const row = window.page.locator('.pane-body .monaco-list-row', { hasText: 'strength 1' });
    await row.waitFor();
    await window.screenshot('runs-view');
    await window.command('AlphaSteer: Open Steering Norms');
    await window.page.locator('.tab.active', { hasText: 'Steering Norms' }).waitFor();
    await window.webview().getByRole('heading').first().waitFor();
    await window.screenshots('norms');
  },
);

test('the walkthrough has ticked off what was done', { timeout: 60_000 }, async () => {
  await window.command('AlphaSteer: Open Walkthrough');
  await window.page.getByText('Get started with AlphaSteer').first().waitFor();
  const done = window.page.locator('[data-done-step-id].complete');
  await done.nth(4).waitFor();
  await window.screenshot('walkthrough');
});

test('a folder that is not trusted: reports open, and nothing runs', { timeout: 180_000 }, async () => {
  const own = mkdtempSync(join(tmpdir(), 'alphasteer-untrusted-'));
  symlinkSync(join(profile, 'extensions'), join(own, 'extensions'));
  const untrusted = await startCodeServer({ profile: own, trusted: false });
  try {
    const restricted = await newWindow(editor.browser);
    const { page } = restricted;
    await restricted.open(untrusted.url, workspace);
    await page.locator('.part.banner').getByText('Restricted Mode').waitFor({ timeout: 30_000 });
    await restricted.command('AlphaSteer: Open Refusal Report');
    await restricted.webview().getByRole('heading').first().waitFor({ timeout: 30_000 });
    await restricted.openFile('jailbreak-heldout.jsonl');
    await restricted.lens('→').first().waitFor();
    expect(await restricted.lens('Test').count()).toBe(0);
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').fill('>AlphaSteer: ');
    const entries = page.locator('.quick-input-list .monaco-list-row .label-name');
    await entries.filter({ hasText: 'Open Steering Norms' }).waitFor();
    expect((await entries.allInnerTexts()).sort()).toEqual([
      'AlphaSteer: Compare with Another Run…',
      'AlphaSteer: Create alphasteer.json',
      'AlphaSteer: Export',
      'AlphaSteer: Focus on Runs View',
      'AlphaSteer: Open Refusal Report',
      'AlphaSteer: Open Steering Norms',
      'AlphaSteer: Open Walkthrough',
      'AlphaSteer: Show Log',
    ]);
    await page.keyboard.press('Escape');
    await restricted.status(/strength 1/).click();
    await entries.filter({ hasText: 'Manage Trust' }).waitFor();
    expect(await entries.allInnerTexts()).toHaveLength(5);
    await restricted.screenshot('restricted');
  } finally {
    await untrusted.stop();
    rmSync(own, { recursive: true });
  }
});
