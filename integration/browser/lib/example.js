// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';

/** What `run` puts into the environment: the class path of the example. */
const CLASS_PATH = process.env.GRPCWEB_CLASS_PATH;

/** A running example server. */
export class Example {
  #child;
  #exit;
  #lines = [];
  #events = new EventEmitter();

  /**
   * Starts it on a free port and waits until it serves.
   *
   * @param {...string} options of its command line
   */
  static async start(...options) {
    if (!CLASS_PATH) {
      throw new Error('GRPCWEB_CLASS_PATH is not set: start the tests with ./run');
    }
    const example = new Example(options);
    const line = await Promise.race([example.#firstLine(), example.#failure()]);
    example.origin = line.replace(/^grpcweb example: (.*)\/$/, '$1');
    return example;
  }

  constructor(options) {
    this.#child = spawn(
      'java',
      ['-cp', CLASS_PATH, 'dev.grpcweb.examples.ExampleServer', '--port', '0', ...options],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#exit = once(this.#child, 'exit');
    createInterface({ input: this.#child.stderr }).on('line', (line) => {
      this.#lines.push(line);
      this.#events.emit('line');
    });
  }

  async #firstLine() {
    const [line] = await once(createInterface({ input: this.#child.stdout }), 'line');
    return line;
  }

  async #failure() {
    const [code] = await this.#exit;
    throw new Error(`the example ended with ${code}:\n${this.#lines.join('\n')}`);
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
