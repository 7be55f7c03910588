// SPDX-License-Identifier: Apache-2.0

import { RpcError } from '../rpc-error.js';
import { StatusCode } from '../status.js';

const NAME = /^[0-9a-z_.-]+$/;

const VALUE = /^[\x20-\x7e]*$/;

/**
 * @param {string} path of the method
 * @param {import('../metadata.js').Metadata} metadata
 * @param {number} limit in bytes
 * @returns {Uint8Array} the block that opens a call
 * @throws {RpcError} for what a block cannot hold
 */
export function encodeCallHeaders(path, metadata, limit) {
  const lines = Object.entries(metadata).map(([name, value]) => {
    const lowerCase = name.toLowerCase();
    if (!NAME.test(lowerCase) || !VALUE.test(value)) {
      throw new RpcError(StatusCode.INTERNAL, `metadata "${name}" cannot be sent as a header`);
    }
    return `${lowerCase}: ${value}\r\n`;
  });
  const block = new TextEncoder().encode(`:path: ${path}\r\n${lines.join('')}`);
  checkLength(block, limit);
  return block;
}

/**
 * Reads a block. Line ends without CR, names in upper case, and a last line without an end are
 * accepted.
 *
 * @param {Uint8Array} block
 * @param {number} limit in bytes
 * @returns {[string, string][]}
 * @throws {RpcError} for what is no block, or too long
 */
export function parseHeaderBlock(block, limit) {
  checkLength(block, limit);
  const lines = new TextDecoder().decode(block).split(/\r?\n/);
  if (lines[lines.length - 1] === '') {
    lines.pop();
  }
  return lines.map(fieldOf);
}

/**
 * @param {string} line
 * @returns {[string, string]}
 */
function fieldOf(line) {
  // The first character belongs to the name, which may be the protocol's: `:path`.
  const colon = line.indexOf(':', 1);
  if (colon < 0) {
    throw new RpcError(StatusCode.INTERNAL, `expected "name: value" in a header block, got ${JSON.stringify(line)}`);
  }
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
}

/**
 * @param {Uint8Array} block
 * @param {number} limit
 */
function checkLength(block, limit) {
  if (block.length > limit) {
    throw new RpcError(
      StatusCode.RESOURCE_EXHAUSTED,
      `a header block of ${block.length} bytes, larger than the limit of ${limit}`,
    );
  }
}
