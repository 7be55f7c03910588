// SPDX-License-Identifier: Apache-2.0

import { GrpcStatusCode, GrpcWebFetchTransport } from '@protobuf-ts/grpcweb-transport';

import { codec, encoded, isUnary, Recorder } from '../lib/call.js';

/** @param {string} format `text` or `binary` */
export function openProtobufTs(format) {
  return (url) => {
    const transport = new GrpcWebFetchTransport({ baseUrl: url, format });
    return async (method, request, options = {}) => {
      const recorder = new Recorder(options);
      const rpcOptions = transport.mergeOptions({
        meta: encoded(options.metadata),
        timeout: options.timeoutMs,
        abort: options.signal,
      });
      const info = methodInfo(method);
      const call = isUnary(method)
        ? transport.unary(info, request, rpcOptions)
        : transport.serverStreaming(info, request, rpcOptions);
      try {
        recorder.headers(await call.headers);
        if (isUnary(method)) {
          recorder.message(await call.response);
        } else {
          for await (const message of call.responses) {
            recorder.message(message);
          }
        }
        recorder.trailers(await call.trailers);
        return recorder.end(GrpcStatusCode[(await call.status).code]);
      } catch (error) {
        recorder.trailers(error.meta ?? {});
        return recorder.end(GrpcStatusCode[error.code], error.message);
      }
    };
  };
}

function methodInfo(method) {
  return {
    service: { typeName: method.parent.typeName },
    name: method.name,
    localName: method.localName,
    I: codec(method.input),
    O: codec(method.output),
    serverStreaming: !isUnary(method),
    clientStreaming: false,
    options: {},
    idempotency: undefined,
  };
}
