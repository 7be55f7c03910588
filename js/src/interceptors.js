// SPDX-License-Identifier: Apache-2.0

/**
 * @template IN, OUT
 * @typedef {{ intercept(request: IN, invoker: (request: IN) => OUT): OUT }} Interceptor
 */

/**
 * Puts interceptors around a call; the last one is the outermost.
 *
 * @template IN, OUT
 * @param {(request: IN) => OUT} invoker
 * @param {readonly Interceptor<IN, OUT>[]} interceptors
 * @returns {(request: IN) => OUT}
 */
export function intercepted(invoker, interceptors) {
  return interceptors.reduce(
    (inner, interceptor) => (/** @type {IN} */ request) => interceptor.intercept(request, inner),
    invoker,
  );
}
