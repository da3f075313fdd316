import type { Browser } from 'playwright-core';
import { afterEach } from 'vitest';
import { launchBrowser } from '../../browser/launch.ts';
import { startCodeServer, type CodeServer, type ServerOptions } from '../host/code-server.ts';
import { newWindow, type Workbench } from '../host/workbench.ts';

/** A VS Code of its own, and a window of it in which nothing is open yet. */
export interface Editor {
  readonly server: CodeServer;
  readonly browser: Browser;
  readonly window: Workbench;
  readonly stop: () => Promise<void>;
}

export async function startEditor(options: ServerOptions): Promise<Editor> {
  const server = await startCodeServer(options);
  const browser = await launchBrowser();
  const window = await newWindow(browser);
  const stop = async (): Promise<void> => {
    await browser.close();
    await server.stop();
  };
  return { server, browser, window, stop };
}

/** Takes a picture of the window after each test of the file that fails. */
export function pictureFailures(window: () => Workbench): void {
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await window().screenshot(`failed-${task.id}`);
  });
}
