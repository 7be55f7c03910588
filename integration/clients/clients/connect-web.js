// SPDX-License-Identifier: Apache-2.0

import { createClient, ConnectError } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';

import { encoded, isUnary, Recorder } from '../lib/call.js';

export function openConnectWeb(url) {
  const transport = createGrpcWebTransport({ baseUrl: url });
  return async (method, request, options = {}) => {
    const client = createClient(method.parent, transport);
    const recorder = new Recorder(options);
    const callOptions = {
      headers: encoded(options.metadata),
      timeoutMs: options.timeoutMs,
      signal: options.signal,
      onHeader: (headers) => recorder.headers(Object.fromEntries(headers)),
      onTrailer: (trailers) => recorder.trailers(Object.fromEntries(trailers)),
    };
    try {
      if (isUnary(method)) {
        recorder.message(await client[method.localName](request, callOptions));
      } else {
        for await (const message of client[method.localName](request, callOptions)) {
          recorder.message(message);
        }
      }
      return recorder.end(0);
    } catch (error) {
      const failure = ConnectError.from(error);
      recorder.trailers(Object.fromEntries(failure.metadata));
      return recorder.end(failure.code, failure.rawMessage);
    }
  };
}
