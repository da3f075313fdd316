/** What a peer is asked to do: one JSON line on its stdin. */
export type Task =
  | {
      readonly task: 'activations';
      /** `reference`: as published, the whole model in the prompts' order. `truncated`: up to the last layer asked for, sorted by length. */
      readonly method: 'reference' | 'truncated';
      readonly ids: readonly (readonly number[])[];
      readonly layers: readonly number[];
      readonly batch: number;
    }
  | {
      readonly task: 'replies';
      readonly ids: readonly (readonly number[])[];
      readonly newTokens: number;
      readonly batch: number;
      /** Each prompt by itself, as the test of one prompt does it. */
      readonly alone: boolean;
    }
  | {
      readonly task: 'solve';
      /** f32 [benign + malicious, d] */
      readonly file: string;
      readonly d: number;
      readonly benign: number;
      /** Of the malicious rows the first so many count as refused. */
      readonly refused: number;
      readonly ratio: number;
      readonly ridge: number;
    };

/** What it says when it is done: one JSON line on its stdout. Loading, tokenizing and parsing are not timed. */
export interface Done {
  readonly seconds: number;
  /** Processor seconds of all threads, user and system. */
  readonly processor: number;
  /** activations: ‖h‖ of each prompt at the last layer. solve: w. */
  readonly numbers?: readonly number[];
  /** replies: the new tokens of each, up to the end token. */
  readonly tokens?: readonly (readonly number[])[];
}
