import { html, nothing, render, type TemplateResult } from 'lit';
import type { ReportMessage, ReportRequest, RunState } from '../../src/rpc/webview-report.ts';
import { connectEditor } from './connect.ts';
import { viewOf, withMessage, type RunView } from './run-model.ts';

/** What a page keeps of itself while it is hidden. */
interface Kept<State> {
  /** By which the editor finds the run again. */
  readonly folder: string;
  /** How far the page is scrolled, in pixels. */
  readonly scrolled: number;
  readonly own: State;
}

export interface RunPage<State> {
  /** Draws the run; called for each change of it, and when the page asks. */
  draw(view: RunView, state: State): TemplateResult;
  /** Called when a changed run is in the document. */
  shown(view: RunView, state: State): void;
}

/** What a page can do. */
export interface PageHost<State> {
  readonly post: (request: ReportRequest) => void;
  readonly keep: (changed: Partial<State>) => void;
  readonly redraw: () => void;
}

/** Runs a report: asks the editor for the run, draws it, and again when it changes; keeps the reader's place. */
export function startRunPage<State>(
  initial: State,
  make: (host: PageHost<State>, state: State) => RunPage<State>,
): void {
  const root = document.getElementById('root')!;
  let run: RunState | undefined;
  let view: RunView | undefined;
  let problem: string | undefined;

  const editor = connectEditor<ReportRequest, Kept<State>>((message: ReportMessage) => {
    const first = run === undefined;
    run = withMessage(run, message);
    problem = message.type === 'problem' ? message.message : undefined;
    if (run !== undefined) keep({ folder: run.folder });
    try {
      show(run);
    } catch (error) {
      view = undefined;
      problem = `This run can’t be shown (${String(error)}). If another version of AlphaSteer made it, fit again.`;
      draw();
    }
    // Charts draw when they have their width, and the page has its height only then.
    if (first && kept.scrolled > 0)
      requestAnimationFrame(() => requestAnimationFrame(() => scrollTo(0, kept.scrolled)));
  });
  let kept: Kept<State> = editor.kept ?? { folder: '', scrolled: 0, own: initial };
  const page = make(
    {
      post: editor.post,
      keep: (changed) => keep({ own: { ...kept.own, ...changed } }),
      redraw: () => draw(),
    },
    kept.own,
  );

  function show(changed: RunState | undefined): void {
    view = changed === undefined ? undefined : viewOf(changed);
    draw();
    if (view !== undefined) page.shown(view, kept.own);
  }

  function keep(changed: Partial<Kept<State>>): void {
    kept = { ...kept, ...changed };
    editor.keep(kept);
  }

  function draw(): void {
    const broken = problem !== undefined && html`<p class="outcome" role="alert">${problem}</p>`;
    const waiting = view === undefined && problem === undefined && html`<p role="status">Reading the run…</p>`;
    render(
      html`${broken || nothing}${waiting || nothing}${view === undefined ? nothing : page.draw(view, kept.own)}`,
      root,
    );
  }

  addEventListener('scrollend', () => {
    if (view !== undefined) keep({ scrolled: scrollY });
  });
  draw();
  editor.post({ type: 'ready' });
}
