// SPDX-License-Identifier: Apache-2.0

import { MethodDescriptor, MuxConnection } from '../../../js/src/index.js';
import { codec, encoded, Recorder } from '../lib/call.js';
import { pathOf } from '../lib/schema.js';

/**
 * This project's client, all of whose calls go on one WebSocket.
 *
 * @param {any} WebSocket
 */
export function openMux(WebSocket) {
  return (url) => callerOn(new MuxConnection(url, { WebSocket }));
}

/** @param {MuxConnection} connection */
export function callerOn(connection) {
  return async (method, request, options = {}) => {
    const recorder = new Recorder(options);
    const metadata = encoded(options.metadata);
    if (options.timeoutMs) {
      metadata.deadline = String(Date.now() + options.timeoutMs);
    }
    const call = connection.call(descriptorOf(method), metadata, { signal: options.signal });
    const sent = sendAll(call, request);
    try {
      for await (const message of call) {
        recorder.message(message);
      }
    } catch (error) {
      if (error.name !== 'RpcError') {
        throw error;
      }
    }
    await sent;
    recorder.headers(await call.headers);
    const { code, details, metadata: trailers } = await call.status;
    recorder.trailers(trailers);
    return recorder.end(code, details);
  };
}

/** @param {any} method in the shape that MuxConnection asks for */
export function descriptorOf(method) {
  return new MethodDescriptor(
    pathOf(method), method.methodKind, Object, Object,
    codec(method.input).toBinary, codec(method.output).fromBinary);
}

/** @param {any} requests one, or a stream of them */
async function sendAll(call, requests) {
  for await (const request of requests[Symbol.asyncIterator] ? requests : [requests]) {
    if (!(await call.send(request))) {
      return;
    }
  }
  call.halfClose();
}
