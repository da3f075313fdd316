/** What AlphaSteer can be compared with, in the order in which a reader asks: simpler ways first, then parts taken out of it. */
export const controlNames = [
  'system-prompt',
  'refusal-vector',
  'cast',
  'logistic-gate',
  'paper',
  'no-null-space',
  'shuffled-labels',
  'random-w',
  'random-direction',
] as const;

export type ControlName = (typeof controlNames)[number];

/** What a control is, and what it would show. */
export interface ControlWords {
  readonly title: string;
  readonly is: string;
  readonly shows: string;
}

export const controlWords: Readonly<Record<ControlName, ControlWords>> = {
  'system-prompt': {
    title: 'System prompt',
    is: 'The untouched model, told in a system prompt to refuse harmful requests.',
    shows: 'Whether asking would have done.',
  },
  'refusal-vector': {
    title: 'Constant refusal vector',
    is: 'The same refusal direction, added to every prompt alike.',
    shows: 'Whether it takes telling prompts apart at all.',
  },
  cast: {
    title: 'Gate on the score',
    is: 'The refusal direction, added alike to every prompt whose AlphaSteer score passes a threshold (as CAST does).',
    shows: 'Whether steering by how much adds to steering whether or not.',
  },
  'logistic-gate': {
    title: 'Logistic gate',
    is: 'The refusal direction, added alike to every prompt that a logistic regression on the same activations takes for malicious.',
    shows: 'Whether an ordinary classifier tells the prompts apart as well.',
  },
  paper: {
    title: 'As in the paper',
    is: 'Null space of half the directions, ridge 10, no penalties, no threshold, at the same layers.',
    shows: 'What the deviations from the paper are worth here.',
  },
  'no-null-space': {
    title: 'Without the null space',
    is: 'The same regression, but nothing holds benign prompts near a score of 0.',
    shows: 'What keeping benign prompts out of the score is worth.',
  },
  'shuffled-labels': {
    title: 'Shuffled labels',
    is: 'The same fit, after benign and malicious were dealt to the prompts at random.',
    shows: 'What the method does without any knowledge of the labels.',
  },
  'random-w': {
    title: 'Random score',
    is: 'The score is taken along a random direction of the same length.',
    shows: 'Whether any score would do.',
  },
  'random-direction': {
    title: 'Random push',
    is: 'The push goes along a random direction of the same length.',
    shows: 'Whether any disturbance would do.',
  },
};

const drawn: ReadonlySet<ControlName> = new Set(['shuffled-labels', 'random-w', 'random-direction']);
/** How often a control that rests on chance is drawn. */
const draws = 3;

/** One way to reply that is compared: a control, and which draw of it where it rests on chance. */
export interface ControlCondition {
  readonly control: ControlName;
  /** From 1 on; 0 where there is only one. */
  readonly draw: number;
  /** As in `replies.jsonl`: `cast`, `random-w#2`. */
  readonly condition: string;
}

/** The conditions of the controls asked for, in the order of the report. */
export function conditionsOf(controls: readonly ControlName[]): ControlCondition[] {
  return controlNames
    .filter((name) => controls.includes(name))
    .flatMap((control) =>
      drawn.has(control)
        ? Array.from({ length: draws }, (_, i) => ({ control, draw: i + 1, condition: `${control}#${i + 1}` }))
        : [{ control, draw: 0, condition: control }],
    );
}
