import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const revision = '0123456789abcdef0123456789abcdef01234567';

export interface HubServer {
  readonly endpoint: string;
  /** Paths, in the order they were asked for. */
  readonly asked: readonly string[];
  readonly close: () => void;
}

export interface HubFiles {
  /** Of the model `owner/name`, by path. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** What is sent in place of a file. */
  readonly tamper?: (name: string, bytes: Buffer) => Buffer;
  /** Bytes of a file after which the connection breaks. */
  readonly cutAfter?: () => number | undefined;
}

/** A server that answers as the hub does: a list with sizes and checksums, and files with ranges. */
export async function startHubServer({ files, tamper, cutAfter }: HubFiles): Promise<HubServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url!.split('?')[0]!;
    asked.push(path);
    if (path === `/api/models/owner/name/revision/main`) {
      const siblings = [...files].map(([rfilename, bytes]) => ({
        rfilename,
        size: bytes.length,
        blobId: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
        ...(bytes.length > 1000 && { lfs: { sha256: createHash('sha256').update(bytes).digest('hex') } }),
      }));
      response.end(JSON.stringify({ sha: revision, siblings }));
      return;
    }
    const name = path.replace(`/owner/name/resolve/${revision}/`, '');
    const bytes = files.get(name);
    if (bytes === undefined) {
      response.writeHead(404).end();
      return;
    }
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const body = (tamper?.(name, bytes) ?? bytes).subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': body.length });
    const cut = cutAfter?.();
    if (cut === undefined || body.length <= cut) response.end(body);
    else response.write(body.subarray(0, cut), () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
