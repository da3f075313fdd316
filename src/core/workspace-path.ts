/**
 * Whether a path or glob, as written in a file, may lead out of the workspace folder: absolute on any system, with a
 * drive or a scheme, from the home folder, or with a `..` step (also inside braces). A backslash counts as such: it is
 * a separator on one system and an escape in a glob on the others, so files that travel must not have it.
 */
export function leavesFolder(path: string): boolean {
  return /^(\/|~|[a-z][a-z0-9+.-]*:)|\\|\0|(^|[/{,(|])\.\.([/},)|]|$)/i.test(path);
}
