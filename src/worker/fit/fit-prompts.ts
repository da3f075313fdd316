import { verdicts, type Verdict } from '../../core/judge/verdict.ts';
import { dealFolds, dealGroups } from '../../core/prompts/split/folds.ts';
import { isMalicious, labels, type Label, type Prompt } from '../../core/prompts/prompt.ts';
import type { Split } from '../../core/prompts/split/split.ts';
import { templatesOf } from '../../core/prompts/kinds/templates.ts';
import { TokenStore, type TokenIds } from '../../core/token-ids.ts';
import type { Encoded, Tokens } from '../model/encode-prompts.ts';

/** Each prompt is scored once by a fit without it and its like: a fit without an eighth of them. */
export const folds = 8;
/** The refusal direction is taken from each half of so many parts of the malicious goals. */
export const goalParts = 8;

/** What a prompt that is fitted on has in common with others. */
export interface FitRole {
  /** The wrapper of a jailbreak. */
  readonly template: string | undefined;
  /** The fold that is solved without it and its like; undefined: every fold fits on it. */
  readonly fold: number | undefined;
  /** Which part of the malicious goals it belongs to. */
  readonly goalPart: number | undefined;
}

/** A prompt of a fit once it is tokens. */
export interface FitPrompt extends Tokens, FitRole {
  readonly label: Label;
  /** Prompts with one goal have one number, and so have near copies. */
  readonly group: number;
  readonly attack: string | undefined;
  readonly file: string;
  readonly line: number;
  /** Of its short base reply; malicious prompts only, and once there is one. */
  readonly verdict: Verdict | undefined;
}

type Place = FitRole & Pick<FitPrompt, 'group'>;

/** Where each prompt of a split stands among the others. Those that are not fitted on are in no fold or part. */
export function placesInFit({ fit, groupOf }: Pick<Split, 'fit' | 'groupOf'>): (prompt: Prompt) => Place {
  const templates = templatesOf(fit);
  const foldOf = dealFolds(fit, folds, groupOf, ({ id }) => templates.get(id)!);
  const malicious = fit.filter(({ label }) => isMalicious(label));
  const goalPartOf = dealGroups(malicious, goalParts, groupOf);
  const groups = new Map<string, number>();
  return (prompt) => {
    const { id } = prompt;
    const name = groupOf(prompt);
    const group = groups.get(name) ?? groups.size;
    groups.set(name, group);
    return { template: templates.get(id), fold: foldOf.get(id), goalPart: goalPartOf.get(id), group };
  };
}

const hashBytes = 32;
/** In place of a fold, a part or a verdict where there is none. */
const none = -1;

/**
 * Prompts of a fit in their order, without their texts. They are kept in columns: 100,000 prompts of 11 tokens take 11
 * MB, and 42 MB as objects with their strings.
 */
export class FitPrompts implements Iterable<FitPrompt> {
  readonly length: number;
  readonly #columns: Columns;

  /** @param most at least as many as `encoded` gives */
  constructor(
    encoded: Iterable<Pick<Encoded, 'prompt' | 'hash'> & { readonly ids: readonly number[] }>,
    most: number,
    placeOf: (prompt: Prompt) => Place,
  ) {
    const columns = emptyColumns(most);
    const numbers = new Map<string | undefined, number>();
    const numberOf = (name: string | undefined): number => {
      const number = numbers.get(name) ?? columns.names.push(name) - 1;
      numbers.set(name, number);
      return number;
    };
    let at = 0;
    for (const { prompt, ids, hash } of encoded) {
      const { template, fold = none, goalPart = none, group } = placeOf(prompt);
      columns.tokens.add(ids);
      columns.hashes.write(hash, at * hashBytes, 'hex');
      columns.labels[at] = labels.indexOf(prompt.label);
      columns.attacks[at] = numberOf(prompt.attack);
      columns.files[at] = numberOf(prompt.file);
      columns.lines[at] = prompt.line;
      columns.groups[at] = group;
      columns.templates[at] = numberOf(template);
      columns.folds[at] = fold;
      columns.goalParts[at] = goalPart;
      at += 1;
    }
    this.length = at;
    this.#columns = columns;
  }

  *[Symbol.iterator](): Iterator<FitPrompt> {
    for (let at = 0; at < this.length; at++) yield new ColumnsRow(this.#columns, at);
  }

  /** Notes each prompt's verdict, once there is one. */
  setVerdicts(verdictOf: (tokenHash: string) => Verdict | undefined): void {
    let at = 0;
    for (const { hash } of this) {
      const verdict = verdictOf(hash);
      this.#columns.verdicts[at++] = verdict === undefined ? none : verdicts.indexOf(verdict);
    }
  }
}

/** The two parts of a split that a fit works on. */
export interface FitParts {
  readonly fit: FitPrompts;
  /** Prompts that layers and strength are chosen on. */
  readonly choose: FitPrompts;
}

/** The prompts of both parts, one after the other. */
export function* inTurn({ fit, choose }: FitParts): Generator<FitPrompt> {
  yield* fit;
  yield* choose;
}

/** An entry for each prompt; `Names` are indices of `names`. */
interface Columns {
  readonly tokens: TokenStore;
  readonly hashes: Buffer;
  /** Indices of `labels`. */
  readonly labels: Uint8Array;
  readonly attacks: Names;
  readonly files: Names;
  readonly lines: Int32Array;
  readonly groups: Int32Array;
  readonly templates: Names;
  readonly folds: Int8Array;
  readonly goalParts: Int8Array;
  /** Indices of `verdicts`. */
  readonly verdicts: Int8Array;
  readonly names: (string | undefined)[];
}

type Names = Int32Array;

function emptyColumns(length: number): Columns {
  return {
    tokens: new TokenStore(),
    hashes: Buffer.alloc(length * hashBytes),
    labels: new Uint8Array(length),
    attacks: new Int32Array(length),
    files: new Int32Array(length),
    lines: new Int32Array(length),
    groups: new Int32Array(length),
    templates: new Int32Array(length),
    folds: new Int8Array(length),
    goalParts: new Int8Array(length),
    verdicts: new Int8Array(length).fill(none),
    names: [],
  };
}

/** A row of the columns, read when it is asked. */
class ColumnsRow implements FitPrompt {
  readonly #columns: Columns;
  readonly #at: number;

  constructor(columns: Columns, at: number) {
    this.#columns = columns;
    this.#at = at;
  }

  get ids(): TokenIds {
    return this.#columns.tokens.at(this.#at);
  }

  get hash(): string {
    return this.#columns.hashes.toString('hex', this.#at * hashBytes, (this.#at + 1) * hashBytes);
  }

  get label(): Label {
    return labels[this.#columns.labels[this.#at]!]!;
  }

  get attack(): string | undefined {
    return this.#name(this.#columns.attacks);
  }

  get file(): string {
    return this.#name(this.#columns.files)!;
  }

  get line(): number {
    return this.#columns.lines[this.#at]!;
  }

  get group(): number {
    return this.#columns.groups[this.#at]!;
  }

  get template(): string | undefined {
    return this.#name(this.#columns.templates);
  }

  get fold(): number | undefined {
    return this.#part(this.#columns.folds);
  }

  get goalPart(): number | undefined {
    return this.#part(this.#columns.goalParts);
  }

  get verdict(): Verdict | undefined {
    return verdicts[this.#columns.verdicts[this.#at]!];
  }

  #name(column: Names): string | undefined {
    return this.#columns.names[column[this.#at]!];
  }

  #part(column: Int8Array): number | undefined {
    const part = column[this.#at]!;
    return part === none ? undefined : part;
  }
}
