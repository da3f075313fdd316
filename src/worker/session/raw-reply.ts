/** How a chat session replies, and whom it tells of what while it does. */
export interface ReplyOptions {
  readonly maxNewTokens: number;
  readonly endTokens: ReadonlySet<number>;
  /** Each row is run without another beside it: as other software replies to one prompt, and rounded otherwise. */
  readonly alone?: boolean;
  /** Told of each new token of each row as it comes; row is the index in the rows given. */
  readonly onToken?: (row: number, token: number) => void;
  /** Whether a row may end with these tokens though its reply goes on; asked after each but the last one it may have. */
  readonly isEnough?: (row: number, tokens: readonly number[]) => boolean;
  /** Told of the first new token's logits [vocabulary], valid during the call only. */
  readonly onFirstLogits?: (row: number, logits: Float32Array) => void;
}

/** A reply before anybody has read it, and what its prefill measured. */
export interface RawReply {
  readonly tokens: readonly number[];
  /** `isEnough` ended it. */
  readonly stopped: boolean;
  /** s = h_last · w and ‖h_last‖ per steered layer of the session. */
  readonly scores: Float32Array;
  readonly norms: Float32Array;
  /** Residual stream of the last prompt token at the session's tapped layers, [taps * d]. */
  readonly taps: Float32Array;
}
