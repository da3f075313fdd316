import { join } from 'node:path';
import type { JudgeFacts } from '../../core/evaluation/data/judge-facts.ts';
import type { Comparison } from '../../core/evaluation/data/run-origin.ts';
import { writeFileWhole } from '../../workspace/files/write-file.ts';
import { readManifest, runFiles, writeManifest } from '../../workspace/runs/run-folder.ts';
import { software } from '../model/runtime.ts';
import { floorPerKind } from './floor-sample.ts';
import type { ComparisonInput } from './read-comparison.ts';
import type { ReplyLog } from './reply-log.ts';
import type { ComparisonRows } from './rows.ts';

/** What the manifest says of a comparison that begins now. */
export function comparisonFacts(input: ComparisonInput, { again }: Pick<ComparisonRows, 'again'>): Comparison {
  const { strength, maxNewTokens, earlyStop, leftOut, model } = input;
  return {
    at: new Date().toISOString(),
    strength,
    maxNewTokens,
    ...(earlyStop && { earlyStop }),
    ...(leftOut > 0 && { leftOut }),
    floor: { n: again.length, perKind: floorPerKind },
    software: software(model.threads),
  };
}

/** Says of what comparison the lines are that follow: it may end before there is a report. Does so at the first call alone. */
export function comparisonTeller(
  { run, out, judge: { identity, measure } }: Pick<ComparisonInput, 'run' | 'out' | 'judge'>,
  compared: Comparison,
): () => Promise<void> {
  const tell = async (): Promise<void> => {
    const facts: JudgeFacts = { ...identity, measure };
    await writeFileWhole(join(out, runFiles.judge), `${JSON.stringify(facts, null, 2)}\n`);
    if (out === run) await writeManifest(run, { ...(await readManifest(run)), compared });
  };
  let told: Promise<void> | undefined;
  return () => (told ??= tell());
}

/** The log, which tells of its comparison before the first line that it adds. */
export function tellingLog(log: ReplyLog, tell: () => Promise<void>): ReplyLog {
  return {
    ...log,
    add: async (replies) => {
      if (replies.length > 0) await tell();
      await log.add(replies);
    },
  };
}
