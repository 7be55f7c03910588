// SPDX-License-Identifier: Apache-2.0

import { encodeBase64 } from './base64-writer.js';
import { CONTENT_TYPES } from './content-type.js';
import { formatTimeout, timeLeft } from './deadline.js';
import { FetchExchange } from './fetch-exchange.js';
import { frameMessage } from './frame.js';
import { toHeaders } from './metadata.js';

/**
 * @typedef {object} TransportOptions
 * @property {'text' | 'binary'} format of the request and the wanted response
 * @property {boolean} suppressCorsPreflight moves all headers into the URL
 * @property {boolean} withCredentials sends cookies to other origins
 * @property {number} maxReceiveMessageSize in bytes, 0 for no limit
 * @property {typeof globalThis.fetch} [fetch]
 */

const USER_AGENT = 'grpcweb-javascript/0.1';

/** Query parameter that carries headers where there must be none, as the official client names it. */
const HEADERS_PARAMETER = '$httpHeaders';

/** Sends calls with `fetch`. */
export class FetchTransport {
  /** @type {TransportOptions} */
  #options;

  /** @param {TransportOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * Starts a call. The listener hears nothing before this method has returned.
   *
   * @param {string} url
   * @param {import('./metadata.js').Metadata} metadata
   * @param {() => Uint8Array} serialize makes the message
   * @param {import('./fetch-exchange.js').ExchangeListener} listener
   * @returns {{ cancel(): void }}
   */
  start(url, metadata, serialize, listener) {
    const { maxReceiveMessageSize, fetch = globalThis.fetch } = this.#options;
    const exchange = new FetchExchange(listener, maxReceiveMessageSize);
    const request = this.#prepare(url, metadata, serialize);
    exchange.start(request, fetch);
    return exchange;
  }

  /**
   * @param {string} url
   * @param {import('./metadata.js').Metadata} metadata
   * @param {() => Uint8Array} serialize
   */
  #prepare(url, metadata, serialize) {
    const { format, suppressCorsPreflight, withCredentials } = this.#options;
    return () => {
      const headers = toHeaders(metadata);
      const timeout = takeTimeout(headers);
      this.#addProtocolHeaders(headers);
      const frame = frameMessage(serialize());
      return {
        url: suppressCorsPreflight ? withHeadersInQuery(url, headers) : url,
        init: /** @type {RequestInit} */ ({
          method: 'POST',
          headers: suppressCorsPreflight ? undefined : headers,
          body: format === 'text' ? encodeBase64(frame) : frame,
          credentials: withCredentials ? 'include' : 'same-origin',
        }),
        timeout,
      };
    };
  }

  /** @param {Headers} headers */
  #addProtocolHeaders(headers) {
    const contentType = CONTENT_TYPES[this.#options.format];
    headers.set('content-type', contentType);
    headers.set('accept', contentType);
    headers.set('x-grpc-web', '1');
    if (!headers.has('x-user-agent')) {
      headers.set('x-user-agent', USER_AGENT);
    }
  }
}

/**
 * Replaces the key `deadline` by the header that tells the server the time left.
 *
 * @param {Headers} headers
 * @returns {number | null} milliseconds
 */
function takeTimeout(headers) {
  const timeout = timeLeft(headers.get('deadline'), Date.now());
  headers.delete('deadline');
  if (timeout !== null) {
    headers.set('grpc-timeout', formatTimeout(timeout));
  }
  return timeout;
}

/**
 * @param {string} url
 * @param {Headers} headers
 * @returns {string}
 */
function withHeadersInQuery(url, headers) {
  let block = '';
  headers.forEach((value, name) => (block += `${name}:${value}\r\n`));
  const separator = url.includes('?') ? '&' : '?';
  return `${url}${separator}${encodeURIComponent(HEADERS_PARAMETER)}=${encodeURIComponent(block)}`;
}
