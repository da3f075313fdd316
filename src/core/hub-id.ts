/** Whether a name could be a model of the hub: an owner and a name, without a step out of a folder. */
export function isHubId(name: string): boolean {
  return /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(name) && !name.includes('..');
}
