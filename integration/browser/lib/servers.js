// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';

/** What `run` puts into the environment: the class path of the servers. */
const CLASS_PATH = process.env.GRPCWEB_CLASS_PATH;

/** A server in a process of its own. */
class ServerProcess {
  #child;
  #exit;
  #lines = [];
  #events = new EventEmitter();

  constructor(mainClass, options) {
    if (!CLASS_PATH) {
      throw new Error('GRPCWEB_CLASS_PATH is not set: start the tests with ./run');
    }
    this.#child = spawn('java', ['-cp', CLASS_PATH, mainClass, ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exit = once(this.#child, 'exit');
    createInterface({ input: this.#child.stderr }).on('line', (line) => {
      this.#lines.push(line);
      this.#events.emit('line');
    });
  }

  /** The first line of its output, which tells that it serves. */
  ready() {
    return Promise.race([this.#firstLine(), this.#failure()]);
  }

  async #firstLine() {
    const [line] = await once(createInterface({ input: this.#child.stdout }), 'line');
    return line;
  }

  async #failure() {
    const [code] = await this.#exit;
    throw new Error(`the server ended with ${code}:\n${this.#lines.join('\n')}`);
  }

  /** Waits until it has logged a line that matches. */
  async logged(pattern) {
    while (!this.#lines.some((line) => pattern.test(line))) {
      await once(this.#events, 'line', { signal: AbortSignal.timeout(10_000) });
    }
  }

  /** Ends it as Ctrl-C would. It may have ended already. */
  async stop() {
    this.#child.kill('SIGINT');
    await this.#exit;
  }
}

/** The example server. */
export class Example extends ServerProcess {
  /**
   * Starts it on a free port and waits until it serves.
   *
   * @param {...string} options of its command line
   */
  static async start(...options) {
    const example = new Example('dev.grpcweb.examples.ExampleServer', ['--port', '0', ...options]);
    example.origin = (await example.ready()).replace(/^grpcweb example: (.*)\/$/, '$1');
    return example;
  }
}

/** The server of the client tests, with every kind of method; it allows every origin. */
export class TestServer extends ServerProcess {
  static async start() {
    const server = new TestServer('dev.grpcweb.clients.ClientTestServer', []);
    server.origin = `http://127.0.0.1:${JSON.parse(await server.ready()).port}`;
    return server;
  }
}
