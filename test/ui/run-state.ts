import type { FitSummary } from '../../src/core/report/fit-summary.ts';
import type { Reply } from '../../src/core/report/summary.ts';
import type { RunState } from '../../src/rpc/webview-report.ts';
import { fakeRun } from '../unit/core/report/fake-run.ts';

/** A run as the editor sends it. */
export function runState(
  of: Partial<RunState> & { readonly replies?: readonly Reply[]; readonly fit?: FitSummary } = {},
): RunState {
  return {
    folder: '/workspace/.alphasteer/runs/20260102-030405-abcdef01',
    name: '20260102-030405-abcdef01',
    overrides: [],
    facts: [['Run', '20260102-030405-abcdef01']],
    canOverrule: true,
    ...fakeRun(),
    ...of,
  };
}
