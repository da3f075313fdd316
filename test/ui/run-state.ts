import measure from '../../src/core/judge/measured.json' with { type: 'json' };
import type { RunFit } from '../../src/core/evaluation/data/run-fit.ts';
import type { JudgeFacts } from '../../src/core/evaluation/data/judge-facts.ts';
import type { SecondVerdict } from '../../src/core/evaluation/second-opinion.ts';
import type { Reply } from '../../src/core/evaluation/data/summary.ts';
import type { RunState } from '../../src/rpc/webview-report.ts';
import { fakeRun } from '../unit/core/report/fake-run.ts';

/** The shipped rules. */
export const judge: JudgeFacts = { version: 3, sha256: '0123456789abcdef', measure };

/** A second judge that takes every fifth refusal for an answer. */
export function secondVerdicts(replies: readonly Reply[]): SecondVerdict[] {
  return replies
    .filter(({ condition }) => condition === 'base' || condition === 'steered')
    .map(({ id, reply, verdict }, i) => ({
      judge: 'other-model at localhost',
      id,
      reply,
      verdict: verdict === 'refused' && i % 5 === 0 ? 'complied' : verdict,
      answer: '',
    }));
}

/** A run as the editor sends it. */
export function runState(
  of: Partial<RunState> & { readonly replies?: readonly Reply[]; readonly fit?: RunFit } = {},
): RunState {
  return {
    folder: '/workspace/.alphasteer/runs/20260102-030405-abcdef01',
    name: '20260102-030405-abcdef01',
    overrides: [],
    judge,
    secondVerdicts: [],
    title: '20260102-030405-abcdef01',
    manifest: { created: '2026-01-02T03:04:05.006Z' },
    marginWarnings: [],
    canOverrule: true,
    ...fakeRun(),
    ...of,
  };
}
