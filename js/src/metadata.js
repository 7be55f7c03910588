// SPDX-License-Identifier: Apache-2.0

import { RpcError } from './rpc-error.js';
import { parseStatusCode, StatusCode } from './status.js';
import { decodeStatusMessage } from './status-message.js';

/**
 * Names and values as the wire carries them: lower-case names, `-bin` values in base64, several
 * values of one name joined by ", ".
 *
 * @typedef {Record<string, string>} Metadata
 */

/** Fields that belong to the protocol, not to the application. */
const PROTOCOL_FIELDS = ['content-type', 'grpc-status', 'grpc-message'];

/**
 * @param {Iterable<[string, string]>} fields
 * @returns {Map<string, string>} by lower-case name
 */
export function gatherFields(fields) {
  /** @type {Map<string, string>} */
  const gathered = new Map();
  for (const [name, value] of fields) {
    const key = name.toLowerCase();
    const earlier = gathered.get(key);
    gathered.set(key, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return gathered;
}

/**
 * @param {Map<string, string>} fields
 * @returns {Metadata} the fields without those of the protocol
 */
export function toMetadata(fields) {
  return Object.fromEntries([...fields].filter(([name]) => !PROTOCOL_FIELDS.includes(name)));
}

/**
 * @param {Map<string, string>} fields response headers or a trailer block
 * @returns {import('./status.js').Status | null} null where the fields hold no status
 */
export function toStatus(fields) {
  const code = fields.get('grpc-status');
  return code === undefined
    ? null
    : {
        code: parseStatusCode(code),
        details: decodeStatusMessage(fields.get('grpc-message') ?? ''),
        metadata: toMetadata(fields),
      };
}

/**
 * Turns the metadata of a call into request headers. `fetch` would refuse a bad name or value with a
 * TypeError that does not tell which.
 *
 * @param {Metadata} metadata
 * @returns {Headers}
 * @throws {RpcError} INTERNAL for a name or value that HTTP cannot carry
 */
export function toHeaders(metadata) {
  const headers = new Headers();
  for (const [name, value] of Object.entries(metadata)) {
    try {
      headers.set(name, value);
    } catch (cause) {
      throw new RpcError(StatusCode.INTERNAL, `metadata "${name}" cannot be sent as a header`, {}, { cause });
    }
  }
  return headers;
}
