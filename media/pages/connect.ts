/** The editor as a page sees it. */
export interface Editor<Request, State> {
  readonly post: (request: Request) => void;
  /** What the page kept of itself before it was hidden, or the window reloaded. */
  readonly kept: State | undefined;
  readonly keep: (state: State) => void;
}

/**
 * Connects a page to the editor; the page says `ready` when it can take the first message.
 * @param received called for each message, of the type that the other end sends
 */
export function connectEditor<Request, State>(received: (message: never) => void): Editor<Request, State> {
  const api = acquireVsCodeApi<State>();
  addEventListener('message', (event: MessageEvent) => received(event.data as never));
  return {
    post: (request) => api.postMessage(request),
    kept: api.getState(),
    keep: (state) => void api.setState(state),
  };
}
