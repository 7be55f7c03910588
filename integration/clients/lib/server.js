// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { Schema } from './schema.js';

/** What `run` puts into the environment: the class path of the server. */
const CLASS_PATH = process.env.GRPCWEB_CLASS_PATH;

/** The key of the port with TLS, where `run` has made one. */
const KEY_STORE = process.env.GRPCWEB_KEY_STORE;

/**
 * @typedef {object} TestServer
 * @property {string} url allows every origin
 * @property {string} secureUrl the same with TLS
 * @property {string} deniedUrl allows no origin
 * @property {string} descriptors of what it serves, in base64
 * @property {Schema} schema the same
 * @property {(name: NodeJS.Signals) => void} signal
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the server and waits until it serves.
 *
 * @param {...string} options of its command line
 * @returns {Promise<TestServer>}
 */
export async function startServer(...options) {
  if (!CLASS_PATH) {
    throw new Error('GRPCWEB_CLASS_PATH is not set: start the tests with ./run');
  }
  const key = KEY_STORE ? ['--keystore', KEY_STORE] : [];
  const main = 'dev.grpcweb.clients.ClientTestServer';
  const child = spawn('java', ['-cp', CLASS_PATH, main, ...key, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => text),
    exit.then(([code]) => { throw new Error(`the server ended with ${code}`); }),
  ]);
  const { port, tlsPort, deniedPort, descriptors } = JSON.parse(line);
  return {
    url: `http://127.0.0.1:${port}`,
    secureUrl: `https://127.0.0.1:${tlsPort}`,
    deniedUrl: `http://127.0.0.1:${deniedPort}`,
    descriptors,
    schema: new Schema(descriptors),
    signal: (name) => child.kill(name),
    async stop() {
      child.kill();
      await exit;
    },
  };
}
