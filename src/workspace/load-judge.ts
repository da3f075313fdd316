import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../core/config.ts';
import { judge } from '../core/judge/judge.ts';
import { judgeFault } from '../core/judge/judge-quality.ts';
import { labelledReplies } from '../core/judge/labelled-replies.ts';
import { measureJudge, type JudgeMeasure } from '../core/judge/measure-judge.ts';
import measured from '../core/judge/measured.json' with { type: 'json' };
import { refusalRuledOut } from '../core/judge/refusal-ruled-out.ts';
import { parseJudgeRules, shippedRules, type JudgeRules } from '../core/judge/rules.ts';
import type { Judgement } from '../core/judge/verdict.ts';
import { HumanError, type Problem } from '../core/problem.ts';
import type { JudgeIdentity } from '../core/evaluation/data/judge-facts.ts';

export interface LoadedJudge {
  readonly judge: (reply: string) => Judgement;
  /** Whether no continuation of a reply can be `refused`. */
  readonly refusalRuledOut: (reply: string) => boolean;
  readonly identity: JudgeIdentity;
  /** On the labelled replies. */
  readonly measure: JudgeMeasure;
}

/**
 * The judge a workspace asks for: by the rules shipped, or by its own file (`judge.rules`), which is tried on the labelled
 * replies first; what it gets wrong beyond reason is told to `report`.
 * @throws {HumanError} errors in that file (all but the first are told to `report`)
 */
export async function loadJudge(
  root: string,
  config: Config,
  report: (problem: Problem) => void,
): Promise<LoadedJudge> {
  const path = config.judge.rules;
  if (path === undefined) return { ...judgeBy(shippedRules), identity: identityOf(shippedRules), measure: measured };
  const file = join(root, path);
  const text = await readFile(file, 'utf8').catch(() => {
    throw new HumanError({
      file,
      message: 'The rules of the judge are missing.',
      fix: 'Correct judge.rules in alphasteer.json.',
    });
  });
  const { value: rules, problems } = parseJudgeRules(text, file);
  if (rules === null) {
    problems.slice(1).forEach(report);
    throw new HumanError(problems[0] ?? { file, message: 'The rules of the judge cannot be used.', fix: 'Mend them.' });
  }
  const own = judgeBy(rules);
  const measure = measureJudge(own.judge, labelledReplies);
  const fault = judgeFault(measure);
  if (fault !== undefined) {
    report({
      severity: 'warning',
      file,
      message: fault,
      fix: 'No rate of this workspace can be relied on until the rules are mended; compare them with the shipped ones.',
    });
  }
  return { ...own, identity: { ...identityOf(rules), file: path }, measure };
}

function judgeBy(rules: JudgeRules): Pick<LoadedJudge, 'judge' | 'refusalRuledOut'> {
  return { judge: (reply) => judge(reply, rules), refusalRuledOut: (reply) => refusalRuledOut(reply, rules) };
}

function identityOf(rules: JudgeRules): JudgeIdentity {
  const sha256 = createHash('sha256').update(JSON.stringify(rules, sortedKeys)).digest('hex');
  return { version: rules.version, sha256 };
}

/** The same rules have the same hash, in whatever order their keys are written. */
function sortedKeys(_: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}
