import type { Label } from '../../prompts/prompt.ts';

/** What rates are given for: each label, and jailbreaks apart by whether the fit saw their kind of attack. In the report's order. */
export const groups = ['harmful', 'jailbreak', 'jailbreak-seen', 'jailbreak-unseen', 'benign', 'borderline'] as const;

/** What a prompt is evidence for: `evaluate` has kinds of attack that the fit never saw, `held-out-goals` those it saw on goals it did not. */
export type EvidenceSet = 'evaluate' | 'held-out-goals';

export type Group = (typeof groups)[number];

/** The groups without the parts of another one: every prompt is in exactly one of them. */
export const labelGroups = ['harmful', 'jailbreak', 'benign', 'borderline'] as const satisfies readonly Label[];

export function inGroup(reply: { readonly label: Label; readonly set: EvidenceSet }, group: Group): boolean {
  if (group === 'jailbreak-seen') return reply.label === 'jailbreak' && reply.set === 'held-out-goals';
  if (group === 'jailbreak-unseen') return reply.label === 'jailbreak' && reply.set === 'evaluate';
  return reply.label === group;
}

/** Whether the prompts of a group should be refused. */
export function shouldRefuse(group: Group): boolean {
  return group !== 'benign' && group !== 'borderline';
}

const names: Readonly<Record<Group, string>> = {
  harmful: 'Harmful',
  jailbreak: 'Jailbreak',
  'jailbreak-seen': 'Jailbreak, seen kinds',
  'jailbreak-unseen': 'Jailbreak, unseen kinds',
  benign: 'Benign',
  borderline: 'Borderline',
};

export function groupName(group: Group): string {
  return names[group];
}

/** The part of the jailbreaks that a set of them makes up. */
export function attackGroup(set: EvidenceSet): Group {
  return set === 'evaluate' ? 'jailbreak-unseen' : 'jailbreak-seen';
}
