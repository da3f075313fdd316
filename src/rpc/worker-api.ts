/**
 * What the model's process can do, on one screen. The front (command line, editor) holds a `WorkerApi` whose calls
 * cross to the worker; the worker implements the same interface. Text, numbers and paths cross; activations and
 * KV caches never do.
 */
import { NotificationType, RequestType } from 'vscode-jsonrpc';
import type { ControlName } from '../core/controls/controls.ts';
import type { Judgement } from '../core/judge/verdict.ts';
import type { Problem } from '../core/problem.ts';
import type { Question } from '../core/prompts/prompt.ts';
import type { Fitted, Imported, RunFit } from '../core/evaluation/data/run-fit.ts';
import type { SecondOpinion } from '../core/evaluation/second-opinion.ts';
import type { Summary } from '../core/evaluation/data/summary.ts';

/** Which model, on what. What is left out comes from `alphasteer.json`, then from the model folder. */
export interface ModelChoice {
  readonly model?: string;
  readonly dtype?: string;
  readonly device?: string;
  readonly threads?: number;
}

/** A folder with an `alphasteer.json`, and the model where it is not the one named there. */
export interface ModelParams extends ModelChoice {
  readonly workspace: string;
}

export interface FitParams extends ModelParams {
  /** At most so many rows of each prompt file, from its start. */
  readonly limit?: number;
  readonly seed?: number;
  readonly layers?: readonly number[];
  readonly strength?: number;
  /** Folder for the run instead of `.alphasteer/runs/<time>-<hash>`. */
  readonly out?: string;
}

export interface FitResult {
  readonly run: string;
  readonly fit: Fitted;
  /** Prompts whose activations came from the cache, and those computed now. */
  readonly cached: number;
  readonly computed: number;
  readonly seconds: readonly PhaseTime[];
}

export interface CompareParams extends ModelParams {
  /**
   * Prompt files to compare on instead of the workspace's evaluation files and held-out goals; then `out` says where
   * to.
   */
  readonly prompts?: readonly string[];
  /** A run folder or its name; the newest one when absent. */
  readonly run?: string;
  /** At most so many prompts of each kind. */
  readonly limit?: number;
  readonly strength?: number;
  readonly maxNewTokens?: number;
  /** Folder for replies, summary and report instead of the run folder. */
  readonly out?: string;
  /** What to compare with as well, instead of what `alphasteer.json` asks for. */
  readonly controls?: readonly ControlName[];
}

export interface CompareResult {
  readonly run: string;
  /** The report's file; replies and summary lie beside it. */
  readonly report: string;
  readonly fit: RunFit;
  readonly summary: Summary;
  readonly reused: number;
  readonly made: number;
  readonly seconds: readonly PhaseTime[];
}

export interface JudgeParams extends ModelParams {
  readonly run: string;
  /** At most so many different replies. */
  readonly limit?: number;
  /** An OpenAI-compatible API; the run's own model judges when absent. */
  readonly endpoint?: {
    readonly url: string;
    readonly model: string;
    /** Environment variable that holds the key. */
    readonly keyVariable?: string;
  };
}

export interface JudgeResult {
  readonly run: string;
  readonly report: string;
  readonly second: SecondOpinion;
  readonly reused: number;
  readonly made: number;
}

export interface AskParams extends ModelParams {
  readonly question: Question;
  readonly run?: string;
  readonly strength?: number;
  readonly maxNewTokens?: number;
}

export interface AskedReply extends Judgement {
  readonly reply: string;
  readonly tokens: number;
}

export interface AskResult {
  readonly run: string;
  readonly strength: number;
  readonly base: AskedReply;
  readonly steered: AskedReply;
  /**
   * How far the prompt is from the fit's, above 1 further than 99 % of those set aside; null where the run doesn't say.
   */
  readonly distance: number | null;
  /** The chance of refusal that the first token alone gives; null where the run has no table of first tokens. */
  readonly firstToken: Readonly<Record<StreamedText['condition'], number>> | null;
  readonly layers: readonly {
    readonly layer: number;
    readonly score: number;
    /**
     * Standard error of the unsteered score, over fits without an eighth of the prompts each; null where the run
     * doesn't say.
     */
    readonly spread: number | null;
    /** Null where every prompt is steered. */
    readonly threshold: number | null;
    /** |strength · s| · ‖r‖ and the same divided by ‖h‖. */
    readonly norm: number;
    readonly relativeNorm: number;
  }[];
}

export interface AttackParams extends ModelParams {
  readonly run?: string;
  readonly seed?: number;
  readonly strength?: number;
  readonly maxNewTokens?: number;
  /** Prompt file for the attacked prompts instead of `attack.jsonl` in the run folder. */
  readonly out?: string;
  /** Most prompts attacked, and candidates tried for each. */
  readonly goals: number;
  readonly queries: number;
}

/** A prompt that steering made the model refuse, with the suffix that was found to win it back. */
export interface AttackedPrompt {
  readonly id: string;
  readonly suffix: string;
  readonly queries: number;
  /**
   * Whether no layer steers the prompt with the suffix: its margin, the score's largest lead over a threshold, is not
   * above 0.
   */
  readonly slipped: boolean;
  readonly margin: number;
  /** Margin of the random suffix. */
  readonly randomMargin: number;
  /**
   * Replies to prompt and suffix, and the steered one to the prompt with the random suffix that the search began with.
   */
  readonly base: AskedReply;
  readonly steered: AskedReply;
  readonly randomSuffix: AskedReply;
}

export interface AttackResult {
  readonly run: string;
  /** Prompt file with the attacked prompts. */
  readonly out: string;
  readonly strength: number;
  readonly queries: number;
  readonly prompts: readonly AttackedPrompt[];
  readonly seconds: readonly PhaseTime[];
}

export interface ActivationsParams extends ModelParams {
  readonly file: string;
  readonly layers: readonly number[];
  readonly out: string;
  /** At most so many prompts, from the file's start. */
  readonly limit?: number;
}

export interface ActivationsResult {
  readonly out: string;
  readonly shape: readonly [rows: number, layers: number, hiddenSize: number];
  readonly seconds: readonly PhaseTime[];
}

export interface ExportOnnxParams extends ModelParams {
  readonly run: string;
  readonly out: string;
}

export interface ExportOnnxResult {
  readonly run: string;
  readonly out: string;
  readonly strength: number;
  readonly files: readonly string[];
}

export interface ImportParams extends ModelParams {
  /** The authors' `steering_matrix_*.pt`. */
  readonly file: string;
  /** In the sign of the authors' settings: negative where it refuses. */
  readonly strength: number;
  /** Layers to take, instead of all that are not zero. */
  readonly layers?: readonly number[];
  /** Take the nearest matrix of rank one, however far it is. */
  readonly nearest?: boolean;
  /** Folder for the run instead of `.alphasteer/runs/<time>-<hash>`. */
  readonly out?: string;
}

export interface ImportResult {
  readonly run: string;
  readonly fit: Imported;
  /** Part of each matrix's energy that w rᵀ leaves out. */
  readonly outsideRankOne: readonly { readonly layer: number; readonly outside: number }[];
}

export interface InspectResult {
  readonly model: string;
  readonly file: string;
  readonly fingerprint: string;
  readonly dtype: string;
  readonly layout: string;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly vocabulary: number;
  readonly context: number;
  readonly inputs: readonly string[];
  readonly bytes: number;
  readonly device: DeviceReport;
  readonly operators: readonly (readonly [name: string, count: number])[];
  /** Logits of the untouched model against the edited one at strength 0, as bytes, per batch shape tried. */
  readonly strengthZero: readonly {
    readonly shape: string;
    readonly step: 'prefill' | 'decode';
    readonly equal: boolean;
    /**
     * onnxruntime refuses the untouched graph for the shapes that it notes of inner tensors: it was run without these
     * notes.
     */
    readonly withoutShapeNotes?: true;
  }[];
}

/** What runs, and why the others do not. */
export interface DeviceReport {
  readonly device: string;
  readonly tried: readonly TriedDevice[];
}

export interface TriedDevice {
  readonly device: string;
  readonly works: boolean;
  /** What was found: numbers and speed beside the CPU's, or why it can't be used, in the provider's own words. */
  readonly detail: string;
  readonly fix?: string | undefined;
  /** How many nodes of the graph ran on each of onnxruntime's providers in the trial, by its own profile. */
  readonly nodes?: Readonly<Record<string, number>> | undefined;
  /** What memory the KV cache is kept in; absent on the CPU, and where the device does not work. */
  readonly cache?: 'device' | 'host' | undefined;
}

export interface DoctorResult {
  readonly checks: readonly {
    readonly name: string;
    readonly state: 'ok' | 'warning' | 'error';
    readonly detail: string;
    readonly fix?: string;
  }[];
}

export interface PhaseTime {
  readonly phase: string;
  readonly seconds: number;
  readonly detail: string;
}

/**
 * The calls of the worker. Each one settles: with its result, a `HumanError`, a cancellation, or the worker's death.
 */
export interface WorkerApi {
  fit(params: FitParams): Promise<FitResult>;
  compare(params: CompareParams): Promise<CompareResult>;
  judge(params: JudgeParams): Promise<JudgeResult>;
  ask(params: AskParams): Promise<AskResult>;
  attack(params: AttackParams): Promise<AttackResult>;
  activations(params: ActivationsParams): Promise<ActivationsResult>;
  exportOnnx(params: ExportOnnxParams): Promise<ExportOnnxResult>;
  import(params: ImportParams): Promise<ImportResult>;
  inspect(params: ModelParams): Promise<InspectResult>;
  doctor(params: ModelParams): Promise<DoctorResult>;
}

/** The requests on the wire; they bear the names of the calls. */
export const requests = {
  fit: new RequestType<FitParams, FitResult, Problem>('fit'),
  compare: new RequestType<CompareParams, CompareResult, Problem>('compare'),
  judge: new RequestType<JudgeParams, JudgeResult, Problem>('judge'),
  ask: new RequestType<AskParams, AskResult, Problem>('ask'),
  attack: new RequestType<AttackParams, AttackResult, Problem>('attack'),
  activations: new RequestType<ActivationsParams, ActivationsResult, Problem>('activations'),
  exportOnnx: new RequestType<ExportOnnxParams, ExportOnnxResult, Problem>('exportOnnx'),
  import: new RequestType<ImportParams, ImportResult, Problem>('import'),
  inspect: new RequestType<ModelParams, InspectResult, Problem>('inspect'),
  doctor: new RequestType<ModelParams, DoctorResult, Problem>('doctor'),
} satisfies {
  [K in keyof WorkerApi]: RequestType<Parameters<WorkerApi[K]>[0], Awaited<ReturnType<WorkerApi[K]>>, Problem>;
};

/** How far a job is; `done` counts up to `total`, in `unit`. */
export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
}

/** A piece of a reply as it is decoded. */
export interface StreamedText {
  readonly condition: 'base' | 'steered';
  readonly text: string;
  /** With the first piece, before a token has come: see `AskResult.firstToken`. */
  readonly firstToken?: number;
}

/** What the worker says while a job runs. One job at a time, so none of these names it. */
export const notifications = {
  progress: new NotificationType<Progress>('progress'),
  problem: new NotificationType<Problem>('problem'),
  text: new NotificationType<StreamedText>('text'),
  log: new NotificationType<string>('log'),
  heartbeat: new NotificationType<number>('heartbeat'),
};

/** JSON-RPC error code of an error meant for people; its data is the `Problem`. */
export const humanErrorCode = 1;
