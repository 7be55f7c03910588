// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { Schema } from './schema.js';

/** What `run` puts into the environment: the class path of the server. */
const CLASS_PATH = process.env.GRPCWEB_CLASS_PATH;

/**
 * Starts the server and waits until it serves.
 *
 * @param {...string} options of its command line
 * @returns {Promise<{ url: string, deniedUrl: string, schema: Schema,
 *     signal: (name: NodeJS.Signals) => void, stop: () => Promise<void> }>}
 *     `url` allows every origin, `deniedUrl` none
 */
export async function startServer(...options) {
  if (!CLASS_PATH) {
    throw new Error('GRPCWEB_CLASS_PATH is not set: start the tests with ./run');
  }
  const child = spawn('java', ['-cp', CLASS_PATH, 'dev.grpcweb.clients.ClientTestServer', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => text),
    exit.then(([code]) => { throw new Error(`the server ended with ${code}`); }),
  ]);
  const { port, deniedPort, descriptors } = JSON.parse(line);
  return {
    url: `http://127.0.0.1:${port}`,
    deniedUrl: `http://127.0.0.1:${deniedPort}`,
    schema: new Schema(descriptors),
    signal: (name) => child.kill(name),
    async stop() {
      child.kill();
      await exit;
    },
  };
}
