// SPDX-License-Identifier: Apache-2.0

import { CallOptions } from './call-options.js';
import { FetchTransport } from './fetch-transport.js';
import { intercepted } from './interceptors.js';
import { openStream } from './open-stream.js';
import { RpcError } from './rpc-error.js';
import { StatusCode } from './status.js';
import { collectUnary, UnaryCallStream } from './unary-call.js';

/** @typedef {import('./client-readable-stream.js').StreamLike} StreamLike */
/** @typedef {import('./metadata.js').Metadata} Metadata */
/** @typedef {import('./request.js').Request<any, any>} AnyRequest */
/** @typedef {import('./unary-response.js').UnaryResponse<any, any>} AnyUnaryResponse */

/**
 * @template REQ, RESP
 * @typedef {import('./method-descriptor.js').MethodDescriptor<REQ, RESP>} MethodDescriptor
 */

/**
 * @typedef {object} ClientOptions
 * @property {string} [format] `text`, the default, or `binary`
 * @property {boolean} [suppressCorsPreflight] moves all headers into the URL; the server must know that
 * @property {boolean} [withCredentials] sends cookies to other origins too
 * @property {import('./interceptors.js').Interceptor<AnyRequest, Promise<AnyUnaryResponse>>[]} [unaryInterceptors]
 *     for the calls that return a promise
 * @property {import('./interceptors.js').Interceptor<AnyRequest, StreamLike>[]} [streamInterceptors]
 *     for the calls that return a stream
 * @property {number} [maxReceiveMessageSize] in bytes, 4 MiB by default, 0 for no limit
 * @property {typeof globalThis.fetch} [fetch] used instead of the platform's
 */

const DEFAULT_MAX_RECEIVE_MESSAGE_SIZE = 4 * 1024 * 1024;

/** The runtime under generated clients. */
export class GrpcWebClientBase {
  #transport;
  #unaryInterceptors;
  #streamInterceptors;

  /** @param {ClientOptions} [options] */
  constructor(options = {}) {
    this.#transport = new FetchTransport({
      format: options.format === 'binary' ? 'binary' : 'text',
      suppressCorsPreflight: options.suppressCorsPreflight ?? false,
      withCredentials: options.withCredentials ?? false,
      maxReceiveMessageSize: options.maxReceiveMessageSize ?? DEFAULT_MAX_RECEIVE_MESSAGE_SIZE,
      fetch: options.fetch,
    });
    this.#unaryInterceptors = options.unaryInterceptors ?? [];
    this.#streamInterceptors = options.streamInterceptors ?? [];
  }

  /**
   * A unary call with a callback.
   *
   * @template REQ, RESP
   * @param {string} method the host followed by the path of the method
   * @param {REQ} request
   * @param {Metadata} metadata
   * @param {MethodDescriptor<REQ, RESP>} methodDescriptor
   * @param {(error: RpcError | null, response: RESP | null) => void} callback
   * @returns {StreamLike} tells `metadata`, `status` and `end`
   */
  rpcCall(method, request, metadata, methodDescriptor, callback) {
    const stream = this.serverStreaming(method, request, metadata, methodDescriptor);
    collectUnary(stream, (error, result) => callback(error, result && result.message));
    return new UnaryCallStream(stream);
  }

  /**
   * A unary call with a promise.
   *
   * @template REQ, RESP
   * @param {string} method the host followed by the path of the method
   * @param {REQ} request
   * @param {Metadata} metadata
   * @param {MethodDescriptor<REQ, RESP>} methodDescriptor
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<RESP>}
   */
  async unaryCall(method, request, metadata, methodDescriptor, options = {}) {
    const host = hostOf(method, methodDescriptor);
    const call = intercepted(
      (/** @type {AnyRequest} */ intercepted) => this.#invokeUnary(host, intercepted),
      this.#unaryInterceptors,
    );
    const response = await call(methodDescriptor.createRequest(request, { ...metadata }, new CallOptions(options)));
    return response.getResponseMessage();
  }

  /**
   * The same as {@link unaryCall}.
   *
   * @template REQ, RESP
   * @param {string} method
   * @param {REQ} request
   * @param {Metadata} metadata
   * @param {MethodDescriptor<REQ, RESP>} methodDescriptor
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<RESP>}
   */
  thenableCall(method, request, metadata, methodDescriptor, options) {
    return this.unaryCall(method, request, metadata, methodDescriptor, options);
  }

  /**
   * A server-streaming call.
   *
   * @template REQ, RESP
   * @param {string} method the host followed by the path of the method
   * @param {REQ} request
   * @param {Metadata} metadata
   * @param {MethodDescriptor<REQ, RESP>} methodDescriptor
   * @returns {StreamLike}
   */
  serverStreaming(method, request, metadata, methodDescriptor) {
    const host = hostOf(method, methodDescriptor);
    const call = intercepted(
      (/** @type {AnyRequest} */ intercepted) =>
        /** @type {StreamLike} */ (openStream(this.#transport, host, intercepted)),
      this.#streamInterceptors,
    );
    return call(methodDescriptor.createRequest(request, { ...metadata }));
  }

  /**
   * @param {string} host
   * @param {AnyRequest} request
   * @returns {Promise<AnyUnaryResponse>}
   */
  #invokeUnary(host, request) {
    const signal = /** @type {AbortSignal | undefined} */ (request.getCallOptions().get('signal'));
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(aborted(signal));
        return;
      }
      const stream = openStream(this.#transport, host, request);
      const onAbort = () => {
        stream.cancel();
        reject(aborted(/** @type {AbortSignal} */ (signal)));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      collectUnary(stream, (error, result) => {
        signal?.removeEventListener('abort', onAbort);
        if (result) {
          const { message, metadata, status } = result;
          resolve(request.getMethodDescriptor().createUnaryResponse(message, metadata, status));
        } else {
          reject(error);
        }
      });
    });
  }
}

/**
 * @param {string} method
 * @param {MethodDescriptor<any, any>} methodDescriptor
 * @returns {string} what generated code put before the path
 */
function hostOf(method, methodDescriptor) {
  return method.slice(0, method.length - methodDescriptor.getName().length);
}

/** @param {AbortSignal} signal */
function aborted(signal) {
  return new RpcError(StatusCode.CANCELLED, 'Aborted', {}, { cause: signal.reason });
}
