// SPDX-License-Identifier: Apache-2.0

import { ClientReadableStream } from './client-readable-stream.js';
import { RpcError } from './rpc-error.js';
import { StatusCode } from './status.js';

/**
 * Starts a call: the meeting of messages, which the application knows, and bytes, which the transport
 * knows.
 *
 * @param {import('./fetch-transport.js').FetchTransport} transport
 * @param {string} host
 * @param {import('./request.js').Request<any, any>} request
 * @returns {ClientReadableStream}
 */
export function openStream(transport, host, request) {
  const descriptor = request.getMethodDescriptor();
  const serialize = descriptor.getRequestSerializeFn();
  const deserialize = descriptor.getResponseDeserializeFn();
  return new ClientReadableStream((emit) => {
    const call = transport.start(
      host + descriptor.getName(),
      request.getMetadata(),
      () => serialize(request.getRequestMessage()),
      {
        headers: (metadata) => emit('metadata', metadata),
        message: (payload) => emit('data', parse(deserialize, payload)),
        close(status, how) {
          if (status.code !== StatusCode.OK) {
            emit('error', new RpcError(status.code, status.details, status.metadata));
          }
          emit('status', status);
          if (how === 'trailers') {
            emit('end');
          }
        },
      },
    );
    return () => call.cancel();
  });
}

/**
 * @param {(bytes: Uint8Array) => unknown} deserialize
 * @param {Uint8Array} payload
 */
export function parse(deserialize, payload) {
  try {
    return deserialize(payload);
  } catch (cause) {
    throw new RpcError(StatusCode.INTERNAL, `a message could not be deserialized: ${cause}`, {}, { cause });
  }
}
