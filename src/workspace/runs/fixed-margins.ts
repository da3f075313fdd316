import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { configFileName } from '../../core/config-file-name.ts';
import { problemSentence, type Problem } from '../../core/problem.ts';
import type { Margins } from '../../core/config.ts';
import type { RunFit } from '../../core/evaluation/data/run-fit.ts';
import { loadConfig } from '../load-workspace.ts';
import { workspaceOf } from './run-folder.ts';

/** SHA-256 of the margins, which the manifest keeps from the fit on. */
export function hashOfMargins(margins: Margins): string {
  return createHash('sha256').update(JSON.stringify(margins)).digest('hex');
}

/** What makes the margins that a report uses less than fixed beforehand. */
export function marginProblems(
  fixed: Margins,
  hash: string,
  now: Margins,
  at: Pick<Problem, 'file' | 'line' | 'column'>,
): Problem[] {
  const problems: Problem[] = [];
  if (hashOfMargins(fixed) !== hash) {
    problems.push({
      severity: 'warning',
      message: 'The margins in fit.json are not those that the fit fixed: somebody changed them afterwards.',
      fix: 'Do not trust the verdict. Fit again.',
    });
  }
  const changed = (Object.keys(fixed) as (keyof Margins)[]).filter((name) => fixed[name] !== now[name]);
  if (changed.length > 0) {
    const each = changed.map((name) => `${name} from ${fixed[name]} to ${now[name]}`).join(', ');
    problems.push({
      severity: 'warning',
      ...at,
      message: `Margins changed in alphasteer.json after the fit: ${each}. The verdict is by those that the fit fixed.`,
      fix: 'Put them back. New margins count from the next fit on, and only prompts whose replies nobody has seen can confirm them.',
    });
  }
  return problems;
}

/** The same as sentences for a report, of a run in its workspace; elsewhere there is no `alphasteer.json` to compare with. */
export async function marginWarnings(
  run: string,
  { margins }: Pick<RunFit, 'margins'>,
  hash: string,
): Promise<string[]> {
  const root = workspaceOf(run);
  const loaded = await loadConfig(root, () => undefined).catch(() => undefined);
  const now = loaded?.config.evaluate.margins ?? margins;
  return marginProblems(margins, hash, now, { file: join(root, configFileName) }).map(problemSentence);
}
