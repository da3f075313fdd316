/// <reference types="node" />
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { webviewPage } from '../../src/vscode/reports/webview-page.ts';
import type { ViewName } from '../../src/vscode/reports/set-up-webview.ts';
import { launchBrowser } from '../browser/launch.ts';

/** Colours and sizes as VS Code 1.139 gives them to webviews, as far as the pages use them. */
export const themes = JSON.parse(await readFile(new URL('./themes.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, { readonly body: string; readonly variables: Readonly<Record<string, string>> }>
>;

const origin = 'https://webview.test';

export interface OpenWebview {
  readonly page: Page;
  /** Errors, warnings, violations of the page's policy, and requests that leave the extension's folder. */
  readonly complaints: string[];
  /** What the page said to the editor. */
  readonly posted: () => Promise<readonly { readonly type: string; readonly [key: string]: unknown }[]>;
  /** A message from the editor. */
  readonly send: (message: unknown) => Promise<void>;
}

/** The pages as the extension's build makes them, by file name. */
async function buildWebviews(): Promise<ReadonlyMap<string, Uint8Array>> {
  const options = (await import(new URL('../../build/esbuild-webviews.mjs', import.meta.url).href)) as {
    readonly webviews: BuildOptions;
  };
  const { outputFiles } = await build({
    ...options.webviews,
    absWorkingDir: fileURLToPath(new URL('../../', import.meta.url)),
    outdir: 'dist/webview',
    write: false,
  });
  return new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
}

export interface WebviewOptions {
  /** A name of `themes`. */
  readonly theme?: string;
  readonly width?: number;
  readonly height?: number;
}

/** Builds the pages and starts a browser for the tests of a file. @returns what opens the view with an answer to `ready` */
export function webviewOpener(view: ViewName): (answer: unknown, options?: WebviewOptions) => Promise<OpenWebview> {
  const open = pageOpener();
  return (answer, options) => open(html(view), answer, options);
}

/** Where a page of the tests finds the style sheet, and where its own files come from. */
export const pageSources = { style: `${origin}/webview.css`, source: origin };

/** The same for a page that is given whole. */
export function pageOpener(): (body: string, answer?: unknown, options?: WebviewOptions) => Promise<OpenWebview> {
  let browser: Browser;
  let files: ReadonlyMap<string, Uint8Array>;
  beforeAll(async () => {
    [browser, files] = await Promise.all([launchBrowser(), buildWebviews()]);
  });
  afterAll(() => browser.close());
  return (body, answer = null, options = {}) => openWebview(browser, files, body, answer, options);
}

/**
 * A page in a browser that plays the editor: its theme, `acquireVsCodeApi`, and the answer to `ready`. What the page
 * keeps of itself outlives a reload, and nothing else does.
 */
async function openWebview(
  browser: Browser,
  files: ReadonlyMap<string, Uint8Array>,
  markup: string,
  answer: unknown,
  { theme = 'dark', width = 1000, height = 900 }: WebviewOptions = {},
): Promise<OpenWebview> {
  const page = await browser.newPage({ viewport: { width, height } });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.route('**/*', (route) => {
    const { pathname, origin: from } = new URL(route.request().url());
    const name = pathname.slice(1);
    const contents = files.get(name);
    if (from === origin && name === '') return route.fulfill({ contentType: 'text/html', body: markup });
    if (from === origin && contents !== undefined)
      return route.fulfill({ contentType: contentType(name), body: Buffer.from(contents) });
    complaints.push(`It asked for ${route.request().url()}`);
    return route.abort();
  });
  await page.addInitScript(playEditor, { theme: themes[theme]!, answer: JSON.stringify(answer) });
  await page.goto(`${origin}/`);
  return {
    page,
    complaints,
    posted: () => page.evaluate(() => window.posted),
    send: (message) => page.evaluate((data) => window.postMessage(data), message),
  };
}

declare global {
  interface Window {
    posted: { readonly type: string; readonly [key: string]: unknown }[];
  }
}

/** Runs in the page before its own scripts. */
function playEditor({ theme, answer }: { theme: (typeof themes)[string]; answer: string }): void {
  window.posted = [];
  const api = {
    postMessage: (message: Window['posted'][number]) => {
      window.posted.push(message);
      if (message.type === 'ready') window.postMessage(JSON.parse(answer));
    },
    getState: () => (JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown) ?? undefined,
    setState: (state: unknown) => {
      sessionStorage.setItem('state', JSON.stringify(state));
      return state;
    },
  };
  Object.assign(window, { acquireVsCodeApi: () => api });
  document.addEventListener('readystatechange', () => {
    for (const [name, value] of Object.entries(theme.variables))
      document.documentElement.style.setProperty(name, value);
    document.body.classList.add(...theme.body.split(' '));
  });
}

function html(view: ViewName): string {
  const address = (file: string) => `${origin}/${file}`;
  return webviewPage({
    title: view,
    script: address(`${view}.js`),
    style: address('webview.css'),
    codicons: address('codicon.css'),
    source: origin,
    nonce: 'bm9uY2U',
  });
}

function contentType(name: string): string {
  return name.endsWith('.js') ? 'text/javascript' : name.endsWith('.css') ? 'text/css' : 'font/ttf';
}

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds that is serious or critical. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map(({ html: markup, failureSummary = '' }) => `${markup} ${failureSummary}`)
            .join('\n')}`,
      );
  });
}
