// SPDX-License-Identifier: Apache-2.0

import { gatherFields, toStatus } from './metadata.js';
import { StatusCode } from './status.js';

/**
 * Reads the payload of a trailers frame: `name: value` lines, each ended by CR LF. A bare LF, an empty
 * line and a missing last line end are accepted.
 *
 * @param {Uint8Array} block
 * @returns {import('./status.js').Status} UNKNOWN where the block names no status
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
 */
export function parseTrailers(block) {
  return (
    toStatus(gatherFields(fieldsOf(new TextDecoder().decode(block)))) ?? {
      code: StatusCode.UNKNOWN,
      details: 'the trailers of the response hold no grpc-status',
      metadata: {},
    }
  );
}

/**
 * @param {string} text
 * @returns {Iterable<[string, string]>}
 */
function* fieldsOf(text) {
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) {
      yield [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }
  }
}
