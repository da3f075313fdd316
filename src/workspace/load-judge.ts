import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../core/config.ts';
import { judge } from '../core/judge/judge.ts';
import { parseJudgeRules } from '../core/judge/rules.ts';
import type { Judgement } from '../core/judge/verdict.ts';
import { HumanError, type Problem } from '../core/problem.ts';

/**
 * The judge a workspace asks for: by the rules shipped, or by its own file (`judge.rules`).
 * @throws {HumanError} errors in that file (all but the first are told to `report`)
 */
export async function loadJudge(
  root: string,
  config: Config,
  report: (problem: Problem) => void,
): Promise<(reply: string) => Judgement> {
  const path = config.judge.rules;
  if (path === undefined) return (reply) => judge(reply);
  const file = join(root, path);
  const text = await readFile(file, 'utf8').catch(() => {
    throw new HumanError({
      file,
      message: 'The rules of the judge are missing.',
      fix: 'Correct judge.rules in alphasteer.json.',
    });
  });
  const { value: rules, problems } = parseJudgeRules(text, file);
  if (rules !== null) return (reply) => judge(reply, rules);
  problems.slice(1).forEach(report);
  throw new HumanError(problems[0] ?? { file, message: 'The rules of the judge cannot be used.', fix: 'Mend them.' });
}
