// SPDX-License-Identifier: Apache-2.0

/*
 * A frame:
 *
 *   +-------+---------------------+-----------------+
 *   | flags | length (big endian) | payload         |
 *   | 1     | 4                   | length          |
 *   +-------+---------------------+-----------------+
 */

export const PREFIX_LENGTH = 5;

export const FLAG_COMPRESSED = 0x01;

export const FLAG_TRAILERS = 0x80;

/**
 * @param {Uint8Array} message
 * @returns {Uint8Array<ArrayBuffer>} the message as one data frame
 */
export function frameMessage(message) {
  const frame = new Uint8Array(PREFIX_LENGTH + message.length);
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, PREFIX_LENGTH);
  return frame;
}
