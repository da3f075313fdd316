import { questionKey, type Label } from '../../prompts/prompt.ts';
import type { Turn } from '../../prompts/turn.ts';
import { attackChanges, attackRates } from '../../evaluation/rates/attack-rates.ts';
import { attackGroup, groupName, groups, inGroup, type Group } from '../../evaluation/data/groups.ts';
import { compareText, latestReplies } from '../../evaluation/replies/latest-replies.ts';
import { pairedChange, type ReplyPair } from '../../evaluation/rates/paired-change.ts';
import { countRates } from '../../evaluation/rates/rates.ts';
import { roundNumbers } from '../../evaluation/round-numbers.ts';
import type { PairedChange, Rates, Reply } from '../../evaluation/data/summary.ts';

/** One of two runs that are compared. */
export interface DiffedRun {
  readonly name: string;
  /** What made it, by the same names in both runs. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly strength: number;
  /** Judged by the same rules in both runs, with people's verdicts in place of the rules'. */
  readonly replies: readonly Reply[];
  /** Verdicts that these rules changed, and those that people gave. */
  readonly rejudged: number;
}

/** A group or a kind of attack, on the prompts that both runs replied to. */
export interface DiffRow {
  readonly name: string;
  readonly group: Group;
  readonly attack: boolean;
  readonly before: Rates;
  readonly after: Rates;
  readonly change: PairedChange;
}

/** A prompt that one run refused and the other did not. */
export interface DiffFlip {
  readonly id: string;
  readonly label: Label;
  readonly attack?: string;
  readonly prompt: string;
  readonly earlier?: readonly Turn[];
  readonly file: string;
  readonly line: number;
  readonly before: DiffedReply;
  readonly after: DiffedReply;
}

type DiffedReply = Pick<Reply, 'reply' | 'stopped' | 'verdict' | 'rules' | 'span'>;

export interface ConditionDiff {
  readonly condition: 'base' | 'steered';
  /** Prompts with a reply in both runs, and in one of them alone. */
  readonly pairs: number;
  readonly onlyBefore: number;
  readonly onlyAfter: number;
  readonly rows: readonly DiffRow[];
  readonly flips: readonly DiffFlip[];
}

export interface RunDiff {
  readonly format: 'alphasteer-diff/1';
  readonly runs: readonly [before: ComparedSide, after: ComparedSide];
  readonly settings: readonly { readonly name: string; readonly before: string; readonly after: string }[];
  readonly conditions: readonly ConditionDiff[];
}

type ComparedSide = Pick<DiffedRun, 'name' | 'strength' | 'rejudged'> & { readonly overruled: number };

/**
 * What changed from one run to another, on the prompts that both replied to. A prompt is the same where its label, its
 * text and the chat before it are: its id and its place may have changed, and which jailbreaks a fit held out differs from run to run.
 */
export function diffRuns(before: DiffedRun, after: DiffedRun): RunDiff {
  const [repliesBefore, repliesAfter] = [before, after].map(
    ({ replies, strength }) => latestReplies(replies, strength).conditions,
  );
  const valuesAfter = new Map(after.settings);
  return roundNumbers({
    format: 'alphasteer-diff/1',
    runs: [side(before), side(after)],
    settings: before.settings.map(([name, value]) => ({ name, before: value, after: valuesAfter.get(name) ?? '' })),
    conditions: (['base', 'steered'] as const).map((condition) =>
      diffCondition(condition, repliesBefore!.get(condition) ?? [], repliesAfter!.get(condition) ?? []),
    ),
  });
}

function side({ name, strength, rejudged, replies }: DiffedRun): ComparedSide {
  return { name, strength, rejudged, overruled: replies.filter(({ rules }) => rules !== undefined).length };
}

function diffCondition(
  condition: ConditionDiff['condition'],
  before: readonly Reply[],
  after: readonly Reply[],
): ConditionDiff {
  const pairs = pairByPrompt(before, after);
  return {
    condition,
    pairs: pairs.length,
    onlyBefore: before.length - pairs.length,
    onlyAfter: after.length - pairs.length,
    rows: rows(pairs),
    flips: pairs
      .filter((pair) => (pair.before.verdict === 'refused') !== (pair.after.verdict === 'refused'))
      .map(flip)
      .sort((a, b) => compareText(a.label, b.label) || compareText(a.id, b.id)),
  };
}

/** The later reply counts to the set and the attack that the earlier one had, so that both sides of a row hold the same prompts. */
function pairByPrompt(before: readonly Reply[], after: readonly Reply[]): ReplyPair[] {
  const later = new Map</* label, text and chat */ string, Reply[]>();
  for (const reply of after) later.set(keyOf(reply), [...(later.get(keyOf(reply)) ?? []), reply]);
  return before.flatMap((reply) => {
    const match = later.get(keyOf(reply))?.shift();
    if (match === undefined) return [];
    return [{ before: reply, after: countedAs(match, reply) }];
  });
}

function countedAs(reply: Reply, { set, attack }: Reply): Reply {
  const copy: { -readonly [Key in keyof Reply]: Reply[Key] } = { ...reply, set };
  if (attack === undefined) delete copy.attack;
  else copy.attack = attack;
  return copy;
}

function keyOf({ label, prompt, earlier }: Reply): string {
  return JSON.stringify([label, questionKey({ text: prompt, earlier: earlier ?? [] })]);
}

function rows(pairs: readonly ReplyPair[]): DiffRow[] {
  const [before, after] = [pairs.map((pair) => pair.before), pairs.map((pair) => pair.after)];
  const attacksBefore = attackRates(before, null);
  const attacksAfter = attackRates(after, null);
  const attacks = Object.entries(attackChanges(pairs));
  return groups.flatMap((group) => {
    const members = pairs.filter((pair) => inGroup(pair.before, group));
    if (members.length === 0) return [];
    const row: DiffRow = {
      name: groupName(group),
      group,
      attack: false,
      before: countRates(
        members.map((pair) => pair.before),
        null,
      ),
      after: countRates(
        members.map((pair) => pair.after),
        null,
      ),
      change: pairedChange(members),
    };
    const kinds = attacks
      .filter(([name]) => attackGroup(attacksBefore[name]!.set) === group)
      .map(([name, change]): DiffRow => ({
        ...{ name, group, attack: true, change },
        before: attacksBefore[name]!,
        after: attacksAfter[name]!,
      }));
    return [row, ...kinds];
  });
}

function flip({ before, after }: ReplyPair): DiffFlip {
  const { id, label, attack, prompt, earlier, file, line } = after;
  const kind = { ...(attack !== undefined && { attack }), ...(earlier !== undefined && { earlier }) };
  return { id, label, ...kind, prompt, file, line, before: diffedReply(before), after: diffedReply(after) };
}

function diffedReply({ reply, stopped, verdict, rules, span }: Reply): DiffedReply {
  const end = stopped === undefined ? {} : { stopped };
  return { reply, ...end, verdict, ...(rules !== undefined && { rules }), span };
}
