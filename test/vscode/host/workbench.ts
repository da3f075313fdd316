import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import type { CodeServer } from './code-server.ts';

const shots = 'test-results/vscode';

/** Built-in themes, and the class that the workbench has under them. */
const themes = {
  dark: { id: 'Default Dark Modern', mark: 'vs-dark' },
  light: { id: 'Default Light Modern', mark: 'vs' },
  contrast: { id: 'Default High Contrast', mark: 'hc-black' },
} as const;

/** A window of its own: nothing of an earlier one is known to it. */
export async function newWindow(browser: Browser): Promise<Workbench> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  return new Workbench(await context.newPage());
}

/** The window of a VS Code, by mouse and keyboard. */
export class Workbench {
  readonly page: Page;
  #folder = '';

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(20_000);
  }

  /** @param folder a folder or a `.code-workspace`; nothing is open without */
  async open(url: string, folder = ''): Promise<void> {
    this.#folder = folder;
    const what = folder === '' ? 'ew' : folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
    await this.page.goto(`${url}/?${new URLSearchParams({ [what]: folder || 'true' }).toString()}`);
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
  }

  /** Opens a `.code-workspace` with the extension from this tree, as built. */
  async openWorkspace({ url, host }: CodeServer, workspace: string): Promise<void> {
    const payload = JSON.stringify([['extensionDevelopmentPath', `vscode-remote://${host}${resolve('.')}`]]);
    await this.page.exposeFunction('codeAutomationLog', () => undefined);
    await this.page.goto(`${url}/?${new URLSearchParams({ workspace, payload }).toString()}`);
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
  }

  /** Runs a command by its name in the palette, whose list is made as it opens: opened again until the command is there. */
  async command(title: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input');
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    for (let left = 15; ; left--) {
      try {
        await this.page.keyboard.press('F1');
        await input.fill(`>${title}`, { timeout: 2_000 });
        await row.waitFor({ timeout: 2_000 });
        // Not the enter key: the first row need not be this one.
        await row.click({ timeout: 2_000 });
        return;
      } catch (error) {
        if (left === 0) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** @param folder where several files have the name: what else the entry says */
  async openFile(name: string, folder = ''): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).filter({ hasText: folder });
    // A file that has only just come is not in the list that the editor may have made before; the next one has it.
    for (let left = 5; ; left--) {
      await this.page.keyboard.press('Control+P');
      await this.page.locator('.quick-input-widget input').fill(`${folder} ${name}`.trim());
      try {
        await row.first().click({ timeout: 4_000 });
        break;
      } catch (error) {
        if (left === 0) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text }).last();
  }

  status(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item', { hasText: text });
  }

  lens(text: string | RegExp): Locator {
    return this.page.locator('.codelens-decoration a', { hasText: text });
  }

  /** The page inside the webview that is in sight. */
  webview(): FrameLocator {
    return this.page.locator('iframe.webview.ready:visible').last().contentFrame().frameLocator('#active-frame');
  }

  /** Changes a setting of the folder: a running code-server does not take up a change of the user's. */
  set(name: string, value: unknown): void {
    const file = join(this.#folder, '.vscode', 'settings.json');
    const settings = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...settings, [name]: value }));
  }

  async theme(name: keyof typeof themes): Promise<void> {
    this.set('workbench.colorTheme', themes[name].id);
    await this.page.locator(`.monaco-workbench.${themes[name].mark}`).waitFor();
  }

  /** What is in sight, in the three themes; the dark one stays. */
  async screenshots(name: string): Promise<void> {
    for (const theme of ['light', 'contrast', 'dark'] as const) {
      await this.theme(theme);
      // Webviews are told of a theme by message, and charts are drawn again.
      await this.page.waitForTimeout(700);
      await this.screenshot(`${name}-${theme}`);
    }
  }

  async screenshot(name: string): Promise<void> {
    // Notifications come and go by animation.
    await this.page.waitForTimeout(500);
    mkdirSync(shots, { recursive: true });
    await this.page.screenshot({ path: join(shots, `${name}.png`) });
  }
}
