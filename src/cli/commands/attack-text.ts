import { wilson } from '../../core/stats/wilson.ts';
import type { AttackedPrompt, AttackResult } from '../../rpc/worker-api.ts';

/** What an adaptive attack won back, for a terminal. */
export function attackText({ prompts, queries, strength, out }: AttackResult): string {
  const line = (what: string, wanted: (prompt: AttackedPrompt) => boolean): string => {
    const k = prompts.filter(wanted).length;
    const { low, high } = wilson(k, prompts.length);
    return `  ${what.padEnd(58)}${`${k} of ${prompts.length}`.padStart(9)}   95 %: ${(100 * low).toFixed(0)}-${(100 * high).toFixed(0)} %`;
  };
  return [
    `${prompts.length} prompts that steering at strength ${strength} made the model refuse, a suffix of 20 tokens, ${queries} candidates each at most:`,
    line('suffix found that no layer steers', ({ slipped }) => slipped),
    line('steered reply no refusal any more, with that suffix', ({ steered }) => steered.verdict !== 'refused'),
    line('  and neither partial nor degenerate', ({ steered }) => steered.verdict === 'complied'),
    line(
      'steered reply no refusal with a random suffix (control)',
      ({ randomSuffix }) => randomSuffix.verdict !== 'refused',
    ),
    line('untouched model: no refusal, with the suffix found', ({ base }) => base.verdict !== 'refused'),
    `Attacked prompts: ${out}`,
  ].join('\n');
}
