// SPDX-License-Identifier: Apache-2.0

import { responseMode } from './content-type.js';
import { startTimer } from './deadline.js';
import { gatherFields, toMetadata, toStatus } from './metadata.js';
import { ResponseReader } from './response-reader.js';
import { RpcError } from './rpc-error.js';
import { fromHttpStatus, StatusCode } from './status.js';
import { parseTrailers } from './trailers.js';

/** @typedef {import('./status.js').Status} Status */

/**
 * What an exchange tells, in this order: headers at most once, messages, close exactly once unless the
 * exchange was cancelled.
 *
 * @typedef {object} ExchangeListener
 * @property {(metadata: import('./metadata.js').Metadata) => void} headers
 * @property {(payload: Uint8Array) => void} message
 * @property {(status: Status, how: 'trailers' | 'failure') => void} close `trailers` where the body
 *     ended as it should, with a trailers frame
 */

/** How long a server may take to end a body after the trailers before the connection is given up. */
const LINGER_MILLIS = 5_000;

/**
 * One HTTP request and its response. Bytes are read only after the ones before were handed over, so
 * memory stays bounded however long the stream is.
 */
export class FetchExchange {
  /** @type {ExchangeListener} */
  #listener;
  /** @type {number} */
  #maxMessageSize;
  #abort = new AbortController();
  /** Set while messages may still be handed over. */
  #open = true;
  /** @type {ResponseReader | null} */
  #reader = null;
  #stopDeadline = () => {};

  /**
   * @param {ExchangeListener} listener
   * @param {number} maxMessageSize in bytes, 0 for no limit
   */
  constructor(listener, maxMessageSize) {
    this.#listener = listener;
    this.#maxMessageSize = maxMessageSize;
  }

  /**
   * @param {() => { url: string, init: RequestInit, timeout: number | null }} prepare makes the request
   * @param {typeof globalThis.fetch} fetch
   */
  async start(prepare, fetch) {
    try {
      const { url, init, timeout } = prepare();
      this.#startDeadline(timeout);
      const response = await this.#connect(() => fetch(url, { ...init, signal: this.#abort.signal }));
      if (this.#open) {
        await this.#receive(response);
      }
    } catch (error) {
      await null; // The caller of start() adds its listeners after it has returned.
      this.#fail(error);
    }
  }

  /** Ends the exchange without a word. */
  cancel() {
    if (this.#finish()) {
      this.#abort.abort();
    }
  }

  /** @param {number | null} timeout milliseconds */
  #startDeadline(timeout) {
    if (timeout === 0) {
      throw deadlineExceeded();
    }
    if (timeout !== null) {
      this.#stopDeadline = startTimer(timeout, () => this.#fail(deadlineExceeded()));
    }
  }

  /**
   * @template T
   * @param {() => Promise<T>} action something that fails only with the connection
   * @returns {Promise<T>}
   */
  async #connect(action) {
    try {
      return await action();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new RpcError(StatusCode.UNAVAILABLE, `network error: ${reason}`, {}, { cause });
    }
  }

  /** @param {Response} response */
  async #receive(response) {
    const fields = gatherFields(response.headers);
    this.#listener.headers(toMetadata(fields));
    const status = toStatus(fields);
    if (status && status.code !== StatusCode.OK) {
      this.#refuse(status);
      return;
    }
    if (!response.ok) {
      this.#refuse(statusOf(fromHttpStatus(response.status), `HTTP status ${response.status}`));
      return;
    }
    const mode = responseMode(response.headers.get('content-type'));
    if (!mode) {
      const type = response.headers.get('content-type');
      this.#refuse(statusOf(StatusCode.UNKNOWN, `response of content type "${type ?? ''}", which is not gRPC-Web`));
      return;
    }
    const empty = await this.#readBody(response, mode);
    this.#end(empty ? status : null);
  }

  /**
   * @param {Response} response
   * @param {'text' | 'binary'} mode
   * @returns {Promise<boolean>} whether the body was empty
   */
  async #readBody(response, mode) {
    this.#reader = new ResponseReader(
      mode,
      {
        message: (payload) => this.#listener.message(payload),
        trailers: (block) => this.#close(parseTrailers(block), 'trailers'),
      },
      this.#maxMessageSize,
    );
    let empty = true;
    for await (const chunk of this.#chunksOf(response)) {
      empty = false;
      this.#reader.read(chunk);
    }
    if (this.#open) {
      this.#reader.end();
    }
    return empty;
  }

  /**
   * @param {Response} response
   * @returns {AsyncGenerator<Uint8Array>}
   */
  async *#chunksOf(response) {
    if (!response.body) {
      // A platform whose fetch cannot stream: everything at the end is better than nothing.
      yield new Uint8Array(await this.#connect(() => response.arrayBuffer()));
      return;
    }
    const reader = response.body.getReader();
    while (this.#open) {
      const { done, value } = await this.#connect(() => reader.read());
      if (done) {
        return;
      }
      yield value;
    }
    this.#linger(reader);
  }

  /**
   * Waits a little for the end of a body whose trailers have been read: a connection that ends in
   * order can be used again.
   *
   * @param {ReadableStreamDefaultReader<Uint8Array>} reader
   */
  #linger(reader) {
    const stop = startTimer(LINGER_MILLIS, () => this.#abort.abort());
    reader
      .read()
      .then(({ done }) => done || this.#abort.abort())
      .catch(() => {})
      .finally(stop);
  }

  /**
   * The body has ended.
   *
   * @param {Status | null} headerStatus OK, where the headers alone said so
   */
  #end(headerStatus) {
    if (headerStatus) {
      this.#close(headerStatus, 'trailers');
    } else if (this.#open) {
      throw new RpcError(StatusCode.INTERNAL, 'the response ended without trailers');
    }
  }

  /**
   * Ends an exchange whose body is of no interest.
   *
   * @param {Status} status
   */
  #refuse(status) {
    this.#close(status, 'failure');
    this.#abort.abort();
  }

  /** @param {unknown} error */
  #fail(error) {
    const known = error instanceof RpcError;
    this.#refuse({
      code: known ? error.code : StatusCode.INTERNAL,
      details: known ? error.message : String(error),
      metadata: {},
    });
  }

  /**
   * @param {Status} status
   * @param {'trailers' | 'failure'} how
   */
  #close(status, how) {
    if (this.#finish()) {
      this.#listener.close(status, how);
    }
  }

  /** @returns {boolean} whether this call ended it */
  #finish() {
    const open = this.#open;
    this.#open = false;
    this.#stopDeadline();
    this.#reader?.stop();
    return open;
  }
}

/**
 * @param {number} code
 * @param {string} details
 * @returns {Status}
 */
function statusOf(code, details) {
  return { code, details, metadata: {} };
}

function deadlineExceeded() {
  return new RpcError(StatusCode.DEADLINE_EXCEEDED, 'the deadline has passed');
}
