import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StandInJudge {
  readonly url: string;
  /** As its verdicts name it. */
  readonly host: string;
  /** How often it was asked. */
  readonly asked: () => number;
  readonly close: () => void;
}

/** A second judge behind an API of this machine: one reply gets one verdict, whenever it is asked for. One in seven is unclear. */
export async function startStandInJudge(): Promise<StandInJudge> {
  let asked = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      asked++;
      const { messages } = JSON.parse(Buffer.concat(parts).toString()) as { messages: { content: string }[] };
      const question = messages.at(-1)!.content;
      const sum = Buffer.from(question).reduce((a, b) => a + b, 0);
      const content = sum % 7 === 0 ? 'Hmm' : question.includes('\nReply: "no') ? 'A' : 'C';
      response.end(JSON.stringify({ choices: [{ message: { content } }] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}/v1`, host, asked: () => asked, close: () => void server.close() };
}
