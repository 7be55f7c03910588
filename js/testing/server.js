// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createServer } from 'node:http';
import { base64 } from './bytes.js';

/**
 * Serves one handler on 127.0.0.1 and closes it, with its connections, when the test has ended.
 *
 * @param {import('node:test').TestContext | { after(action: () => void): void }} test
 * @param {import('node:http').RequestListener} handler
 * @returns {Promise<string>} the address
 */
export async function serve(test, handler) {
  const server = createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return `http://127.0.0.1:${port}`;
}

/** @param {import('node:http').IncomingMessage} request */
export async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Writes responses in the mode that the request asked for. */
export class Reply {
  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  constructor(request, response) {
    this.response = response;
    this.text = request.headers['content-type'] === 'application/grpc-web-text';
  }

  /** @param {Record<string, string>} [headers] @param {number} [status] */
  head(headers = {}, status = 200) {
    this.response.writeHead(status, {
      'content-type': this.text ? 'application/grpc-web-text' : 'application/grpc-web+proto',
      ...headers,
    });
    this.response.flushHeaders();
    return this;
  }

  /** @param {Uint8Array} bytes one flush @returns {Promise<void>} when it is written */
  write(bytes) {
    return new Promise((resolve) => this.response.write(this.text ? base64(bytes) : bytes, () => resolve()));
  }

  /** @param {...Uint8Array} flushes */
  end(...flushes) {
    for (const bytes of flushes) {
      this.response.write(this.text ? base64(bytes) : bytes);
    }
    this.response.end();
  }
}
