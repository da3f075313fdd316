/** A value as JSON that may stand inside a `<script type="application/json">`: no `<`, so nothing in it can end the element. */
export function embedJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}
