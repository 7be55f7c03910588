// SPDX-License-Identifier: Apache-2.0

import { ClientError, createChannel, createClient, Metadata } from 'nice-grpc-web';

import { codec, Recorder } from '../lib/call.js';
import { pathOf } from '../lib/schema.js';

/** @param {import('nice-grpc-web').Transport} transport */
export function openNice(transport) {
  return (url) => caller(createChannel(url, transport));
}

function caller(channel) {
  return async (method, request, options = {}) => {
    const recorder = new Recorder(options);
    const metadata = new Metadata(options.metadata);
    if (options.timeoutMs) {
      // A deadline is the matter of a middleware.
      metadata.set('grpc-timeout', `${options.timeoutMs}m`);
    }
    const callOptions = {
      metadata,
      signal: options.signal,
      onHeader: (header) => recorder.headers(fieldsOf(header)),
      onTrailer: (trailer) => recorder.trailers(fieldsOf(trailer)),
    };
    const definition = methodDefinition(method);
    const call = createClient({ call: definition }, channel).call;
    try {
      if (definition.responseStream) {
        for await (const message of call(request, callOptions)) {
          recorder.message(message);
        }
      } else {
        recorder.message(await call(request, callOptions));
      }
      return recorder.end(0);
    } catch (error) {
      if (error instanceof ClientError) {
        return recorder.end(error.code, error.details);
      }
      if (error.name === 'AbortError') {
        return recorder.end(undefined, error.message);
      }
      throw error;
    }
  };
}

function methodDefinition(method) {
  const input = codec(method.input);
  const output = codec(method.output);
  return {
    path: pathOf(method),
    requestStream: ['client_streaming', 'bidi_streaming'].includes(method.methodKind),
    responseStream: ['server_streaming', 'bidi_streaming'].includes(method.methodKind),
    requestSerialize: input.toBinary,
    requestDeserialize: input.fromBinary,
    responseSerialize: output.toBinary,
    responseDeserialize: output.fromBinary,
    options: {},
  };
}

function fieldsOf(metadata) {
  return Object.fromEntries([...metadata].map(([name, values]) => [name, values.length > 1 ? values.join(', ') : values[0]]));
}
