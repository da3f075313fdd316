import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TrialNumbers, TrialRequest } from './device-trial.ts';
import { modelProcessEnv } from '../../client/model-process-env.ts';

/** What a trial ended with: numbers, or why there are none. */
export type TrialAnswer = { readonly numbers: TrialNumbers } | { readonly error: string; readonly tooSlow: boolean };

/** The bundled trial lies beside the bundled worker. */
const trialModule = fileURLToPath(new URL('./device-trial.js', import.meta.url));

/**
 * Runs a model on its device in a process of its own.
 * @param limit milliseconds it may take; a software driver may compute a model, but too slowly for anybody
 */
export async function tryDevice(
  request: Omit<TrialRequest, 'profiles'>,
  limit = 120_000,
  module = trialModule,
): Promise<TrialAnswer> {
  const profiles = await mkdtemp(join(tmpdir(), 'alphasteer-trial-')).catch(() => undefined);
  if (profiles === undefined) return { error: `${tmpdir()} takes no folder for its profile`, tooSlow: false };
  try {
    return await ask({ ...request, profiles }, limit, module);
  } finally {
    await rm(profiles, { recursive: true });
  }
}

async function ask(request: TrialRequest, limit: number, module: string): Promise<TrialAnswer> {
  return await new Promise((resolve) => {
    const child = fork(module, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: modelProcessEnv(),
      execArgv: [],
    });
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text));
    let answer: TrialAnswer | undefined;
    const timer = setTimeout(() => {
      answer = { error: `it was not done within ${limit / 1000} s`, tooSlow: true };
      child.kill('SIGKILL');
    }, limit);
    const end = (how: string): void => {
      clearTimeout(timer);
      answer ??= { error: how, tooSlow: false };
      if ('error' in answer) answer = { ...answer, error: [answer.error, ...providersWords(said)].join(' | ') };
      resolve(answer);
    };
    child.once('error', (error) => end(`its process could not be started: ${error.message}`));
    child.once('message', (message) => (answer = message as TrialAnswer));
    child.once('close', (code, signal) => end(`it ended its process (${signal ?? `status ${code ?? 'unknown'}`})`));
    child.send(request, (error) => error && child.kill('SIGKILL'));
  });
}

const longest = 300;

/** What a provider wrote on stderr of errors and warnings, without times, places and colours. */
function providersWords(text: string): string[] {
  const lines = text
    // eslint-disable-next-line no-control-regex -- colours are control characters
    .replaceAll(/\u001b\[[\d;]*m/g, '')
    .split('\n')
    .flatMap((line) => /\[E:onnxruntime:[^\]]*\]\s*(.*)/.exec(line)?.[1] ?? /^Warning: (.*)/.exec(line)?.[1] ?? [])
    .map((line) => line.slice(0, longest).replace(/\.$/, ''));
  return [...new Set(lines)].slice(0, 3);
}
