import { createInterface } from 'node:readline/promises';
import { checkTarget, checkValue } from '../../core/report/words/check-words.ts';
import { confusionKappa } from '../../core/judge/judge-quality.ts';
import { changedWords, worthlessWords } from '../../core/report/words/second-opinion-words.ts';
import type { JudgeParams, JudgeResult } from '../../rpc/worker-api.ts';

/** What the second judge says, and what that changes. */
export function judgeText({ report, second, reused, made }: JudgeResult): string {
  const { judge, asked, unclear, confusion, checks } = second;
  const { kappa, low, high } = confusionKappa(confusion);
  const changed = checks.filter(({ rules, second: other }) => rules.outcome !== other.outcome);
  return [
    `${judge} judged ${asked} different replies; on ${unclear} its answer was no verdict.`,
    kappa === null
      ? 'Its agreement with the rules cannot be told: only one verdict was ever given.'
      : `Cohen's kappa with the rules: ${kappa.toFixed(2)} (95 %: ${low.toFixed(2)} to ${high.toFixed(2)}).`,
    ...[worthlessWords(second) ?? []].flat(),
    changedWords(second),
    ...changed.map(
      ({ rules, second: other }) =>
        `  ${rules.name}: ${checkValue(rules)} (${rules.outcome}) by the rules, ${checkValue(other)} (${other.outcome}) by the second judge (${checkTarget(rules)})`,
    ),
    `${made} verdicts given, ${reused} kept. Report: ${report}`,
  ].join('\n');
}

/** Says what would leave this machine and where it would go, and asks; without a terminal the answer is no. */
export async function mayBeSent({ run, limit }: Pick<JudgeParams, 'run' | 'limit'>, url: string): Promise<boolean> {
  const what = `${limit === undefined ? 'All' : `At most ${limit}`} different replies of the run ${run}, each with its prompt,`;
  process.stderr.write(`${what} would be sent to ${url}.\n`);
  if (!process.stdin.isTTY) {
    process.stderr.write('Add --yes to send them.\n');
    return false;
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question('Send them? (yes/no) ')).trim());
  } finally {
    lines.close();
  }
}
