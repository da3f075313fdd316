import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export const revision = '0123456789abcdef0123456789abcdef01234567';

export interface HubServer {
  readonly endpoint: string;
  /** Paths, in the order the hub was asked for them. */
  readonly asked: readonly string[];
  readonly close: () => void;
}

/** What the hub answers instead of a file or list. */
export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HubFiles {
  /** Of the model `owner/name`, which was once called `owner/old`, by path. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** What is sent in place of a file. */
  readonly tamper?: (name: string, bytes: Buffer) => Buffer;
  /** Bytes of a file after which the connection breaks. */
  readonly cutAfter?: () => number | undefined;
  /** What a large file's second half waits for. */
  readonly hold?: () => Promise<void> | undefined;
  /** The only token that may read the model; anybody may where it is absent. */
  readonly token?: () => string | undefined;
  readonly refuse?: (path: string) => Refusal | undefined;
}

/**
 * A server that answers as the hub does, by its documentation and by what huggingface_hub expects of it: a list with sizes and
 * checksums; a renamed model by a relative redirect; small files itself, with their git id as ETag; large ones (LFS) by a
 * redirect to another host, whose signed addresses take no token, with ranges there. Files are compressed for whoever
 * accepts it, and then ranges are ignored.
 */
export async function startHubServer({ files, tamper, cutAfter, hold, token, refuse }: HubFiles): Promise<HubServer> {
  const asked: string[] = [];
  const isLarge = (bytes: Buffer): boolean => bytes.length > 1000;
  const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  const gitId = (bytes: Buffer): string =>
    createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

  const send = (request: IncomingMessage, response: ServerResponse, name: string, bytes: Buffer): void => {
    const body = tamper?.(name, bytes) ?? bytes;
    if (request.headers['accept-encoding']?.includes('gzip')) {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(body));
      return;
    }
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from >= body.length) {
      response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
      return;
    }
    const rest = body.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': rest.length,
      'accept-ranges': 'bytes',
      ...(from > 0 && { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` }),
    });
    const held = isLarge(body) ? hold?.() : undefined;
    if (held !== undefined) {
      const half = Math.floor(rest.length / 2);
      response.write(rest.subarray(0, half));
      void held.then(() => response.end(rest.subarray(half)));
      return;
    }
    const cut = cutAfter?.();
    if (cut === undefined || rest.length <= cut) response.end(rest);
    else response.write(rest.subarray(0, cut), () => response.destroy());
  };

  const cdn = await listen((request, response) => {
    const name = decodeURIComponent(request.url!.slice(1).split('?')[0]!);
    // A signed address that also carries a token is answered so by the store behind it.
    if (request.headers.authorization !== undefined) response.writeHead(400).end();
    else send(request, response, name, files.get(name)!);
  });
  const hub = await listen((request, response) => {
    const path = request.url!.split('?')[0]!;
    asked.push(path);
    const refusal = refuse?.(path);
    const missing = (code: string, status = 404): void =>
      void response.writeHead(status, { 'x-error-code': code, 'x-error-message': code }).end();
    const mayRead = token?.() === undefined || request.headers.authorization === `Bearer ${token()!}`;
    if (refusal) {
      response.writeHead(refusal.status, refusal.headers).end();
    } else if (path.includes('/owner/old/')) {
      response.writeHead(307, { location: request.url!.replace('/owner/old/', '/owner/name/') }).end();
    } else if (!path.includes('/owner/name/') || !mayRead) {
      // Who has no token is not told whether a model exists.
      missing('RepoNotFound', request.headers.authorization === undefined ? 401 : 404);
    } else if (path === '/api/models/owner/name/revision/main') {
      const siblings = [...files].map(([rfilename, bytes]) => ({
        rfilename,
        size: bytes.length,
        blobId: gitId(isLarge(bytes) ? Buffer.from(`pointer to ${sha256(bytes)}`) : bytes),
        ...(isLarge(bytes) && { lfs: { sha256: sha256(bytes), size: bytes.length, pointerSize: 130 } }),
      }));
      response.end(JSON.stringify({ id: 'owner/name', sha: revision, siblings }));
    } else {
      const name = path.replace(`/owner/name/resolve/${revision}/`, '');
      const bytes = files.get(name);
      response.setHeader('x-repo-commit', revision);
      if (bytes === undefined) {
        missing('EntryNotFound');
      } else if (isLarge(bytes)) {
        const headers = { 'x-linked-size': bytes.length, 'x-linked-etag': `"${sha256(bytes)}"` };
        response
          .writeHead(302, { ...headers, location: `${cdn.endpoint}/${encodeURIComponent(name)}?signature=x` })
          .end();
      } else {
        response.setHeader('etag', `"${gitId(bytes)}"`);
        send(request, response, name, bytes);
      }
    }
  });
  return {
    endpoint: hub.endpoint,
    asked,
    close: () => {
      hub.close();
      cdn.close();
    },
  };
}

async function listen(answer: RequestListener): Promise<{ endpoint: string; close: () => void }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
