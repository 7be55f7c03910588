// SPDX-License-Identifier: Apache-2.0

import { codec, encoded, isUnary, Recorder } from '../lib/call.js';
import { pathOf } from '../lib/schema.js';

/**
 * A client with the interface of npm's `grpc-web`, called as its generated code calls it.
 *
 * @param {{ GrpcWebClientBase: any, MethodDescriptor: any, MethodType: any }} library
 * @param {string} format `text` or `binary`
 */
export function openOfficialApi({ GrpcWebClientBase, MethodDescriptor, MethodType }, format) {
  return (url) => {
    const client = new GrpcWebClientBase({ format });
    return (method, request, options = {}) => {
      const descriptor = new MethodDescriptor(
        pathOf(method),
        isUnary(method) ? MethodType.UNARY : MethodType.SERVER_STREAMING,
        Object,
        Object,
        codec(method.input).toBinary,
        codec(method.output).fromBinary,
      );
      const metadata = encoded(options.metadata);
      if (options.timeoutMs) {
        metadata.deadline = String(Date.now() + options.timeoutMs);
      }
      return isUnary(method)
        ? unary(client, url + pathOf(method), request, metadata, descriptor, options)
        : stream(client, url + pathOf(method), request, metadata, descriptor, options);
    };
  };
}

function unary(client, address, request, metadata, descriptor, options) {
  const recorder = new Recorder(options);
  return new Promise((resolve) => {
    let answer = null;
    const call = client.rpcCall(address, request, metadata, descriptor, (error, message) => {
      if (error) {
        recorder.trailers(error.metadata ?? {});
        resolve(recorder.end(error.code, error.message));
      } else {
        recorder.message(message);
      }
    });
    call.on('metadata', (fields) => recorder.headers(fields));
    call.on('status', (status) => {
      answer = status;
      recorder.trailers(status.metadata ?? {});
    });
    call.on('end', () => resolve(recorder.end(answer?.code, answer?.details)));
  });
}

function stream(client, address, request, metadata, descriptor, options) {
  const recorder = new Recorder(options);
  return new Promise((resolve) => {
    let answer = null;
    const call = client.serverStreaming(address, request, metadata, descriptor);
    call.on('data', (message) => recorder.message(message));
    call.on('metadata', (fields) => recorder.headers(fields));
    call.on('status', (status) => {
      answer = status;
      recorder.trailers(status.metadata ?? {});
      if (status.code !== 0) {
        resolve(recorder.end(status.code, status.details));
      }
    });
    call.on('end', () => resolve(recorder.end(answer?.code, answer?.details)));
    options.signal?.addEventListener('abort', () => {
      call.cancel();
      // Nothing is emitted after cancel().
      setTimeout(() => resolve(recorder.result), 50);
    });
  });
}
