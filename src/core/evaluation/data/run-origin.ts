/** What computed a run. */
export interface Software {
  readonly alphasteer: string;
  readonly onnxruntime: string;
  readonly node: string;
  readonly platform: string;
  /** Null where onnxruntime chose. */
  readonly threads: number | null;
  readonly processors: number;
}

/** A comparison, as the manifest keeps the last one. */
export interface Comparison {
  /** When it wrote its first reply; ISO 8601. */
  readonly at: string;
  /** Absent of older comparisons. */
  readonly strength?: number | undefined;
  readonly maxNewTokens: number;
  /** Replies ended once no continuation could be a refusal. */
  readonly earlyStop?: boolean | undefined;
  /** Prompts that the model's context does not hold. */
  readonly leftOut?: number | undefined;
  /** Prompts that base replied to once more, and the most of a kind. */
  readonly floor: { readonly n: number; readonly perKind: number };
  readonly software: Software;
}

/** The part of `manifest.json` that a report tells of: when and by what the numbers were made. */
export interface RunOrigin {
  /** ISO 8601. */
  readonly created: string;
  /** Of the fit; older runs do not say. */
  readonly software?: Software | undefined;
  /** Absent before the first comparison. */
  readonly compared?: Comparison | undefined;
}
