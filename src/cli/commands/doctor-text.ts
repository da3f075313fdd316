import type { DoctorResult } from '../../rpc/worker-api.ts';

export function doctorText({ checks }: DoctorResult): string {
  return checks
    .map(({ name, state, detail, fix }) => `${state.padEnd(8)}${name}: ${detail}${fix ? `\n        ${fix}` : ''}`)
    .join('\n');
}
