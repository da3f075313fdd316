/// <reference types="node" />
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { chromium, type Browser } from 'playwright-core';
import { npmBrowser, withoutNpmBrowser } from './npm-browser.ts';
import { usualPlaces } from './usual-places.ts';

/** For a page of our own files alone: nothing is looked up, asked or fetched beside it. */
const args = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

interface Candidate {
  readonly executable: string;
  /** What it needs in its environment beside ours. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A real browser: the one that `CHROMIUM` names, else one of this machine, else the one that npm brings. */
export async function launchBrowser(): Promise<Browser> {
  const reasons: string[] = [];
  for (const { executable, env } of candidates()) {
    try {
      return await chromium.launch({ executablePath: executable, args, ...(env && { env: { ...ownEnv(), ...env } }) });
    } catch (error) {
      // A file of the name need not be a browser that starts: on Ubuntu it may only tell how to install one.
      reasons.push(`${executable}: ${String(error).split('\n')[0]!}`);
    }
  }
  throw new Error(['No browser starts.', ...reasons, withoutNpmBrowser(), remedy].filter(Boolean).join('\n'));
}

const remedy = 'Install Chrome, Chromium or Edge, or name one: CHROMIUM=/path/to/chrome.';

/** Why no browser starts here, in one line; undefined where one does. */
export async function withoutBrowser(): Promise<string | undefined> {
  try {
    await (await launchBrowser()).close();
    return undefined;
  } catch (error) {
    return (error as Error).message.replaceAll('\n', ' ');
  }
}

function* candidates(): Generator<Candidate> {
  const { platform, env } = process;
  const named = env['CHROMIUM'];
  if (named !== undefined) {
    yield { executable: named };
    return;
  }
  for (const executable of usualPlaces({ platform, env, home: homedir() }))
    if (existsSync(executable)) yield { executable };
  if (withoutNpmBrowser() === undefined) yield npmBrowser();
}

function ownEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
