/** What a choice gains and what it costs. */
export interface TradeOff {
  readonly gain: number;
  readonly cost: number;
}

/** For each choice whether no other gains as much for less, or more for as little: the choices worth choosing among. */
export function onParetoFront(choices: readonly TradeOff[]): boolean[] {
  return choices.map(
    ({ gain, cost }) =>
      !choices.some((other) => other.gain >= gain && other.cost <= cost && (other.gain > gain || other.cost < cost)),
  );
}
