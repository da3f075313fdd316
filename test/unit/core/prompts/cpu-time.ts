/** CPU time that a call takes, in ms: unlike the clock it does not count what else the machine does meanwhile. */
export function cpuTime(call: () => void): number {
  const before = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
