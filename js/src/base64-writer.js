// SPDX-License-Identifier: Apache-2.0

/** Arguments of one call; engines limit their number. */
const SLICE = 0x2000;

/**
 * @param {Uint8Array} bytes
 * @returns {string} one padded unit
 */
export function encodeBase64(bytes) {
  let latin1 = '';
  for (let offset = 0; offset < bytes.length; offset += SLICE) {
    latin1 += String.fromCharCode(...bytes.subarray(offset, offset + SLICE));
  }
  return btoa(latin1);
}
