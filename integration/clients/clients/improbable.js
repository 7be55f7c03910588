// SPDX-License-Identifier: Apache-2.0

import improbable from '@improbable-eng/grpc-web';

import { encoded, messageClass, Recorder } from '../lib/call.js';

const { grpc } = improbable;

/** @param {() => import('@improbable-eng/grpc-web').grpc.TransportFactory} transport */
export function openImprobable(transport) {
  return (url) => (method, request, options = {}) => {
    const recorder = new Recorder(options);
    const metadata = encoded(options.metadata);
    if (options.timeoutMs) {
      // It has no notion of a deadline.
      metadata['grpc-timeout'] = `${options.timeoutMs}m`;
    }
    const definition = methodDefinition(method);
    return new Promise((resolve) => {
      const call = grpc.client(definition, { host: url, transport: transport() });
      call.onHeaders((headers) => recorder.headers(fieldsOf(headers)));
      call.onMessage((message) => recorder.message(message));
      call.onEnd((code, text, trailers) => {
        recorder.trailers(fieldsOf(trailers));
        resolve(recorder.end(code, text));
      });
      options.signal?.addEventListener('abort', () => {
        call.close();
        // onEnd is not called after close().
        setTimeout(() => resolve(recorder.result), 50);
      });
      call.start(metadata);
      sendAll(call, definition, request);
    });
  };
}

/** @param {any} requests one, or a stream of them */
async function sendAll(call, definition, requests) {
  for await (const request of requests[Symbol.asyncIterator] ? requests : [requests]) {
    call.send(new definition.requestType(request));
  }
  call.finishSend();
}

function methodDefinition(method) {
  return {
    methodName: method.name,
    service: { serviceName: method.parent.typeName },
    requestStream: ['client_streaming', 'bidi_streaming'].includes(method.methodKind),
    responseStream: ['server_streaming', 'bidi_streaming'].includes(method.methodKind),
    requestType: messageClass(method.input),
    responseType: messageClass(method.output),
  };
}

function fieldsOf(metadata) {
  const fields = {};
  metadata.forEach((name, values) => {
    fields[name] = values.join(', ');
  });
  return fields;
}
