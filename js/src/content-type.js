// SPDX-License-Identifier: Apache-2.0

/** The media types of a request, by mode. */
export const CONTENT_TYPES = Object.freeze({
  text: 'application/grpc-web-text',
  binary: 'application/grpc-web+proto',
});

const RESPONSE_TYPE = /^application\/grpc(?:-web(-text)?)?(?:\+[\w.+-]+)?\s*(?:;|$)/i;

/**
 * @param {string | null} contentType of a response
 * @returns {'text' | 'binary' | null} how its body is written, null where it is not gRPC
 */
export function responseMode(contentType) {
  const match = RESPONSE_TYPE.exec(contentType ?? '');
  return match && (match[1] ? 'text' : 'binary');
}
